"""Rules on the node template: flavor, AZ, system, runtime, sign-in, advanced parameters (1.3, 1.4, 1.8, 1.15, 1.16)."""

import base64
import binascii
import json
import re

from webapp.nodepool import choices, versions
from webapp.nodepool.rules.rule import TEMPLATE, WARNING, Found, Subject, rule

FLAVOR, ZONE, OS = f"{TEMPLATE}/flavor", f"{TEMPLATE}/az", f"{TEMPLATE}/os"
RUNTIME, KEY = f"{TEMPLATE}/runtime/name", f"{TEMPLATE}/login/sshKey"
PASSWORD = f"{TEMPLATE}/login/userPassword"
EXTEND = f"{TEMPLATE}/extendParam"
PRE, POST = f"{EXTEND}/alpha.cce~1preInstall", f"{EXTEND}/alpha.cce~1postInstall"
IMAGE = f"{EXTEND}/alpha.cce~1NodeImageID"
_KEY_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SEPARATOR = re.compile(r"[\s,;]")
_THRESHOLD = re.compile(r"([01](?:\.[0-9])?):([01](?:\.[0-9])?)")
_REBOOT = re.compile(rb"(?m)(?:^|[;&|\s])(?:/sbin/)?reboot\b")
_BASE_SIZES = (f"{EXTEND}/containerBaseSize", f"{EXTEND}/dockerBaseSize")
_CONTAINERD_BASE_SIZE = ((1, 23, 14), (1, 25, 9), (1, 27, 6), (1, 28, 4))


@rule("NP-FLAV-02", FLAVOR, "API reference, table 6")
def one_flavor(subject: Subject) -> Found:
    """One flavor for all nodes of a pool."""
    if _SEPARATOR.search(subject.text(FLAVOR)):
        yield FLAVOR, "A pool has one flavor: enter one id, without commas and blanks."


@rule("NP-FLAV-03", FLAVOR, "ECS API, listing flavors")
def flavor_is_sold(subject: Subject) -> Found:
    """The flavor exists and can be had in the chosen AZ."""
    name, zone, flavor = subject.text(FLAVOR), subject.text(ZONE), subject.flavor
    if not name or subject.facts.flavors is None or subject.is_bare_metal:
        return
    if flavor is None:
        yield FLAVOR, "This flavor is not on offer in the project. Choose one of the list."
    elif zone and zone != choices.RANDOM_ZONE and not flavor.is_usable_in(zone):
        open_zones = [one.name for one in subject.facts.zones or () if flavor.is_usable_in(one.name)]
        hint = f"It is available in {', '.join(open_zones)}." if open_zones else "Choose another flavor."
        yield FLAVOR, f"This flavor is sold out in {zone}. {hint}"


@rule("NP-FLAV-04", FLAVOR, "User manual, creating a node pool")
def flavor_is_large_enough(subject: Subject) -> Found:
    """At least 2 vCPU and 4 GiB of memory."""
    flavor = subject.flavor
    if flavor and (flavor.vcpus < choices.MIN_VCPUS or flavor.memory_mib < choices.MIN_MEMORY_MIB):
        yield FLAVOR, "A node needs at least 2 vCPU and 4 GiB of memory. Choose a larger flavor."


@rule("NP-FLAV-05", FLAVOR, "Node flavor description", WARNING)
def flavor_fits_the_cluster(subject: Subject) -> Found:
    """The flavor's family is listed for the kind of cluster."""
    family = subject.text(FLAVOR).partition(".")[0][:50]
    known = choices.TURBO_FAMILIES if subject.cluster.is_turbo else choices.STANDARD_FAMILIES
    if family and not subject.is_bare_metal and family not in known:
        kind = "CCE Turbo" if subject.cluster.is_turbo else "standard"
        yield FLAVOR, f"The family {family} is not listed for {kind} clusters. The cloud may refuse it."


@rule("NP-FLAV-06", FLAVOR, "Node flavor description")
def flavor_takes_interfaces(subject: Subject) -> Found:
    """In a Turbo cluster the flavor takes several network interfaces."""
    flavor = subject.flavor
    few = flavor is not None and flavor.max_interfaces is not None and flavor.max_interfaces < 2
    if few and subject.cluster.is_turbo and not subject.is_bare_metal:
        yield FLAVOR, "This flavor takes no supplementary network interfaces, which a Turbo cluster needs."


@rule("NP-AZ-01", ZONE, "ECS API, availability zones")
def zone_exists(subject: Subject) -> Found:
    """The AZ exists and is open, or is left to the cloud."""
    wanted, zones = subject.text(ZONE), subject.facts.zones
    if wanted and wanted != choices.RANDOM_ZONE and zones is not None:
        found = next((zone for zone in zones if zone.name == wanted), None)
        if found is None:
            yield ZONE, "This availability zone does not exist here. Choose one of the list, or random."
        elif not found.is_available:
            yield ZONE, "This availability zone is not available now. Choose another one."


@rule("NP-OS-01", OS, "API reference, table 6", WARNING)
def system_is_chosen(subject: Subject) -> Found:
    """An operating system or a private image."""
    if subject.thing(TEMPLATE) and not subject.text(OS) and OS not in subject.unfit and not subject.text(IMAGE):
        yield OS, "Choose an operating system, or a private image: without either the cloud decides."


@rule("NP-OS-06", OS, "API reference, table 6")
def system_is_known(subject: Subject) -> Found:
    """One of the operating systems that the cloud offers."""
    wanted = subject.text(OS)
    if wanted and wanted not in choices.OPERATING_SYSTEMS:
        yield (
            OS,
            f"This operating system is not offered. Choose one of {', '.join(choices.OPERATING_SYSTEMS)}.",
        )


@rule("NP-OS-07", OS, "User manual, node operating systems")
def system_fits_the_version(subject: Subject) -> Found:
    """The operating system is offered for the cluster's version and kind."""
    system = choices.OPERATING_SYSTEMS.get(subject.text(OS))
    cluster = subject.cluster
    if system is None:
        return
    if versions.is_before(cluster.version, system.first):
        yield OS, f"{system.name} needs a cluster of v{system.first[0]}.{system.first[1]} or newer."
    elif system.last and versions.is_after(cluster.version, system.last):
        yield OS, f"{system.name} is offered up to v{system.last[0]}.{system.last[1]}. Choose a newer system."
    elif cluster.is_turbo and not system.turbo:
        yield OS, f"{system.name} is not offered in CCE Turbo clusters."


@rule("NP-X-04", OS, "User manual, node operating systems")
def system_fits_the_network(subject: Subject) -> Found:
    """The operating system works with the cluster's container network."""
    system = choices.OPERATING_SYSTEMS.get(subject.text(OS))
    if system and subject.cluster.network_mode in system.refused_networks:
        yield OS, f"{system.name} does not work in a cluster with a tunnel network."


@rule("NP-OS-09", OS, "Patch version release notes", WARNING)
def old_system_on_its_last_version(subject: Subject) -> Found:
    """EulerOS 2.5 on v1.25: one document says yes, another no."""
    numbers = versions.parsed(subject.cluster.version)
    if subject.text(OS) == "EulerOS 2.5" and numbers and numbers[:2] == (1, 25):
        yield OS, "The release notes say that EulerOS 2.5 ended before v1.25. Better choose a newer system."


@rule("NP-RT-03", RUNTIME, "User manual, container engines")
def runtime_fits(subject: Subject) -> Found:
    """containerd needs a cluster of v1.23 and not EulerOS 2.5."""
    if subject.text(RUNTIME) != "containerd":
        return
    if subject.text(OS) == "EulerOS 2.5" and not any(system_fits_the_version(subject)):
        yield RUNTIME, "EulerOS 2.5 takes docker only. Choose docker, or a newer operating system."
    elif not subject.cluster.is_turbo and versions.is_before(subject.cluster.version, (1, 23)):
        yield RUNTIME, "containerd needs a cluster of v1.23 or newer. Choose docker."
    elif subject.cluster.network_mode == "overlay_l2" and versions.is_before(subject.cluster.version, (1, 23, 2)):
        yield RUNTIME, "In a tunnel network containerd needs a cluster of v1.23.2 or newer. Choose docker."


@rule("NP-RT-04", RUNTIME, "User manual, container engines", WARNING)
def docker_is_discouraged(subject: Subject) -> Found:
    """docker is discouraged from v1.27 on."""
    numbers = versions.parsed(subject.cluster.version)
    if subject.text(RUNTIME) == "docker" and numbers and numbers >= (1, 27):
        yield RUNTIME, "docker is discouraged from v1.27 on. Better choose containerd."


@rule("NP-LOGIN-01", KEY, "API reference, table 7")
def key_name(subject: Subject) -> Found:
    """A key pair's name: 1 to 64 letters, digits, hyphens, underscores."""
    name = subject.text(KEY)
    if name and not (len(name) <= 64 and _KEY_NAME.fullmatch(name)):
        yield KEY, "A key pair's name has 1 to 64 letters, digits, hyphens and underscores."


@rule("NP-LOGIN-02", KEY, "User manual, questions and answers")
def key_exists(subject: Subject) -> Found:
    """The key pair belongs to the user who creates the pool."""
    name, keys = subject.text(KEY), subject.facts.key_pairs
    if name and keys is not None and name not in {key.name for key in keys}:
        yield (
            KEY,
            "You have no key pair of this name. Key pairs of other users do not work: choose one of yours.",
        )


@rule("NP-LOGIN-04", f"{TEMPLATE}/login", "API reference, table 7")
def one_way_in(subject: Subject) -> Found:
    """A key pair or a password, not both."""
    has_key, has_password = bool(subject.text(KEY)), subject.has(PASSWORD)
    is_there = subject.has(f"{TEMPLATE}/login") and f"{TEMPLATE}/login" not in subject.unfit
    if has_key and has_password:
        yield PASSWORD, "Give a key pair or a password, not both."
    elif is_there and not has_key and not has_password and KEY not in subject.unfit:
        yield KEY, "Choose a key pair: nobody could sign in to the nodes without one."


@rule("NP-LOGIN-05", PASSWORD, "API reference, table 7", WARNING)
def password_is_discouraged(subject: Subject) -> Found:
    """A password is not supported by the documented API; elsewhere it must be salted and encoded."""
    if subject.thing(PASSWORD):
        yield PASSWORD, "The API reference does not support passwords. Better use a key pair."


@rule("NP-PODS-03", f"{EXTEND}/maxPods", "User manual, creating a node pool", WARNING)
def pods_have_addresses(subject: Subject) -> Found:
    """The node's share of the container network has an address for each pod."""
    pods, mask = subject.number(f"{EXTEND}/maxPods"), subject.cluster.pod_mask
    if pods and mask and 16 <= mask <= 30 and pods > 2 ** (32 - mask) - 3:
        yield (
            f"{EXTEND}/maxPods",
            f"The cluster's network gives a node {2 ** (32 - mask) - 3} addresses for pods.",
        )


@rule("NP-PODS-04", f"{EXTEND}/maxPods", "User manual, creating a node pool", WARNING)
def pods_have_interfaces(subject: Subject) -> Found:
    """In a Turbo cluster the flavor has a network interface for each pod."""
    pods, flavor = subject.number(f"{EXTEND}/maxPods"), subject.flavor
    most = flavor.max_interfaces if flavor and subject.cluster.is_turbo else None
    if pods and most and pods > most:
        yield (
            f"{EXTEND}/maxPods",
            f"This flavor has {most} network interfaces, and each pod takes one. Enter {most} or less.",
        )


@rule("NP-AGENCY-01", f"{EXTEND}/agency_name", "IAM API, agencies")
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
            yield at, "A script is sent in base64, and this is not."


@rule("NP-SCRIPT-02", POST, "API reference, table 13")
def scripts_are_short(subject: Subject) -> Found:
    """Both scripts together have at most 10240 characters in base64."""
    before, after = subject.text(PRE), subject.text(POST)
    if len(before) + len(after) > choices.SCRIPT_LIMIT:
        yield (
            POST if after else PRE,
            f"Both scripts together may have {choices.SCRIPT_LIMIT} characters in base64 (about 7680 as typed); "
            f"these have {len(before) + len(after)}.",
        )


@rule("NP-SCRIPT-04", POST, "User manual, creating a node pool", WARNING)
def no_plain_reboot(subject: Subject) -> Found:
    """No plain reboot after the installation."""
    script = _decoded(subject.text(POST)) if len(subject.text(POST)) <= choices.SCRIPT_LIMIT else None
    if script and _REBOOT.search(script):
        yield POST, "A plain reboot stops the installation. Use: shutdown -r 1"


@rule("NP-IMG-01", IMAGE, "API reference, table 13")
def image_exists(subject: Subject) -> Found:
    """The private image exists."""
    wanted, images = subject.text(IMAGE), subject.facts.images
    if wanted and images is not None and wanted not in {image.id for image in images}:
        yield IMAGE, "This private image does not exist in the project. Choose one of the list."


@rule("NP-NICQ-01", f"{EXTEND}/nicMultiqueue", "API reference, table 13")
def queues(subject: Subject) -> Found:
    """Network card queues: one of the documented numbers, bare metal only."""
    at = f"{EXTEND}/nicMultiqueue"
    value = subject.text(at)
    if value and not subject.is_bare_metal:
        yield at, "Queues can be set for bare metal pools (ElasticBMS) only."
    elif value and not _is_queues(value):
        yield at, f'Write for example [{{"queue":4}}], with one of {", ".join(map(str, choices.NIC_QUEUES))}.'


@rule("NP-NICT-01", f"{EXTEND}/nicThreshold", "API reference, table 13")
def threshold(subject: Subject) -> Found:
    """Pre-bound network cards: low:high, each 0.0 to 1.0, bare metal only."""
    at = f"{EXTEND}/nicThreshold"
    value = subject.text(at)
    found = _THRESHOLD.fullmatch(value[:20])
    if value and not subject.is_bare_metal:
        yield at, "The threshold can be set for bare metal pools (ElasticBMS) only."
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


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
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
