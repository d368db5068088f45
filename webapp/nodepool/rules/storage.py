"""Rules on storage selectors and storage groups (1.14)."""

import re
from collections.abc import Iterator

from webapp.nodepool import choices, versions
from webapp.nodepool.layout import LABELS
from webapp.nodepool.rules.rule import TEMPLATE, WARNING, Found, Subject, rule

STORAGE = f"{TEMPLATE}/storage"
SELECTORS, GROUPS = f"{STORAGE}/storageSelectors", f"{STORAGE}/storageGroups"
_SOURCE = "Attaching disks to a node"
_SHARE = re.compile(r"(100|[1-9][0-9]?)%")
_PATH = re.compile(r"/[A-Za-z0-9._/-]*")
_DIGITS = re.compile(r"[0-9]{1,9}")
_RESERVED_PATHS = ("/home/paas", "/var/paas", "/var/lib", "/var/script", "/mnt/paas", "/opt/cloud")
_SYSTEM_FOLDERS = frozenset(
    "bin lib home root boot dev etc lost+found mnt proc sbin srv tmp var media opt selinux sys usr".split()
)


@rule("NP-STOR-01", STORAGE, "API reference, table 6")
def version_has_storage(subject: Subject) -> Found:
    """The storage section needs a cluster of v1.15.11."""
    if subject.has(STORAGE) and versions.is_before(subject.cluster.version, (1, 15, 11)):
        yield STORAGE, "Storage groups need a cluster of v1.15.11 or newer. Remove them."


@rule("NP-SEL-01", SELECTORS, "API reference, table 20")
def selector_names_differ(subject: Subject) -> Found:
    """No selector name twice."""
    yield from _twice(subject, SELECTORS, "selector")


@rule("NP-GRP-01", GROUPS, "API reference, table 22")
def group_names_differ(subject: Subject) -> Found:
    """No group name twice."""
    yield from _twice(subject, GROUPS, "storage group")


@rule("NP-SEL-03", SELECTORS, _SOURCE)
def one_local_selector(subject: Subject) -> Found:
    """At most one selector for local disks, without labels."""
    local = [at for at in subject.things(SELECTORS) if subject.text(f"{at}/storageType") == "local"]
    for at in local[1:]:
        yield (
            f"{at}/storageType",
            "Only one selector can stand for the local disks: all of them form one group.",
        )
    for at in local:
        if subject.thing(f"{at}/matchLabels"):
            yield f"{at}/matchLabels", "A selector of local disks takes no conditions. Remove them."


@rule("NP-SEL-05", SELECTORS, "API reference, table 21")
def label_size(subject: Subject) -> Found:
    """The size is a whole number in quotes."""
    for at in subject.things(SELECTORS):
        size = subject.text(f"{at}/matchLabels/size")
        if size and not _DIGITS.fullmatch(size):
            yield f"{at}/matchLabels/size", "Enter whole GiB, for example 100."


@rule("NP-SEL-08", SELECTORS, "API reference, table 21")
def label_key(subject: Subject) -> Found:
    """The key's id has 36 characters."""
    for at in subject.things(SELECTORS):
        key = subject.text(f"{at}/matchLabels/metadataCmkid")
        if key and len(key) != choices.KEY_ID_LENGTH:
            yield f"{at}/matchLabels/metadataCmkid", f"A key's id has {choices.KEY_ID_LENGTH} characters."


@rule("NP-SEL-09", SELECTORS, "API reference, table 21")
def label_count(subject: Subject) -> Found:
    """The number of disks is 1 or more, in quotes."""
    for at in subject.things(SELECTORS):
        count = subject.text(f"{at}/matchLabels/count")
        if count and not (_DIGITS.fullmatch(count) and int(count) >= 1):
            yield f"{at}/matchLabels/count", "Enter 1 or more, or leave it empty for all disks that match."


@rule("NP-SEL-10", SELECTORS, _SOURCE, WARNING)
def narrow_selectors_first(subject: Subject) -> Found:
    """A selector that takes every disk stands last."""
    for at in subject.things(SELECTORS)[:-1]:
        labels = subject.thing(f"{at}/matchLabels")
        if subject.text(f"{at}/storageType") == "evs" and not any(labels.get(name) for name in LABELS):
            yield (
                at,
                "This selector takes every disk that is left, so that later ones find none. Move it to the end.",
            )


@rule("NP-SEL-11", SELECTORS, _SOURCE)
def selectors_find_disks(subject: Subject) -> Found:
    """Each selector of cloud disks finds one."""
    if subject.layout.is_default or any(at.startswith((SELECTORS, f"{TEMPLATE}/dataVolumes")) for at in subject.unfit):
        return
    for at in subject.layout.unmatched:
        if subject.text(f"{at}/storageType") == "evs" and _is_readable(subject, at):
            yield (
                at,
                "This selector finds no disk: no data disk that is still free has this type, size and encryption. "
                "Change it, or remove it.",
            )


@rule("NP-GRP-02", GROUPS, _SOURCE)
def one_managed_group(subject: Subject) -> Found:
    """At most one group is managed by CCE."""
    managed = [at for at in subject.things(GROUPS) if subject.flag(f"{at}/cceManaged")]
    for at in managed[1:]:
        yield f"{at}/cceManaged", "Only one group can be managed by CCE."


@rule("NP-GRP-02", GROUPS, _SOURCE, WARNING)
def some_managed_group(subject: Subject) -> Found:
    """One group should be managed by CCE."""
    groups = subject.things(GROUPS)
    if groups and not any(subject.flag(f"{at}/cceManaged") for at in groups):
        yield (
            f"{groups[0]}/cceManaged",
            "No group is managed by CCE: container runtime and kubelet have no disk.",
        )


@rule("NP-GRP-03", GROUPS, "API reference, table 22")
def groups_name_selectors(subject: Subject) -> Found:
    """A group names selectors that exist, and no selector is in two groups."""
    names = [subject.text(f"{at}/name") for at in subject.things(SELECTORS)]
    if not names or not all(names) or len(names) > len(set(names)):
        return  # mending the selectors' names may mend the groups as well
    known, used = frozenset(names), set[str]()
    for group in subject.things(GROUPS):
        for at, name in subject.items(f"{group}/selectorNames"):
            if not isinstance(name, str) or at in subject.unfit:
                continue
            if name not in known:
                yield at, "There is no selector of this name. Name one of the selectors above."
            elif name in used:
                yield at, "This selector belongs to a group already; a selector can be in one group only."
            used.add(name)


@rule("NP-SPACE-02", GROUPS, "API reference, table 23")
def spaces_stand_right(subject: Subject) -> Found:
    """Runtime and kubelet belong in the managed group, each once in a group."""
    seen: set[tuple[str, str]] = set()
    for group, at, name in subject.spaces:
        if name in ("runtime", "kubernetes") and subject.flag(f"{group}/cceManaged") is not True:
            yield f"{at}/name", "Container runtime and kubelet belong in the group that CCE manages."
        elif name in ("runtime", "kubernetes") and (group, name) in seen:
            yield f"{at}/name", "This space stands in the group already."
        seen.add((group, name))


@rule("NP-SPACE-03", GROUPS, "API reference, table 23")
def shares_are_percent(subject: Subject) -> Found:
    """A share is 1% to 100%."""
    for _, at, _ in subject.spaces:
        size = f"{at}/size"
        if subject.has(size) and size not in subject.unfit and not _SHARE.fullmatch(subject.text(size)[:9]):
            yield size, "Enter a share from 1% to 100%, with the percent sign."


@rule("NP-SPACE-04", GROUPS, "API reference, table 23")
def shares_add_up(subject: Subject) -> Found:
    """The shares of a group are not more than 100 percent."""
    for group in subject.layout.groups if subject.has(STORAGE) else ():
        total = sum(volume.percent for volume in group.volumes if volume.percent <= 100)
        if total > 100:
            yield (
                f"{group.pointer}/virtualSpaces",
                f"The shares of this group are {total} %: make them 100 % or less.",
            )


@rule("NP-SPACE-05", GROUPS, "API reference, table 23")
def own_data_is_configured(subject: Subject) -> Found:
    """Own data needs an lvmConfig; the runtime takes none."""
    for _, at, name in subject.spaces:
        has = subject.has(f"{at}/lvmConfig")
        if name == "user" and not has and not subject.has(f"{at}/runtimeConfig"):
            yield f"{at}/lvmConfig", "Say how own data is written, and where it is mounted."
        elif name == "runtime" and has and not subject.has(f"{at}/runtimeConfig"):
            yield f"{at}/lvmConfig", "The container runtime takes a runtimeConfig instead."


@rule("NP-SPACE-06", GROUPS, "API reference, table 23")
def runtime_config_is_for_the_runtime(subject: Subject) -> Found:
    """Only the runtime takes a runtimeConfig."""
    for _, at, name in subject.spaces:
        if name in ("kubernetes", "user") and subject.has(f"{at}/runtimeConfig") and not subject.has(f"{at}/lvmConfig"):
            yield f"{at}/runtimeConfig", "Only the container runtime takes a runtimeConfig. Use lvmConfig."


@rule("NP-SPACE-07", GROUPS, "API reference, table 23")
def not_both_configs(subject: Subject) -> Found:
    """Not both configs in one space."""
    for _, at, name in subject.spaces:
        if subject.has(f"{at}/lvmConfig") and subject.has(f"{at}/runtimeConfig"):
            wrong = "lvmConfig" if name == "runtime" else "runtimeConfig"
            yield f"{at}/{wrong}", "A space takes either lvmConfig or runtimeConfig, not both."


@rule("NP-LVM-03", GROUPS, _SOURCE)
def stripes_need_equal_disks(subject: Subject) -> Found:
    """Striped writing needs two or more disks of one type and size."""
    for group in subject.layout.groups if subject.things(GROUPS) else ():
        kinds = {(disk.type, disk.size_gib) for disk in group.disks}
        if group.takes_local or (len(group.disks) >= 2 and len(kinds) == 1):
            continue
        for at, lv_type in _lv_types(subject, group.pointer):
            if lv_type == "striped":
                yield at, "Striped needs two or more disks of the same type and size in this group."


@rule("NP-LVM-03", GROUPS, _SOURCE)
def managed_spaces_agree(subject: Subject) -> Found:
    """Runtime and kubelet are both striped or both linear."""
    for group in subject.things(GROUPS):
        found = {name: at for _, at, name in subject.spaces if at.startswith(f"{group}/")}
        if not {"runtime", "kubernetes"} <= set(found):
            continue
        kubelet, runtime = (
            f"{found['kubernetes']}/lvmConfig/lvType",
            f"{found['runtime']}/runtimeConfig/lvType",
        )
        one, other = subject.text(kubelet) or "linear", subject.text(runtime) or "linear"
        if {one, other} == {"linear", "striped"}:
            yield (
                kubelet if subject.has(kubelet) else runtime,
                "Make runtime and kubelet both striped or both linear.",
            )


@rule("NP-PATH-01", GROUPS, "API reference, table 24")
def paths_are_absolute(subject: Subject) -> Found:
    """Own data is mounted at an absolute path; nothing else has one."""
    for _, at, name in subject.spaces:
        where = f"{at}/lvmConfig/path"
        path = subject.text(where)
        if name == "user" and not path and subject.thing(f"{at}/lvmConfig") and where not in subject.unfit:
            yield where, "Say where own data is mounted, for example /opt/data."
        elif path and name in ("runtime", "kubernetes"):
            yield where, "Only own data has a path."
        elif path and not (len(path) <= 1024 and _PATH.fullmatch(path)):
            yield where, "Begin with a slash; use letters, digits, dots, hyphens, underscores and slashes."


@rule("NP-PATH-02", GROUPS, "User manual, questions and answers")
def paths_are_free(subject: Subject) -> Found:
    """No path of the system or of CCE."""
    for _, at, name in subject.spaces:
        path = subject.text(f"{at}/lvmConfig/path")[:1024]
        parts = [part for part in path.split("/") if part not in ("", ".")]
        plain = "/" + "/".join(parts)
        is_reserved = any(plain == one or plain.startswith(f"{one}/") for one in _RESERVED_PATHS)
        is_system = not parts or ".." in parts or (len(parts) == 1 and parts[0] in _SYSTEM_FOLDERS)
        if name == "user" and path.startswith("/") and (is_reserved or is_system):
            yield (
                f"{at}/lvmConfig/path",
                "This folder belongs to the system or to CCE. Choose one such as /opt/data.",
            )


@rule("NP-PATH-03", GROUPS, "User manual, questions and answers")
def paths_differ(subject: Subject) -> Found:
    """No path twice."""
    seen: set[str] = set()
    for _, at, _ in subject.spaces:
        path = subject.text(f"{at}/lvmConfig/path").rstrip("/")
        if path and path in seen:
            yield f"{at}/lvmConfig/path", "Another space is mounted there already."
        seen.add(path)


def _twice(subject: Subject, at: str, what: str) -> Found:
    seen: set[str] = set()
    for item in subject.things(at):
        name = subject.text(f"{item}/name")
        if name and name in seen:
            yield f"{item}/name", f"Another {what} has this name. Choose another one."
        seen.add(name)


def _is_readable(subject: Subject, selector: str) -> bool:
    """Whether no other rule finds fault with a selector's labels."""
    size, count, key = (subject.text(f"{selector}/matchLabels/{name}") for name in ("size", "count", "metadataCmkid"))
    are_digits = all(_DIGITS.fullmatch(text) for text in (size, count) if text)
    return are_digits and (not count or int(count) > 0) and len(key) in (0, choices.KEY_ID_LENGTH)


def _lv_types(subject: Subject, group: str) -> Iterator[tuple[str, str]]:
    for space in subject.things(f"{group}/virtualSpaces"):
        for config in ("lvmConfig", "runtimeConfig"):
            at = f"{space}/{config}/lvType"
            yield at, subject.text(at)
