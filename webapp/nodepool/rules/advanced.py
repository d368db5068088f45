"""Rules on the advanced parameters of the node template (1.8)."""

import base64
import binascii
import json
import re

from webapp.nodepool import choices, versions
from webapp.nodepool.rules.rule import SPEC, WARNING, Found, Subject, rule, rule_on
from webapp.nodepool.rules.template import EXTEND, IMAGE, OS, RUNTIME

TYPE = f"{SPEC}/type"
PODS = f"{EXTEND}/maxPods"
PRE, POST = f"{EXTEND}/alpha.cce~1preInstall", f"{EXTEND}/alpha.cce~1postInstall"
_THRESHOLD = re.compile(r"([01](?:\.[0-9])?):([01](?:\.[0-9])?)")
_REBOOT = re.compile(rb"(?m)(?:^|[;&|\s])(?:/sbin/)?reboot\b")
_BASE_SIZES = (f"{EXTEND}/containerBaseSize", f"{EXTEND}/dockerBaseSize")
_CONTAINERD_BASE_SIZE = ((1, 23, 14), (1, 25, 9), (1, 27, 6), (1, 28, 4))
_WITHOUT_LINES = str.maketrans("", "", "\r\n")


@rule_on("NP-PODS-03", PODS, "User manual, creating a node pool", WARNING)
def pods_have_addresses(subject: Subject) -> Found:
    """The node's share of the container network has an address for each pod."""
    pods, mask = subject.number(PODS), subject.cluster.pod_mask
    if pods and mask and 16 <= mask <= 30 and pods > 2 ** (32 - mask) - 3:
        yield (
            PODS,
            f"The cluster's network gives a node {2 ** (32 - mask) - 3} addresses for pods. Enter no more.",
        )


@rule_on("NP-PODS-04", PODS, "User manual, creating a node pool", WARNING)
def pods_have_interfaces(subject: Subject) -> Found:
    """In a Turbo cluster the flavor has a network interface for each pod."""
    pods, flavor = subject.number(PODS), subject.flavor
    most = flavor.max_interfaces if flavor and subject.cluster.is_turbo else None
    if pods and most and pods > most:
        yield (
            PODS,
            f"This flavor has {most} network interfaces, and each pod takes one. Enter {most} or less.",
        )


@rule_on("NP-AGENCY-01", f"{EXTEND}/agency_name", "IAM API, agencies")
def agency_exists(subject: Subject) -> Found:
    """The agency exists."""
    name, agencies = subject.text(f"{EXTEND}/agency_name"), subject.facts.agencies
    if name and agencies is not None and name not in {agency.name for agency in agencies}:
        yield f"{EXTEND}/agency_name", "This agency does not exist. Choose one of the list."


@rule("NP-SCRIPT-01", PRE, "API reference, table 13")
def scripts_are_base64(subject: Subject) -> Found:
    """Scripts are sent in standard base64."""
    for at in (PRE, POST):
        if subject.text(at) and _decoded(subject.text(at)) is None:
            yield at, "Encode the script in base64: this is plain or broken."


@rule("NP-SCRIPT-02", POST, "API reference, table 13")
def scripts_are_short(subject: Subject) -> Found:
    """Both scripts together have at most 10240 characters in base64."""
    before, after = subject.text(PRE), subject.text(POST)
    if len(before) + len(after) > choices.SCRIPT_LIMIT:
        yield (
            POST if after else PRE,
            f"Both scripts together may have {choices.SCRIPT_LIMIT} characters in base64 (about 7680 as typed); "
            f"these have {len(before) + len(after)}. Shorten them.",
        )


@rule_on("NP-SCRIPT-04", POST, "User manual, creating a node pool", WARNING)
def no_plain_reboot(subject: Subject) -> Found:
    """No plain reboot after the installation."""
    script = _decoded(subject.text(POST)) if len(subject.text(POST)) <= choices.SCRIPT_LIMIT else None
    if script and _REBOOT.search(script):
        yield POST, "A plain reboot stops the installation. Use: shutdown -r 1"


@rule_on("NP-IMG-01", IMAGE, "API reference, table 13")
def image_exists(subject: Subject) -> Found:
    """The private image exists."""
    wanted, images = subject.text(IMAGE), subject.facts.images
    if wanted and images is not None and wanted not in {image.id for image in images}:
        yield IMAGE, "This private image does not exist in the project. Choose one of the list."


@rule_on("NP-NICQ-01", f"{EXTEND}/nicMultiqueue", "API reference, table 13")
def queues(subject: Subject) -> Found:
    """Network card queues: one of the documented numbers, bare metal only."""
    at = f"{EXTEND}/nicMultiqueue"
    value = subject.text(at)
    if value and not _may_be_bare_metal(subject):
        yield at, "Queues can be set for bare metal pools (ElasticBMS) only. Leave this empty."
    elif value and not _is_queues(value):
        yield at, f'Write for example [{{"queue":4}}], with one of {", ".join(map(str, choices.NIC_QUEUES))}.'


@rule_on("NP-NICT-01", f"{EXTEND}/nicThreshold", "API reference, table 13")
def threshold(subject: Subject) -> Found:
    """Pre-bound network cards: low:high, each 0.0 to 1.0, bare metal only."""
    at = f"{EXTEND}/nicThreshold"
    value = subject.text(at)
    found = _THRESHOLD.fullmatch(value[:20])
    if value and not _may_be_bare_metal(subject):
        yield at, "The threshold can be set for bare metal pools (ElasticBMS) only. Leave this empty."
    elif value and not (found and float(found[1]) <= float(found[2]) <= 1):
        yield at, "Write low:high, for example 0.3:0.6; each 0.0 to 1.0 with one decimal, low not above high."


@rule("NP-BASE-01", f"{EXTEND}/containerBaseSize", "API reference, Creating a Node")
def container_space(subject: Subject) -> Found:
    """Space per container: 0 or 10 to 500 GiB."""
    low, high = choices.CONTAINER_GIB
    for at in _BASE_SIZES:
        size = subject.number(at)
        if size and not low <= size <= high:
            yield at, f"Enter {low} to {high}, or 0 for the default."


@rule("NP-BASE-01", f"{EXTEND}/containerBaseSize", "Space allocation of a data disk", WARNING)
def container_space_has_effect(subject: Subject) -> Found:
    """Space per container has no effect with Ubuntu or an old containerd, and is small with Device Mapper."""
    system, advised = subject.text(OS), choices.DEVICE_MAPPER_GIB_ADVISED
    is_early = subject.text(RUNTIME) == "containerd" and versions.lacks_patch(
        subject.cluster.version, _CONTAINERD_BASE_SIZE
    )
    for at in _BASE_SIZES:
        size = subject.number(at)
        if size and system.startswith("Ubuntu"):
            yield at, "Ubuntu takes no limit of the space per container. Leave this empty."
        elif size and is_early:
            yield at, "With containerd this needs a cluster of v1.23.14, v1.25.9, v1.27.6, v1.28.4 or newer."
        elif size and size > advised and system == "EulerOS 2.5":
            yield at, f"With EulerOS 2.5 better enter {advised} or less."


def _may_be_bare_metal(subject: Subject) -> bool:
    return subject.is_bare_metal or TYPE in subject.unfit


def _decoded(text: str) -> bytes | None:
    try:
        # The command base64 breaks its lines, and decoders of the cloud pass over that.
        return base64.b64decode(text.translate(_WITHOUT_LINES), validate=True)
    except (binascii.Error, ValueError):
        return None


def _is_queues(text: str) -> bool:
    try:
        value = json.loads(text) if len(text) < 200 else None
    except (ValueError, RecursionError):
        return False
    if not isinstance(value, list) or not value:
        return False
    return all(
        isinstance(one, dict)
        and set(one) == {"queue"}
        and type(one["queue"]) is int
        and one["queue"] in choices.NIC_QUEUES
        for one in value
    )
