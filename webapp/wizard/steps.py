"""The six steps of the wizard: which places of the body each of them edits. Data, no logic but the look-up."""

from functools import lru_cache

from webapp.nodepool import choices, pointers
from webapp.wizard.places import Choices, Kind, Place, Rows, Section, Step, patterns

TEMPLATE = "/spec/nodeTemplate"
EXTEND = f"{TEMPLATE}/extendParam"
NIC = f"{TEMPLATE}/nodeNicSpec"
EIP = f"{TEMPLATE}/publicIP"


def _labelled(values: tuple[str, ...], **labels: str) -> Choices:
    return tuple((value, labels.get(value, value)) for value in values)


_LV_TYPES = _labelled(choices.LV_TYPES, linear="Linear: one disk after the other", striped="Striped: across all disks")

_KUBELET_IN_CAPITALS = "Kubernetes"  # the API's table has it so, its examples in small letters; both are taken (C7)

_KEY_AND_VALUE = (Place("/key", "Key"), Place("/value", "Value", always=True))


def _disk(at: str, size: tuple[int, int], *, fixed: bool = True) -> tuple[Place, ...]:
    return (
        Place(f"{at}/volumetype", "Type", Kind.CHOICE, picks="volume_types", needed=True, fixed_later=fixed),
        Place(f"{at}/size", "Size in GiB", Kind.NUMBER, f"{size[0]} to {size[1]}.", bounds=size, needed=True),
        Place(
            f"{at}/metadata/__system__encrypted",
            "Encryption",
            Kind.CHOICE,
            unset="not encrypted",
            choices=(("0", "Not encrypted"), ("1", "Encrypted with a KMS key")),
        ),
        Place(f"{at}/metadata/__system__cmkid", "KMS key", Kind.CHOICE, "Needed when encrypted.", picks="kms_keys"),
        Place(
            f"{at}/hw:passthrough",
            "SCSI pass-through",
            Kind.YES_NO,
            "Bare metal needs it on every disk.",
            unset="no",
        ),
        Place(f"{at}/extendParam/useType", "Use (old clients)", Kind.TEXT, "For example docker. Not needed."),
    )


def _nic(at: str) -> tuple[Place | Rows, ...]:
    return (
        Place(f"{at}/subnetId", "Subnet", Kind.CHOICE, unset="the cluster's own subnet", picks="subnets"),
        Place(f"{at}/ipBlock", "Address block (CIDR)", hint="Inside the subnet, instead of fixed addresses."),
        Rows(
            f"{at}/fixedIps",
            "Fixed addresses",
            "address",
            (Place("", "Address"),),
            "At most one per node; not together with an address block.",
        ),
    )


BASICS = Step(
    "basics",
    "Basics",
    (
        Section(
            "Pool",
            (
                Place(
                    "/metadata/name",
                    "Name",
                    hint="1 to 50 small letters, digits and hyphens; starts with a letter. "
                    "Nodes are named after it: the name, a hyphen, five characters.",
                    needed=True,
                ),
                Place(
                    "/spec/type",
                    "Type",
                    Kind.CHOICE,
                    unset="vm",
                    choices=_labelled(
                        choices.POOL_TYPES,
                        vm="Virtual machines (ECS)",
                        ElasticBMS="Bare metal (ElasticBMS), CCE Turbo clusters only",
                    ),
                    fixed_later=True,
                ),
                Place(
                    "/spec/initialNodeCount",
                    "Nodes to start with",
                    Kind.NUMBER,
                    "0 is fine: add nodes later, or let autoscaling do it.",
                    bounds=(0, 2000),
                    needed=True,
                ),
            ),
        ),
    ),
    lead="Where the pool goes and what it is called.",
    lists=("pool_names",),
)

NODE_TEMPLATE = Step(
    "node-template",
    "Node template",
    (
        Section(
            "Flavor and availability zone",
            (
                Place(
                    f"{TEMPLATE}/az",
                    "Availability zone",
                    Kind.CHOICE,
                    "With random, the cloud takes one zone for each scaling.",
                    picks="zones",
                    needed=True,
                    fixed_later=True,
                ),
                Place(f"{TEMPLATE}/flavor", "Flavor", Kind.FLAVOR, picks="flavors", needed=True, fixed_later=True),
            ),
        ),
        Section(
            "System and sign-in",
            (
                Place(
                    f"{TEMPLATE}/os",
                    "Operating system",
                    Kind.CHOICE,
                    "May be left out when a private image is chosen (advanced).",
                    unset="taken from the private image",
                    picks="operating_systems",
                ),
                Place(
                    f"{TEMPLATE}/runtime/name",
                    "Container runtime",
                    Kind.CHOICE,
                    "EulerOS 2.5 takes docker only.",
                    unset="the cloud's default, which differs between regions",
                    choices=_labelled(choices.RUNTIMES),
                ),
                Place(
                    f"{TEMPLATE}/login/sshKey",
                    "Key pair",
                    Kind.CHOICE,
                    "Only your own key pairs work.",
                    picks="key_pairs",
                    needed=True,
                ),
            ),
        ),
        Section(
            "Labels, taints and tags",
            (
                Rows(
                    f"{TEMPLATE}/k8sTags",
                    "Kubernetes labels",
                    "label",
                    _KEY_AND_VALUE,
                    f"At most {choices.MAX_LABELS}.",
                    is_map=True,
                    first=True,
                ),
                Rows(
                    f"{TEMPLATE}/taints",
                    "Taints",
                    "taint",
                    (
                        *_KEY_AND_VALUE,
                        Place("/effect", "Effect", Kind.CHOICE, choices=_labelled(choices.TAINT_EFFECTS)),
                    ),
                    f"At most {choices.MAX_TAINTS}. Pods stay away unless they tolerate the taint.",
                    first=True,
                ),
                Rows(
                    f"{TEMPLATE}/userTags",
                    "Cloud server tags",
                    "tag",
                    _KEY_AND_VALUE,
                    "For billing and search in the cloud; Kubernetes does not see them.",
                    first=True,
                ),
            ),
        ),
        Section(
            "Scripts",
            (
                Place(
                    f"{EXTEND}/alpha.cce~1preInstall",
                    "Before the node is installed",
                    Kind.SCRIPT,
                    "Plain text; sent in base64. At most 15 minutes.",
                ),
                Place(
                    f"{EXTEND}/alpha.cce~1postInstall",
                    "After the node is installed",
                    Kind.SCRIPT,
                    "At most 30 minutes. To restart use shutdown -r 1. "
                    f"Both scripts together: {choices.SCRIPT_LIMIT} characters in base64.",
                ),
            ),
            foldable=True,
        ),
        Section(
            "Advanced",
            (
                Place(
                    f"{EXTEND}/alpha.cce~1NodeImageID",
                    "Private image",
                    Kind.CHOICE,
                    "The image must be made for CCE. Bare metal with an image of its own needs it.",
                    picks="images",
                ),
                Place(
                    f"{EXTEND}/maxPods",
                    "Pods per node, at most",
                    Kind.NUMBER,
                    "{} to {}.".format(*choices.MAX_PODS),
                    unset="20 to 110, by the memory of the flavor",
                    bounds=choices.MAX_PODS,
                ),
                Place(f"{EXTEND}/agency_name", "Agency", Kind.CHOICE, picks="agencies"),
                Place(
                    f"{EXTEND}/containerBaseSize",
                    "Container space in GiB",
                    Kind.NUMBER,
                    "10 to 500; never with Ubuntu.",
                ),
                Place(f"{EXTEND}/dockerBaseSize", "Container space (old)", Kind.NUMBER, "In GiB, for old clients."),
                Place(
                    f"{EXTEND}/DockerLVMConfigOverride",
                    "Docker disk layout (old)",
                    hint="Replaced by the storage groups of the next step; read only where those are absent.",
                ),
                Place(
                    f"{EXTEND}/nicMultiqueue",
                    "Network card queues",
                    hint='Bare metal only. For example [{"queue":4}].',
                ),
                Place(
                    f"{EXTEND}/nicThreshold",
                    "Pre-bound network cards",
                    hint="low:high, bare metal only. For example 0.3:0.6.",
                ),
                Place(f"{EXTEND}/publicKey", "Public key", hint="The cloud fills it from the key pair."),
                Place(
                    f"{TEMPLATE}/count",
                    "Count of the template",
                    Kind.NUMBER,
                    "0 or 1; has no effect on a pool.",
                ),
                Place(f"{TEMPLATE}/billingMode", "Billing mode", Kind.NUMBER, "0, pay per use, is the only one."),
            ),
            foldable=True,
        ),
    ),
    lead="What every node of the pool is made of.",
    lists=("flavors", "zones", "key_pairs", "images", "agencies", "quotas"),
)

DISKS = Step(
    "disks",
    "Disks and storage groups",
    (
        Section("System disk", _disk(f"{TEMPLATE}/rootVolume", choices.ROOT_GIB)),
        Section(
            "Data disks",
            (
                Rows(
                    f"{TEMPLATE}/dataVolumes",
                    "Data disks",
                    "data disk",
                    _disk("", choices.DATA_GIB),
                    f"1 to {choices.MAX_DATA_DISKS}. The first that fits holds container runtime and kubelet.",
                    first=True,
                ),
            ),
        ),
        Section(
            "Which disks belong together: selectors",
            (
                Rows(
                    f"{TEMPLATE}/storage/storageSelectors",
                    "Storage selectors",
                    "selector",
                    (
                        Place("/name", "Name"),
                        Place(
                            "/storageType",
                            "Disks",
                            Kind.CHOICE,
                            choices=_labelled(
                                choices.STORAGE_TYPES, evs="Cloud disks (evs)", local="The flavor's local disks (local)"
                            ),
                        ),
                        Place("/matchLabels/size", "Only of size, GiB", unset="any"),
                        Place(
                            "/matchLabels/volumeType",
                            "Only of type",
                            Kind.CHOICE,
                            unset="any",
                            picks="volume_types",
                        ),
                        Place("/matchLabels/count", "How many", unset="all that match"),
                        Place(
                            "/matchLabels/metadataEncrypted",
                            "Only encrypted",
                            Kind.CHOICE,
                            unset="any",
                            choices=(("0", "Not encrypted"), ("1", "Encrypted")),
                        ),
                        Place(
                            "/matchLabels/metadataCmkid",
                            "Only with KMS key",
                            Kind.CHOICE,
                            unset="any",
                            picks="kms_keys",
                        ),
                    ),
                    "Tried from top to bottom; each takes the first free disks that match. Put narrow ones first.",
                ),
            ),
            tool="wizard/_storage_tool.html",
        ),
        Section(
            "What is made of them: storage groups",
            (
                Rows(
                    f"{TEMPLATE}/storage/storageGroups",
                    "Storage groups",
                    "storage group",
                    (
                        Place("/name", "Name", hint="Becomes the LVM volume group; vgpaas is usual."),
                        Place(
                            "/cceManaged",
                            "Managed by CCE",
                            Kind.YES_NO,
                            "Exactly one group holds container runtime and kubelet.",
                            unset="no",
                        ),
                        Rows(
                            "/selectorNames",
                            "Selectors",
                            "selector name",
                            (Place("", "Selector"),),
                            first=True,
                        ),
                        Rows(
                            "/virtualSpaces",
                            "Virtual spaces",
                            "virtual space",
                            (
                                Place(
                                    "/name",
                                    "For",
                                    Kind.CHOICE,
                                    choices=_labelled(
                                        (*choices.SPACE_NAMES, _KUBELET_IN_CAPITALS),
                                        runtime="Container runtime (runtime)",
                                        kubernetes="Kubelet (kubernetes)",
                                        user="Own data (user)",
                                        Kubernetes="Kubelet, as table 23 spells it (Kubernetes)",
                                    ),
                                ),
                                Place("/size", "Share", hint="For example 90%."),
                                Place(
                                    "/lvmConfig/lvType",
                                    "Written",
                                    Kind.CHOICE,
                                    "Kubelet and own data.",
                                    choices=_LV_TYPES,
                                ),
                                Place("/lvmConfig/path", "Mounted at", hint="Own data only, for example /opt/data."),
                                Place(
                                    "/runtimeConfig/lvType",
                                    "Written (runtime)",
                                    Kind.CHOICE,
                                    "Container runtime only.",
                                    choices=_LV_TYPES,
                                ),
                            ),
                            first=True,
                        ),
                    ),
                ),
            ),
        ),
    ),
    lead="The disks of each node and how they are divided.",
    lists=("volume_types", "kms_keys", "zones"),
)

NETWORKING = Step(
    "networking",
    "Networking and EIP",
    (
        Section("Primary network card", _nic(f"{NIC}/primaryNic")),
        Section(
            "Public addresses (EIP)",
            (
                Rows(
                    f"{EIP}/ids",
                    "Existing EIPs",
                    "EIP",
                    (Place("", "EIP", Kind.CHOICE, picks="eips"),),
                    "Not more than nodes, and not together with new ones.",
                ),
                Place(f"{EIP}/count", "New EIPs", Kind.NUMBER, "One per node.", unset="none"),
                Place(
                    f"{EIP}/eip/iptype",
                    "Type of new EIPs",
                    hint="{} or {}; regions may have others.".format(*choices.EIP_TYPES),
                    choices=_labelled(choices.EIP_TYPES, **choices.EIP_TYPE_LABELS),
                ),
                Place(
                    f"{EIP}/eip/bandwidth/size",
                    "Bandwidth in Mbit/s",
                    Kind.NUMBER,
                    "{} to {}.".format(*choices.BANDWIDTH_MBIT),
                    bounds=choices.BANDWIDTH_MBIT,
                ),
                Place(
                    f"{EIP}/eip/bandwidth/chargemode",
                    "Charged by",
                    Kind.CHOICE,
                    unset="by bandwidth",
                    choices=_labelled(choices.CHARGE_MODES, traffic="Traffic"),
                ),
                Place(
                    f"{EIP}/eip/bandwidth/sharetype",
                    "Bandwidth is",
                    Kind.CHOICE,
                    choices=_labelled(choices.SHARE_TYPES, PER="Its own (PER)"),
                ),
            ),
            note="Without one, nodes reach the internet only through a NAT gateway.",
        ),
        Section(
            "Security groups",
            (
                Rows(
                    "/spec/customSecurityGroups",
                    "Own security groups",
                    "security group",
                    (Place("", "Security group", Kind.CHOICE, picks="security_groups"),),
                    f"At most {choices.MAX_SECURITY_GROUPS}. They replace the cluster's node group: "
                    "CCE's ports must stay open. Cannot be changed later.",
                ),
            ),
        ),
        Section(
            "Further network cards",
            (Rows(f"{NIC}/extNics", "Extension network cards", "network card", _nic("")),),
            foldable=True,
        ),
    ),
    lead="How nodes are reached. Leave everything empty to use the cluster's own subnet and no public address.",
    lists=("subnets", "eips", "security_groups"),
)

AUTOSCALING = Step(
    "autoscaling",
    "Autoscaling",
    (
        Section(
            "Autoscaling",
            (
                Place("/spec/autoscaling/enable", "Autoscaling", Kind.YES_NO, unset="off"),
                Place("/spec/autoscaling/minNodeCount", "Fewest nodes", Kind.NUMBER, unset="0"),
                Place("/spec/autoscaling/maxNodeCount", "Most nodes", Kind.NUMBER, unset="0"),
                Place(
                    "/spec/autoscaling/scaleDownCooldownTime",
                    "Cool-down in minutes",
                    Kind.NUMBER,
                    "How long a new node is safe from being removed, and the least time between two scalings.",
                    unset="0",
                ),
                Place(
                    "/spec/autoscaling/priority",
                    "Priority",
                    Kind.NUMBER,
                    "Pools with a larger number grow first.",
                    unset="0",
                ),
            ),
            note="Needs the autoscaler add-on (1.13.8 or newer) in the cluster.",
        ),
        Section(
            "Placement",
            (
                Place(
                    "/spec/nodeManagement/serverGroupReference",
                    "ECS server group",
                    Kind.CHOICE,
                    "Keeps nodes on different hosts. Can be chosen only now.",
                    unset="none",
                    picks="server_groups",
                ),
            ),
        ),
    ),
    lead="Whether the pool grows and shrinks by itself.",
    lists=("server_groups",),
)

STEPS = (BASICS, NODE_TEMPLATE, DISKS, NETWORKING, AUTOSCALING)
BY_SLUG = {step.slug: step for step in STEPS}
REVIEW = "review"
EVERY_PLACE = tuple(place for step in STEPS for place in step.places)

_PATTERNS = tuple((pointers.split(at), step) for step in STEPS for at, _ in patterns(step.places))


@lru_cache(maxsize=4096)
def owner(pointer: str) -> Step:
    """Return the step to blame for a value of the body, or for a missing one."""
    way = pointers.split(pointer)
    return max(_PATTERNS, key=lambda pattern: shared(way, pattern[0]))[1]


def shared(way: tuple[str, ...], pattern: tuple[str, ...]) -> int:
    """Return how many steps two pointers have in common from the start; `*` in the pattern fits any."""
    count = 0
    for step, wanted in zip(way, pattern, strict=False):
        if wanted not in ("*", step):
            break
        count += 1
    return count


def following(step: Step) -> str:
    """Return the slug of the step after this one."""
    position = STEPS.index(step) + 1
    return STEPS[position].slug if position < len(STEPS) else REVIEW


def preceding(step: Step) -> str | None:
    """Return the slug of the step before this one."""
    position = STEPS.index(step)
    return STEPS[position - 1].slug if position else None
