"""Rules on the pool: name, type, counts, autoscaling, security groups, cluster (1.1, 1.2, 1.12, 1.13, 2.6)."""

import re

from webapp.nodepool import choices
from webapp.nodepool.rules.rule import SPEC, WARNING, Found, Subject, rule, rule_on

NAME = "/metadata/name"
_NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
_OPEN_PHASES, _SCALING_PHASES = ("Available",), ("ScalingUp", "ScalingDown")


@rule("NP-NAME-02", NAME, "API reference, table 4")
def name_form(subject: Subject) -> Found:
    """Small letters, digits and hyphens; a letter first, no hyphen last."""
    name = subject.text(NAME)
    if name and name.lower() != "defaultpool" and len(name) <= choices.NAME_LENGTH[1] and not _NAME.fullmatch(name):
        yield (
            NAME,
            "Use small letters, digits and hyphens only. Begin with a letter, and end with a letter or a digit.",
        )


@rule("NP-NAME-03", NAME, "API reference, table 4")
def name_reserved(subject: Subject) -> Found:
    """Not the name of the pool that holds nodes outside of pools."""
    if subject.text(NAME).lower() == "defaultpool":
        yield NAME, "DefaultPool is reserved for the nodes outside of pools. Choose another name."


@rule("NP-NAME-04", NAME, "Code table, CCE.01409001")
def name_free(subject: Subject) -> Found:
    """Unique in the cluster."""
    if subject.text(NAME) in (subject.facts.pool_names or ()):
        yield NAME, "A pool of this name exists in the cluster already. Choose another name."


@rule("NP-POOLS-01", NAME, "User manual, creating a node pool", WARNING)
def not_too_many_pools(subject: Subject) -> Found:
    """Not more than a hundred pools in a cluster."""
    if len(subject.facts.pool_names or ()) >= choices.MAX_POOLS_ADVISED:
        yield NAME, f"The cluster has {choices.MAX_POOLS_ADVISED} pools or more, which is not advised."


@rule("NP-TYPE-02", f"{SPEC}/type", "API reference, table 5")
def bare_metal_on_turbo(subject: Subject) -> Found:
    """Bare metal in CCE Turbo clusters only."""
    if subject.is_bare_metal and not subject.cluster.is_turbo:
        yield f"{SPEC}/type", "Bare metal pools need a CCE Turbo cluster. Choose vm, or a Turbo cluster."


@rule("NP-COUNT-01", f"{SPEC}/initialNodeCount", "API reference, table 5")
def nodes_fit(subject: Subject) -> Found:
    """Not more nodes than the cluster takes."""
    wanted, most = subject.number(f"{SPEC}/initialNodeCount"), subject.cluster.max_nodes
    there = subject.cluster.node_count or 0
    if wanted is not None and most is not None and wanted + there > most:
        yield (
            f"{SPEC}/initialNodeCount",
            f"The cluster takes {most} nodes and has {there}: enter {max(0, most - there)} or less.",
        )


@rule("NP-COUNT-02", f"{SPEC}/initialNodeCount", "API reference, example", WARNING)
def count_within_scaling(subject: Subject) -> Found:
    """With autoscaling, the first number of nodes lies between its limits."""
    wanted = subject.number(f"{SPEC}/initialNodeCount")
    low = subject.number(f"{SPEC}/autoscaling/minNodeCount") or 0
    high = subject.number(f"{SPEC}/autoscaling/maxNodeCount") or 0
    is_on = subject.flag(f"{SPEC}/autoscaling/enable")
    if is_on and wanted is not None and low <= high and not low <= wanted <= high:
        yield (
            f"{SPEC}/initialNodeCount",
            f"Autoscaling keeps {low} to {high} nodes. Better start within that.",
        )


@rule_on("NP-AS-01", f"{SPEC}/autoscaling/enable", "User manual, creating a node pool", WARNING)
def scaling_needs_the_add_on(subject: Subject) -> Found:
    """Autoscaling needs its add-on in the cluster."""
    if subject.flag(f"{SPEC}/autoscaling/enable"):
        yield (
            f"{SPEC}/autoscaling/enable",
            "Nothing scales unless the cluster has the autoscaler add-on, 1.13.8 or newer.",
        )


@rule("NP-AS-03", f"{SPEC}/autoscaling/maxNodeCount", "API reference, table 16")
def scaling_limits(subject: Subject) -> Found:
    """The most nodes are not fewer than the fewest, and not more than the cluster takes."""
    at = f"{SPEC}/autoscaling"
    if not subject.flag(f"{at}/enable"):
        return
    low, high = subject.number(f"{at}/minNodeCount") or 0, subject.number(f"{at}/maxNodeCount") or 0
    if low > high and f"{at}/maxNodeCount" not in subject.unfit:
        yield f"{at}/maxNodeCount", f"Enter {low} or more: the pool keeps at least {low} nodes."
    elif subject.cluster.max_nodes is not None and high > subject.cluster.max_nodes:
        yield f"{at}/maxNodeCount", f"The cluster takes {subject.cluster.max_nodes} nodes at most."


@rule_on("NP-AS-05", f"{SPEC}/autoscaling/priority", "API reference, table 16", WARNING)
def priority_counts_from_zero(subject: Subject) -> Found:
    """Priorities count from 0, although the page takes any whole number."""
    priority = subject.number(f"{SPEC}/autoscaling/priority")
    if priority is not None and priority < 0:
        yield f"{SPEC}/autoscaling/priority", "Priorities usually begin at 0; larger ones go first. Enter 0 or more."


@rule_on("NP-SG-01", f"{SPEC}/customSecurityGroups", "API reference, table 5")
def security_groups_exist(subject: Subject) -> Found:
    """Each security group exists in the project."""
    if subject.facts.security_groups is None:
        return
    known = {group.id for group in subject.facts.security_groups}
    for at, value in subject.items(f"{SPEC}/customSecurityGroups"):
        if isinstance(value, str) and value and value not in known:
            yield at, "This security group does not exist in the project. Choose one of the list."


@rule_on("NP-SG-03", f"{SPEC}/customSecurityGroups", "API reference, table 5", WARNING)
def security_groups_replace(subject: Subject) -> Found:
    """Own security groups replace the cluster's."""
    if subject.items(f"{SPEC}/customSecurityGroups"):
        yield (
            f"{SPEC}/customSecurityGroups",
            "These replace the cluster's node group. Make sure that they leave the ports of CCE open.",
        )


@rule_on("NP-SGRP-01", f"{SPEC}/nodeManagement/serverGroupReference", "API reference, table 17")
def server_group_exists(subject: Subject) -> Found:
    """The ECS server group exists."""
    at = f"{SPEC}/nodeManagement/serverGroupReference"
    wanted, groups = subject.text(at), subject.facts.server_groups
    if wanted and groups is not None and wanted not in {group.id for group in groups}:
        yield at, "This server group does not exist in the project. Choose one of the list."


@rule_on("NP-SGRP-03", f"{SPEC}/nodeManagement/serverGroupReference", "ECS API, limits")
def server_group_has_room(subject: Subject) -> Found:
    """The server group takes all nodes of the pool."""
    at = f"{SPEC}/nodeManagement/serverGroupReference"
    limit, wanted = subject.facts.quotas.server_group_members, subject.most_nodes
    for group in subject.facts.server_groups or ():
        if group.id == subject.text(at) and limit and wanted and group.member_count + wanted > limit:
            yield (
                at,
                f"The group takes {limit} servers and has {group.member_count}: {wanted} nodes do not fit.",
            )


@rule("NP-CLU-01", "", "docs/cloud-api.md 2.6")
def cluster_is_open(subject: Subject) -> Found:
    """The cluster's phase allows a new pool."""
    phase = subject.cluster.phase
    if phase and phase not in _OPEN_PHASES + _SCALING_PHASES:
        yield "", f"The cluster is {phase}. A pool can be created when it is Available again."


@rule("NP-CLU-02", "", "docs/cloud-api.md 2.6", WARNING)
def cluster_is_calm(subject: Subject) -> Found:
    """The cluster is not being scaled."""
    if subject.cluster.phase in _SCALING_PHASES:
        yield "", f"The cluster is {subject.cluster.phase}. Better wait until it is Available."
