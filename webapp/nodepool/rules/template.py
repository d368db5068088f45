"""Rules on the node template: flavor, AZ, system, runtime, sign-in (1.3, 1.4, 1.15, 1.16)."""

import re

from webapp.nodepool import choices, versions
from webapp.nodepool.rules.rule import TEMPLATE, WARNING, Found, Subject, rule, rule_on

FLAVOR, ZONE, OS = f"{TEMPLATE}/flavor", f"{TEMPLATE}/az", f"{TEMPLATE}/os"
RUNTIME, KEY = f"{TEMPLATE}/runtime/name", f"{TEMPLATE}/login/sshKey"
PASSWORD = f"{TEMPLATE}/login/userPassword"
EXTEND = f"{TEMPLATE}/extendParam"
IMAGE = f"{EXTEND}/alpha.cce~1NodeImageID"
_KEY_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SEPARATOR = re.compile(r"[\s,;]")


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
        yield FLAVOR, "A Turbo cluster needs a flavor with supplementary network interfaces. Choose another one."


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
        yield OS, f"{system.name} needs a cluster of v{system.first[0]}.{system.first[1]} or newer. Choose another one."
    elif system.last and versions.is_after(cluster.version, system.last):
        yield OS, f"{system.name} is offered up to v{system.last[0]}.{system.last[1]}. Choose a newer system."
    elif cluster.is_turbo and not system.turbo:
        yield OS, f"{system.name} is not offered in CCE Turbo clusters. Choose another one."


@rule("NP-X-04", OS, "User manual, node operating systems")
def system_fits_the_network(subject: Subject) -> Found:
    """The operating system works with the cluster's container network."""
    system = choices.OPERATING_SYSTEMS.get(subject.text(OS))
    if system and subject.cluster.network_mode in system.refused_networks:
        yield OS, f"{system.name} does not work in a cluster with a tunnel network. Choose another one."


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
        yield KEY, "Check the name: a key pair's has 1 to 64 letters, digits, hyphens and underscores."


@rule("NP-LOGIN-02", KEY, "User manual, questions and answers")
def key_exists(subject: Subject) -> Found:
    """The key pair belongs to the user who creates the pool."""
    name, keys = subject.text(KEY), subject.facts.key_pairs
    if name and keys is not None and name not in {key.name for key in keys}:
        yield (
            KEY,
            "Whoever launches has no key pair of this name. Key pairs of other users do not work: choose another.",
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


@rule_on("NP-LOGIN-05", PASSWORD, "API reference, table 7", WARNING)
def password_is_discouraged(subject: Subject) -> Found:
    """A password is not supported by the documented API; elsewhere it must be salted and encoded."""
    if subject.thing(PASSWORD):
        yield PASSWORD, "The API reference does not support passwords. Better choose a key pair."
