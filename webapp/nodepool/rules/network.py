"""Rules on subnets, addresses and EIPs (1.6, 1.7), and on quotas (5.13)."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, ip_network

from webapp.nodepool import choices, versions
from webapp.nodepool.facts import Quota, Subnet
from webapp.nodepool.rules.rule import TEMPLATE, WARNING, Found, Subject, rule, rule_on

NIC = f"{TEMPLATE}/nodeNicSpec"
PRIMARY = f"{NIC}/primaryNic"
EIP = f"{TEMPLATE}/publicIP"
_CIDR = re.compile(r"[0-9.]{7,15}/[0-9]{1,2}")
_AUTOMATIC_EIP = (
    (1, 25, 16, 20),
    (1, 27, 16, 20),
    (1, 28, 15, 10),
    (1, 29, 10, 10),
    (1, 30, 6, 10),
    (1, 31, 4, 0),
)


def _cards(subject: Subject) -> Iterator[str]:
    if subject.thing(PRIMARY):
        yield PRIMARY
    yield from subject.things(f"{NIC}/extNics")


def _nodes(subject: Subject) -> int | None:
    """Return the most nodes that can need an address: a pool that starts empty gets its nodes later."""
    most = subject.most_nodes
    return None if most is None else max(most, 1)


def _subnet(subject: Subject, card: str) -> Subnet | None:
    wanted = subject.text(f"{card}/subnetId") or (subject.cluster.subnet_id or "" if card == PRIMARY else "")
    return next((subnet for subnet in subject.facts.subnets or () if subnet.id == wanted), None)


@rule("NP-NIC-01", f"{PRIMARY}/subnetId", "API reference, table 15")
def subnet_exists(subject: Subject) -> Found:
    """The subnet exists."""
    for card in _cards(subject) if subject.facts.subnets is not None else ():
        if subject.text(f"{card}/subnetId") and not _subnet(subject, card):
            yield f"{card}/subnetId", "This subnet is not in the cluster's VPC. Choose one of the list."


@rule("NP-NIC-02", f"{PRIMARY}/subnetId", "Code table, CCE.01400002")
def subnet_is_in_the_vpc(subject: Subject) -> Found:
    """The subnet lies in the cluster's VPC."""
    for card in _cards(subject):
        subnet = _subnet(subject, card)
        if subnet and subject.cluster.vpc_id and subnet.vpc_id != subject.cluster.vpc_id:
            yield (
                f"{card}/subnetId",
                "This subnet lies in another VPC than the cluster. Choose one of the cluster's.",
            )


@rule("NP-NIC-04", f"{PRIMARY}/subnetId", "VPC API, addresses", WARNING)
def subnet_has_room(subject: Subject) -> Found:
    """The subnet has a free address for each node."""
    subnet, nodes = _subnet(subject, PRIMARY), subject.most_nodes
    if subnet and nodes and subnet.free_addresses is not None and nodes > subnet.free_addresses:
        yield (
            f"{PRIMARY}/subnetId",
            f"The subnet has {subnet.free_addresses} free addresses for up to {nodes} nodes. Choose a larger one.",
        )


@rule("NP-NIC-05", f"{PRIMARY}/subnetId", "User manual, questions and answers", WARNING)
def subnet_uses_private_dns(subject: Subject) -> Found:
    """The subnet uses the cloud's own DNS servers."""
    subnet = _subnet(subject, PRIMARY)
    if subnet and subnet.primary_dns and not subnet.primary_dns.startswith("100.125."):
        yield (
            f"{PRIMARY}/subnetId",
            "The subnet does not use the cloud's own DNS servers: nodes may fail to install.",
        )


@rule("NP-NIC-06", f"{PRIMARY}/fixedIps", "API reference, table 15")
def fixed_addresses(subject: Subject) -> Found:
    """Fixed addresses are IPv4 addresses, at most one for each node."""
    nodes = _nodes(subject)
    for card in _cards(subject):
        addresses = subject.items(f"{card}/fixedIps")
        for at, value in addresses[:nodes]:
            if isinstance(value, str) and not _is_address(value):
                yield at, "Enter an IPv4 address, for example 10.0.0.5."
        if nodes is not None and len(addresses) > nodes:
            yield f"{card}/fixedIps", f"Give at most {nodes}: no more addresses than nodes."


@rule("NP-NIC-07", f"{PRIMARY}/ipBlock", "API reference, table 15")
def address_block(subject: Subject) -> Found:
    """An address block is a CIDR inside the subnet, and not together with fixed addresses."""
    for card in _cards(subject):
        at = f"{card}/ipBlock"
        text = subject.text(at)
        if not text:
            continue
        block, subnet = _network(text), _subnet(subject, card)
        inside = _network(subnet.cidr) if subnet else None
        if block is None:
            yield at, "Enter a block of addresses such as 10.0.0.0/28."
        elif subject.items(f"{card}/fixedIps"):
            yield at, "Give fixed addresses or a block, not both."
        elif inside and not block.subnet_of(inside):
            yield at, f"The block must lie inside the subnet {inside}."


@rule_on("NP-EIP-01", f"{EIP}/ids", "API reference, table 10")
def eips_old_or_new(subject: Subject) -> Found:
    """Existing EIPs or new ones, not both."""
    if subject.items(f"{EIP}/ids") and (subject.has(f"{EIP}/count") or subject.has(f"{EIP}/eip")):
        yield f"{EIP}/ids", "Choose existing EIPs or new ones, not both."


@rule_on("NP-EIP-02", f"{EIP}/ids", "API reference, Creating a Node")
def eips_are_free(subject: Subject) -> Found:
    """Existing EIPs are unbound, and not more than nodes."""
    ids, nodes = subject.items(f"{EIP}/ids"), _nodes(subject)
    if nodes is not None and len(ids) > nodes:
        yield f"{EIP}/ids", f"Choose at most {nodes}: no more EIPs than nodes. These are {len(ids)}."
    if subject.facts.eips is None:
        return
    free = {eip.id for eip in subject.facts.eips if eip.is_free}
    for at, value in ids:
        if isinstance(value, str) and value not in free:
            yield at, "This EIP does not exist or is in use. Choose a free one."


@rule("NP-EIP-03", f"{EIP}/count", "API reference, table 10")
def new_eips_are_whole(subject: Subject) -> Found:
    """New EIPs need their number and their kind, and are not more than nodes."""
    has_count, has_kind = subject.has(f"{EIP}/count"), subject.has(f"{EIP}/eip")
    count, nodes = subject.number(f"{EIP}/count"), _nodes(subject)
    if has_count and not has_kind and not subject.items(f"{EIP}/ids"):
        yield f"{EIP}/eip", "Say which kind of EIP to create: type, bandwidth and sharing."
    elif has_kind and not has_count and not subject.items(f"{EIP}/ids"):
        yield f"{EIP}/count", "Say how many EIPs to create."
    elif count is not None and nodes is not None and count > nodes:
        yield f"{EIP}/count", f"Enter at most {nodes}: no more EIPs than nodes."


@rule_on("NP-EIP-04", f"{EIP}/eip/iptype", "EIP API", WARNING)
def eip_type_is_usual(subject: Subject) -> Found:
    """A type of EIP that the EIP service documents."""
    kind = subject.text(f"{EIP}/eip/iptype")
    if kind and kind not in choices.EIP_TYPES:
        yield (
            f"{EIP}/eip/iptype",
            f"Usual types are {' and '.join(choices.EIP_TYPES)}; this one may be refused.",
        )


@rule_on("NP-EIP-06", f"{EIP}/eip/bandwidth/size", "EIP API", WARNING)
def bandwidth_in_steps(subject: Subject) -> Found:
    """From 300 Mbit/s on, the bandwidth grows in steps of 50."""
    size = subject.number(f"{EIP}/eip/bandwidth/size")
    if size and 300 < size <= choices.BANDWIDTH_MBIT[1] and size % 50:
        yield f"{EIP}/eip/bandwidth/size", "Above 300 Mbit/s the bandwidth goes in steps of 50."


@rule_on("NP-EIP-08", EIP, "Patch version release notes", WARNING)
def version_gives_eips(subject: Subject) -> Found:
    """Older clusters give no EIP to nodes that are added later."""
    if subject.thing(EIP) and versions.lacks_patch(subject.cluster.version, _AUTOMATIC_EIP):
        yield EIP, "A cluster of this version gives no EIP to nodes that are added later."


@rule("NP-EIP-10", f"{EIP}/count", "EIP API, quotas", WARNING)
def quota_has_eips(subject: Subject) -> Found:
    """The quota has enough EIPs."""
    left = subject.facts.quotas.eips.left if subject.facts.quotas.eips else None
    if not subject.has(f"{EIP}/count") or left is None:
        return
    need = subject.totals.most.eips
    if need > left:
        yield f"{EIP}/count", f"The quota has {left} EIPs left, and up to {need} are needed."


@rule("NP-QUOTA-01", f"{TEMPLATE}/flavor", "docs/cloud-api.md 5.13", WARNING)
def quota_has_servers(subject: Subject) -> Found:
    """The quotas of servers, vCPU and memory take the pool at its largest."""
    quotas = subject.facts.quotas
    wanted = ("servers", "nodes", quotas.servers), ("vCPU", "vcpus", quotas.vcpus)
    for message in _short_of(subject, *wanted, ("MiB of memory", "memory_mib", quotas.memory_mib)):
        yield f"{TEMPLATE}/flavor", message


@rule("NP-QUOTA-02", f"{TEMPLATE}/dataVolumes", "docs/cloud-api.md 5.13", WARNING)
def quota_has_disks(subject: Subject) -> Found:
    """The quotas of disks take the pool at its largest."""
    quotas = subject.facts.quotas
    for message in _short_of(subject, ("disks", "volumes", quotas.volumes), ("GiB", "disk_gib", quotas.volume_gib)):
        yield f"{TEMPLATE}/dataVolumes", message


def _short_of(subject: Subject, *wanted: tuple[str, str, Quota | None]) -> Iterator[str]:
    """Yield a message for each quota that is too small: given as its unit in words, the name of an amount, the quota.

    The totals are asked for only where a quota is known: most checks do without.
    """
    for what, name, quota in wanted:
        if quota and quota.left is not None:
            amount: int | None = getattr(subject.totals.most, name)
            if amount is not None and amount > quota.left:
                yield f"The quota has {quota.left} {what} left, and the pool takes up to {amount}."


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text[:40])
    except ValueError:
        return False
    return True


def _network(text: str) -> IPv4Network | None:
    try:
        found = ip_network(text[:40], strict=False)
    except ValueError:
        return None
    return found if isinstance(found, IPv4Network) and _CIDR.fullmatch(text) else None
