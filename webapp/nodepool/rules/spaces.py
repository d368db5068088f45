"""Rules on the virtual spaces of storage groups (1.14)."""

import re
from collections.abc import Iterator

from webapp.nodepool.rules.rule import TEMPLATE, Found, Subject, rule_on
from webapp.nodepool.rules.storage import DISK_PAGE, GROUPS, SELECTORS, STORAGE

_SHARE = re.compile(r"(100|[1-9][0-9]?)%")
_PATH = re.compile(r"/[A-Za-z0-9._/-]*")
_RESERVED_PATHS = ("/home/paas", "/var/paas", "/var/lib", "/var/script", "/mnt/paas", "/opt/cloud")
_SYSTEM_FOLDERS = frozenset(
    "bin lib home root boot dev etc lost+found mnt proc sbin srv tmp var media opt selinux sys usr".split()
)


@rule_on("NP-SPACE-02", GROUPS, "API reference, table 23")
def spaces_stand_right(subject: Subject) -> Found:
    """Runtime and kubelet belong in the managed group, each once in a group."""
    seen: set[tuple[str, str]] = set()
    for group, at, name in subject.spaces:
        is_managed = subject.flag(f"{group}/cceManaged") is True or f"{group}/cceManaged" in subject.unfit
        if name in ("runtime", "kubernetes") and not is_managed:
            yield f"{at}/name", "Container runtime and kubelet belong in the group that CCE manages: move this there."
        elif name in ("runtime", "kubernetes") and (group, name) in seen:
            yield f"{at}/name", "This space stands in the group already. Remove one of the two."
        seen.add((group, name))


@rule_on("NP-SPACE-03", GROUPS, "API reference, table 23")
def shares_are_percent(subject: Subject) -> Found:
    """A share is 1% to 100%."""
    for _, at, _ in subject.spaces:
        size = f"{at}/size"
        if subject.has(size) and size not in subject.unfit and not _SHARE.fullmatch(subject.text(size)[:9]):
            yield size, "Enter a share from 1% to 100%, with the percent sign."


@rule_on("NP-SPACE-04", GROUPS, "API reference, table 23")
def shares_add_up(subject: Subject) -> Found:
    """The shares of a group are not more than 100 percent."""
    for group in subject.layout.groups if subject.has(STORAGE) else ():
        total = sum(volume.percent for volume in group.volumes if volume.percent <= 100)
        if total > 100:
            yield (
                f"{group.pointer}/virtualSpaces",
                f"The shares of this group are {total} %: make them 100 % or less.",
            )


@rule_on("NP-SPACE-05", GROUPS, "API reference, table 23")
def own_data_is_configured(subject: Subject) -> Found:
    """Own data needs an lvmConfig; the runtime takes none."""
    for _, at, name in subject.spaces:
        has = subject.has(f"{at}/lvmConfig")
        if name == "user" and not has and not subject.has(f"{at}/runtimeConfig"):
            yield f"{at}/lvmConfig", "Say how own data is written, and where it is mounted."
        elif name == "runtime" and has and not subject.has(f"{at}/runtimeConfig"):
            yield f"{at}/lvmConfig", "The container runtime takes a runtimeConfig. Use that instead."


@rule_on("NP-SPACE-06", GROUPS, "API reference, table 23")
def runtime_config_is_for_the_runtime(subject: Subject) -> Found:
    """Only the runtime takes a runtimeConfig."""
    for _, at, name in subject.spaces:
        if name in ("kubernetes", "user") and subject.has(f"{at}/runtimeConfig") and not subject.has(f"{at}/lvmConfig"):
            yield f"{at}/runtimeConfig", "Only the container runtime takes a runtimeConfig. Use lvmConfig."


@rule_on("NP-SPACE-07", GROUPS, "API reference, table 23")
def not_both_configs(subject: Subject) -> Found:
    """Not both configs in one space."""
    for _, at, name in subject.spaces:
        if subject.has(f"{at}/lvmConfig") and subject.has(f"{at}/runtimeConfig"):
            wrong = "lvmConfig" if name == "runtime" else "runtimeConfig"
            yield f"{at}/{wrong}", "A space takes either lvmConfig or runtimeConfig, not both. Remove this one."


@rule_on("NP-LVM-03", GROUPS, DISK_PAGE, on_layout=True)
def stripes_need_equal_disks(subject: Subject) -> Found:
    """Striped writing needs two or more disks of one type and size."""
    is_told = subject.things(GROUPS) and subject.is_sound(SELECTORS, f"{TEMPLATE}/dataVolumes")
    for group in subject.layout.groups if is_told else ():
        kinds = {(disk.type, disk.size_gib) for disk in group.disks}
        is_named = subject.is_sound(f"{group.pointer}/selectorNames")
        if not is_named or group.takes_local or (len(group.disks) >= 2 and len(kinds) == 1):
            continue
        for at, lv_type in _lv_types(subject, group.pointer):
            if lv_type == "striped":
                yield (
                    at,
                    "Striped needs two disks of one type and size in this group: add one, or choose linear.",
                )


@rule_on("NP-LVM-03", GROUPS, DISK_PAGE)
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
        if not subject.is_sound(found["kubernetes"], found["runtime"]):
            continue
        one, other = subject.text(kubelet) or "linear", subject.text(runtime) or "linear"
        if {one, other} == {"linear", "striped"}:
            yield (
                kubelet if subject.has(kubelet) else runtime,
                "Make runtime and kubelet both striped or both linear.",
            )


@rule_on("NP-PATH-01", GROUPS, "API reference, table 24")
def paths_are_absolute(subject: Subject) -> Found:
    """Own data is mounted at an absolute path; nothing else has one."""
    for _, at, name in subject.spaces:
        where = f"{at}/lvmConfig/path"
        path = subject.text(where)
        if name == "user" and not path and subject.thing(f"{at}/lvmConfig") and where not in subject.unfit:
            yield where, "Say where own data is mounted, for example /opt/data."
        elif path and name in ("runtime", "kubernetes"):
            yield where, "Only own data has a path. Remove this one."
        elif path and not (len(path) <= 1024 and _PATH.fullmatch(path)):
            yield where, "Begin with a slash; use letters, digits, dots, hyphens, underscores and slashes."


@rule_on("NP-PATH-02", GROUPS, "User manual, questions and answers")
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


@rule_on("NP-PATH-03", GROUPS, "User manual, questions and answers")
def paths_differ(subject: Subject) -> Found:
    """No path twice."""
    seen: set[str] = set()
    for _, at, _ in subject.spaces:
        path = subject.text(f"{at}/lvmConfig/path").rstrip("/")
        if path and path in seen:
            yield f"{at}/lvmConfig/path", "Another space is mounted there already. Choose another path."
        seen.add(path)


def _lv_types(subject: Subject, group: str) -> Iterator[tuple[str, str]]:
    for space in subject.things(f"{group}/virtualSpaces"):
        for config in ("lvmConfig", "runtimeConfig"):
            at = f"{space}/{config}/lvType"
            yield at, subject.text(at)
