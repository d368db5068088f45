"""Rules on storage selectors and storage groups (1.14)."""

import re

from webapp.nodepool import choices, versions
from webapp.nodepool.layout import LABELS
from webapp.nodepool.rules.rule import TEMPLATE, WARNING, Found, Subject, rule_on

STORAGE = f"{TEMPLATE}/storage"
SELECTORS, GROUPS = f"{STORAGE}/storageSelectors", f"{STORAGE}/storageGroups"
DISK_PAGE = "Attaching disks to a node"
_DIGITS = re.compile(r"[0-9]{1,9}")


@rule_on("NP-STOR-01", STORAGE, "API reference, table 6")
def version_has_storage(subject: Subject) -> Found:
    """The storage section needs a cluster of v1.15.11."""
    if subject.has(STORAGE) and versions.is_before(subject.cluster.version, (1, 15, 11)):
        yield STORAGE, "Storage groups need a cluster of v1.15.11 or newer. Remove them."


@rule_on("NP-SEL-01", SELECTORS, "API reference, table 20")
def selector_names_differ(subject: Subject) -> Found:
    """No selector name twice."""
    yield from _twice(subject, SELECTORS, "selector")


@rule_on("NP-GRP-01", GROUPS, "API reference, table 22")
def group_names_differ(subject: Subject) -> Found:
    """No group name twice."""
    yield from _twice(subject, GROUPS, "storage group")


@rule_on("NP-SEL-03", SELECTORS, DISK_PAGE)
def one_local_selector(subject: Subject) -> Found:
    """At most one selector for local disks, without labels."""
    local = [at for at in subject.things(SELECTORS) if subject.text(f"{at}/storageType") == "local"]
    for at in local[1:]:
        yield (
            f"{at}/storageType",
            "Remove this selector: only one can stand for the local disks, which all form one group.",
        )
    for at in local:
        if subject.thing(f"{at}/matchLabels"):
            yield f"{at}/matchLabels", "A selector of local disks takes no conditions. Remove them."


@rule_on("NP-SEL-05", SELECTORS, "API reference, table 21")
def label_size(subject: Subject) -> Found:
    """The size is a whole number in quotes."""
    for at in subject.things(SELECTORS):
        size = subject.text(f"{at}/matchLabels/size")
        if size and not _DIGITS.fullmatch(size):
            yield f"{at}/matchLabels/size", "Enter whole GiB, for example 100."


@rule_on("NP-SEL-08", SELECTORS, "API reference, table 21")
def label_key(subject: Subject) -> Found:
    """The key's id has 36 characters."""
    for at in subject.things(SELECTORS):
        key = subject.text(f"{at}/matchLabels/metadataCmkid")
        if key and len(key) != choices.KEY_ID_LENGTH:
            yield f"{at}/matchLabels/metadataCmkid", f"Enter the id of a KMS key, {choices.KEY_ID_LENGTH} characters."


@rule_on("NP-SEL-09", SELECTORS, "API reference, table 21")
def label_count(subject: Subject) -> Found:
    """The number of disks is 1 or more, in quotes."""
    for at in subject.things(SELECTORS):
        count = subject.text(f"{at}/matchLabels/count")
        if count and not (_DIGITS.fullmatch(count) and int(count) >= 1):
            yield f"{at}/matchLabels/count", "Enter 1 or more, or leave it empty for all disks that match."


@rule_on("NP-SEL-10", SELECTORS, DISK_PAGE, WARNING)
def narrow_selectors_first(subject: Subject) -> Found:
    """A selector that takes every disk stands last."""
    for at in subject.things(SELECTORS)[:-1]:
        labels = subject.thing(f"{at}/matchLabels")
        if subject.text(f"{at}/storageType") == "evs" and not any(labels.get(name) for name in LABELS):
            yield (
                at,
                "This selector takes every disk that is left, so that later ones find none. Move it to the end.",
            )


@rule_on("NP-SEL-11", SELECTORS, DISK_PAGE, on_layout=True)
def selectors_find_disks(subject: Subject) -> Found:
    """Each selector of cloud disks finds one."""
    is_told = subject.has(STORAGE) and subject.is_sound(SELECTORS, f"{TEMPLATE}/dataVolumes")
    for at in subject.layout.unmatched if is_told else ():
        yield (
            at,
            "This selector finds no disk: no data disk that is still free has this type, size and encryption. "
            "Change it, or remove it.",
        )


@rule_on("NP-GRP-02", GROUPS, DISK_PAGE)
def one_managed_group(subject: Subject) -> Found:
    """At most one group is managed by CCE."""
    managed = [at for at in subject.things(GROUPS) if subject.flag(f"{at}/cceManaged")]
    for at in managed[1:]:
        yield f"{at}/cceManaged", "Only one group can be managed by CCE: choose no here."


@rule_on("NP-GRP-02", GROUPS, DISK_PAGE, WARNING)
def some_managed_group(subject: Subject) -> Found:
    """One group should be managed by CCE."""
    groups = subject.things(GROUPS)
    if groups and not any(subject.flag(f"{at}/cceManaged") for at in groups):
        yield (
            f"{groups[0]}/cceManaged",
            "No group is managed by CCE, so container runtime and kubelet have no disk: choose yes for one.",
        )


@rule_on("NP-GRP-03", GROUPS, "API reference, table 22")
def groups_name_selectors(subject: Subject) -> Found:
    """A group names selectors that exist, and no selector is in two groups."""
    names = [subject.text(f"{at}/name") for at, _ in subject.items(SELECTORS)]
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
                yield at, "Name another selector: this one belongs to a group already, and can be in one only."
            used.add(name)


def _twice(subject: Subject, at: str, what: str) -> Found:
    seen: set[str] = set()
    for item in subject.things(at):
        name = subject.text(f"{item}/name")
        if name and name in seen:
            yield f"{item}/name", f"Another {what} has this name. Choose another one."
        seen.add(name)
