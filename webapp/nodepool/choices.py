"""The values and bounds of the body that rules and forms share. Source: docs/cloud-api.md, section 1."""

from dataclasses import dataclass

Bounds = tuple[int, int]

# Of every whole number (the API documents Integer: 32 bits), and of every list that has no limit of its own: the
# largest cluster has 2000 nodes, and no list needs more than an item for each.
LARGEST = 2147483647
COUNT: Bounds = (0, LARGEST)
MOST_ITEMS = 2000

# 1.1 and 1.2
NAME_LENGTH: Bounds = (1, 50)
POOL_TYPES = ("vm", "ElasticBMS")
BARE_METAL = "ElasticBMS"
MAX_SECURITY_GROUPS = 5
MAX_POOLS_ADVISED = 100

# 1.3, 1.16
FLAVOR_LENGTH: Bounds = (1, 50)
MIN_VCPUS, MIN_MEMORY_MIB = 2, 4096
ZONE_LENGTH: Bounds = (1, 200)
RANDOM_ZONE = "random"
STANDARD_FAMILIES = frozenset("c3 c4 c7n c9 x1e s2 s3 s7n s9 x1 m3 m4 m7n m9 d2 g6 g7 p2s p2v p3 p5s pi2 pi5e".split())
TURBO_FAMILIES = frozenset("c3n c4ne c7n c9 s7n s9 m3n m7n m9 g7 pi5e".split())
LOCAL_DISK_FAMILIES = frozenset({"d2"})

# 1.5
DISK_TYPES = ("SAS", "SSD", "GPSSD", "ESSD")
OLD_DISK_TYPES = ("SATA",)
REFUSED_DISK_TYPES = ("GPSSD2", "co-p1", "uh-l1")
DISK_TYPE_LABELS = {
    "SATA": "Common I/O, end of sale",
    "SAS": "High I/O",
    "SSD": "Ultra-high I/O",
    "GPSSD": "General purpose SSD",
    "ESSD": "Extreme SSD",
}
ROOT_GIB: Bounds = (40, 1024)
DATA_GIB: Bounds = (100, 32768)
MAX_DATA_DISKS = 16
KEY_ID_LENGTH = 36

# 1.6. No flavor takes more network cards.
MAX_EXTENSION_CARDS = 16

# 1.7
EIP_TYPES = ("5_bgp", "5_mailbgp")
EIP_TYPE_LABELS = {"5_bgp": "Dynamic BGP (5_bgp)", "5_mailbgp": "Mail BGP (5_mailbgp)"}
CHARGE_MODES = ("traffic",)
SHARE_TYPES = ("PER",)
BANDWIDTH_MBIT: Bounds = (1, 1000)

# 1.8
MAX_PODS: Bounds = (16, 256)
SCRIPT_LIMIT = 10240
CONTAINER_GIB: Bounds = (10, 500)
DEVICE_MAPPER_GIB_ADVISED = 80
NIC_QUEUES = (1, 2, 4, 8, 16, 28)

# 1.9 to 1.11
MAX_TAGS, MAX_TAGS_ADVISED = 20, 8
TAG_KEY_LENGTH, TAG_VALUE_LENGTH = 36, 43
RESERVED_TAG_PREFIXES = ("CCE-", "__type_baremetal", "sys")
MAX_LABELS, MAX_TAINTS = 20, 20
LABEL_LENGTH, LABEL_PREFIX_LENGTH = 63, 253
RESERVED_LABEL_PREFIXES = ("cce.cloud.com", "node.cce.io")
TAINT_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")

# 1.12
MAX_COOLDOWN = LARGEST

# 1.14. A selector takes a disk at least, and a group a selector: there are not more than disks, and the local ones.
# A space takes a percent at least.
MAX_SELECTORS = MAX_DATA_DISKS + 1
MAX_SPACES = 100
STORAGE_TYPES = ("evs", "local")
LV_TYPES = ("linear", "striped")
SPACE_NAMES = ("runtime", "kubernetes", "user")

# 1.15
RUNTIMES = ("docker", "containerd")
NETWORK_LABELS = {"vpc-router": "VPC network", "overlay_l2": "tunnel network", "eni": "network interfaces (eni)"}


@dataclass(frozen=True, slots=True)
class OperatingSystem:
    """An operating system of nodes: the cluster versions (first and last) and networks that take it."""

    name: str
    first: tuple[int, int]
    last: tuple[int, int] | None = None
    refused_networks: tuple[str, ...] = ()
    turbo: bool = True
    runtimes: tuple[str, ...] = RUNTIMES


OPERATING_SYSTEMS = {
    one.name: one
    for one in (
        OperatingSystem("HCE OS 2.0", (1, 25)),
        OperatingSystem("Ubuntu 22.04", (1, 25), refused_networks=("overlay_l2",)),
        OperatingSystem("EulerOS 2.9", (1, 19)),
        OperatingSystem("EulerOS 2.5", (1, 13), (1, 25), turbo=False, runtimes=("docker",)),
    )
}
