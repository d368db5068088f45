"""Rules on labels, taints and tags (1.9 to 1.11)."""

import re
from collections.abc import Iterator

from webapp.nodepool import choices
from webapp.nodepool.rules.rule import LABELS, TEMPLATE, WARNING, Found, Subject, rule_on

TAGS, TAINTS = f"{TEMPLATE}/userTags", f"{TEMPLATE}/taints"
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?")
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_TAG = re.compile(r"[A-Za-z0-9_@\u4e00-\u9fa5-]*")
_AVOIDED_TAINTS = (
    "ignore-taint.cluster-autoscaler.kubernetes.io",
    "node.kubernetes.io/",
    "node.cloudprovider.kubernetes.io/uninitialized",
)


@rule_on("NP-UTAG-02", TAGS, "Update page; user manual", WARNING)
def few_tags(subject: Subject) -> Found:
    """More than eight tags may be refused, depending on the region."""
    count = len(subject.items(TAGS))
    if choices.MAX_TAGS_ADVISED < count <= choices.MAX_TAGS:
        yield TAGS, f"Some regions take {choices.MAX_TAGS_ADVISED} tags only; these are {count}."


@rule_on("NP-UTAG-03", TAGS, "Update page")
def tag_keys_differ(subject: Subject) -> Found:
    """No tag key twice."""
    yield from _repeated(((f"{at}/key", subject.text(f"{at}/key")) for at in subject.things(TAGS)), "tag")


@rule_on("NP-UTAG-04", TAGS, "API reference, table 6")
def tag_keys(subject: Subject) -> Found:
    """Tag keys: 1 to 36 letters, digits, - _ @ or Chinese characters."""
    for at in subject.things(TAGS):
        key = subject.text(f"{at}/key")
        is_there = subject.has(f"{at}/key") and f"{at}/key" not in subject.unfit
        if is_there and (not 1 <= len(key) <= choices.TAG_KEY_LENGTH or not _TAG.fullmatch(key)):
            yield (
                f"{at}/key",
                f"Use 1 to {choices.TAG_KEY_LENGTH} letters, digits, hyphens, underscores or @.",
            )


@rule_on("NP-UTAG-05", TAGS, "API reference, table 6")
def tag_values(subject: Subject) -> Found:
    """Tag values: up to 43 of the same characters."""
    for at in subject.things(TAGS):
        value = subject.text(f"{at}/value")
        if len(value) > choices.TAG_VALUE_LENGTH or not _TAG.fullmatch(value):
            yield (
                f"{at}/value",
                f"Use up to {choices.TAG_VALUE_LENGTH} letters, digits, hyphens, underscores or @.",
            )


@rule_on("NP-UTAG-07", TAGS, "Update page")
def tag_keys_reserved(subject: Subject) -> Found:
    """Tag keys do not begin with the cloud's own prefixes."""
    for at in subject.things(TAGS):
        if subject.text(f"{at}/key").startswith(choices.RESERVED_TAG_PREFIXES):
            yield (
                f"{at}/key",
                f"Choose another key: {', '.join(choices.RESERVED_TAG_PREFIXES)} begin the cloud's own.",
            )


@rule_on("NP-KTAG-01", LABELS, "API reference, table 6")
def label_count_and_type(subject: Subject) -> Found:
    """At most twenty labels, all texts."""
    labels = subject.thing(LABELS)
    if len(labels) > choices.MAX_LABELS:
        yield LABELS, f"Keep at most {choices.MAX_LABELS}; these are {len(labels)}."
    for at, _, value in subject.labels:
        if not isinstance(value, str):
            yield at, "A label's value must be a text: put it in quotes."


@rule_on("NP-KTAG-02", LABELS, "API reference, table 6; Kubernetes")
def label_names(subject: Subject) -> Found:
    """Label names: 1 to 63 letters, digits, - _ . with a letter or digit at both ends."""
    for at, key, _ in subject.labels:
        if not _is_label(key.rpartition("/")[2]):
            yield at, _FORM.format("key")


@rule_on("NP-KTAG-03", LABELS, "API reference, table 6; Kubernetes")
def label_prefixes(subject: Subject) -> Found:
    """A label's prefix is a DNS name of at most 253 characters."""
    for at, key, _ in subject.labels:
        if not _has_good_prefix(key):
            yield (
                at,
                "Before the slash write a DNS name such as example.com, "
                f"of at most {choices.LABEL_PREFIX_LENGTH} characters.",
            )


@rule_on("NP-KTAG-04", LABELS, "API reference, table 6; Kubernetes")
def label_values(subject: Subject) -> Found:
    """Label values: empty, or as label names."""
    for at, _, value in subject.labels:
        if isinstance(value, str) and value and not _is_label(value):
            yield at, _FORM.format("value")


@rule_on("NP-KTAG-05", LABELS, "API reference, examples")
def labels_reserved(subject: Subject) -> Found:
    """No label of the cloud itself."""
    for at, key, _ in subject.labels:
        if key.rpartition("/")[0] in choices.RESERVED_LABEL_PREFIXES:
            yield at, "Labels of cce.cloud.com and node.cce.io are set by the cloud. Remove this one."


@rule_on("NP-KTAG-05", LABELS, "Kubernetes", WARNING)
def labels_of_kubernetes(subject: Subject) -> Found:
    """Better no label of Kubernetes itself."""
    for at, key, _ in subject.labels:
        prefix = key.rpartition("/")[0]
        if prefix.endswith(("kubernetes.io", "k8s.io")):
            yield at, "Labels of kubernetes.io and k8s.io belong to Kubernetes. Better choose another prefix."


@rule_on("NP-TAINT-03", TAINTS, "API reference, table 6")
def taint_keys(subject: Subject) -> Found:
    """Taint keys are formed as label keys."""
    for at in subject.things(TAINTS):
        key = subject.text(f"{at}/key")
        is_there = subject.has(f"{at}/key") and f"{at}/key" not in subject.unfit
        if is_there and not (_is_label(key.rpartition("/")[2]) and _has_good_prefix(key)):
            yield f"{at}/key", _FORM.format("key")


@rule_on("NP-TAINT-04", TAINTS, "API reference, table 6")
def taint_values(subject: Subject) -> Found:
    """Taint values: empty, or as label values."""
    for at in subject.things(TAINTS):
        value = subject.text(f"{at}/value")
        if value and not _is_label(value):
            yield f"{at}/value", _FORM.format("value")


@rule_on("NP-TAINT-06", TAINTS, "Kubernetes")
def taints_differ(subject: Subject) -> Found:
    """No taint with the same key and effect twice."""
    seen: set[tuple[str, str]] = set()
    for at in subject.things(TAINTS):
        taint = subject.text(f"{at}/key"), subject.text(f"{at}/effect")
        if all(taint) and taint in seen:
            yield f"{at}/key", "A taint with this key and effect stands here already. Change or remove one."
        seen.add(taint)


@rule_on("NP-TAINT-07", TAINTS, "User manual", WARNING)
def taints_of_kubernetes(subject: Subject) -> Found:
    """Better no taint that Kubernetes uses itself."""
    for at in subject.things(TAINTS):
        if subject.text(f"{at}/key").startswith(_AVOIDED_TAINTS):
            yield (
                f"{at}/key",
                "Kubernetes or the autoscaler use this taint themselves. Better choose another key.",
            )


_FORM = "Change the {}: 1 to 63 letters, digits, hyphens, underscores and dots, and a letter or digit at both ends."


def _is_label(text: str) -> bool:
    return 1 <= len(text) <= choices.LABEL_LENGTH and bool(_LABEL.fullmatch(text))


def _has_good_prefix(key: str) -> bool:
    prefix, slash, _ = key.rpartition("/")
    return not slash or (len(prefix) <= choices.LABEL_PREFIX_LENGTH and bool(_DOMAIN.fullmatch(prefix)))


def _repeated(values: Iterator[tuple[str, str]], what: str) -> Found:
    seen: set[str] = set()
    for at, value in values:
        if value and value in seen:
            yield at, f"This key stands here twice. Change or remove one {what}."
        seen.add(value)
