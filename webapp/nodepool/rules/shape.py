"""The shape of the body: which JSON type stands where, what must be there, within which bounds.

One entry per table of the API reference (*Creating a Node Pool*); the rule's id stands at each value.
"""

from dataclasses import dataclass, field
from typing import Any

from webapp.nodepool import choices, pointers


@dataclass(frozen=True, slots=True)
class Value:
    """What one place takes. `needed`: must be there; `blank`: an empty text counts as not set."""

    code: str
    needed: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Text(Value):
    """A string, `length` characters long (not empty where that is left out), perhaps out of a list."""

    length: choices.Bounds | None = None
    one_of: tuple[str, ...] = ()
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Number(Value):
    """A whole number within bounds; `text_too` tolerates digits in a string."""

    bounds: choices.Bounds = (-choices.LARGEST - 1, choices.LARGEST)
    text_too: bool = False


@dataclass(frozen=True, slots=True)
class Flag(Value):
    """true or false."""


@dataclass(frozen=True, slots=True)
class Many(Value):
    """An array; `count` bounds its length, `too_many` is the rule's id when there are more."""

    item: Value = field(kw_only=True)
    count: choices.Bounds = (0, choices.MOST_ITEMS)
    too_many: str = ""


@dataclass(frozen=True, slots=True)
class Thing(Value):
    """An object with known members; `open` tolerates others in silence."""

    members: dict[str, Value] = field(default_factory=dict, kw_only=True)
    open: bool = False
    ways: tuple[tuple[str, str, Value], ...] = field(init=False, repr=False)  # each member with its step of a pointer

    def __post_init__(self) -> None:
        ways = tuple((name, pointers.join(name), member) for name, member in self.members.items())
        object.__setattr__(self, "ways", ways)


@dataclass(frozen=True, slots=True)
class Free(Value):
    """Anything: a value that only the server writes, or that is checked elsewhere."""


def _text(code: str, **more: Any) -> Text:
    return Text(code, blank=True, **more)


def _disk(size_code: str, size: choices.Bounds) -> dict[str, Value]:
    return {
        "volumetype": Text("NP-VOL-TYPE-01", needed=True, source="API reference, table 8"),
        "size": Number(size_code, needed=True, bounds=size, source="API reference, table 8"),
        "hw:passthrough": Flag("NP-VOL-SCSI-01", source="API reference, table 8"),
        "extendParam": Thing(
            "NP-VOL-EXT-01",
            members={"useType": _text("NP-VOL-EXT-01", source="API reference, table 8")},
            open=True,
            source="API reference, table 8",
        ),
        "metadata": Thing(
            "NP-VOL-ENC-01",
            source="API reference, table 9",
            open=True,
            members={
                "__system__encrypted": Text("NP-VOL-ENC-01", one_of=("0", "1"), source="API reference, table 9"),
                "__system__cmkid": Text(
                    "NP-VOL-ENC-02",
                    length=(choices.KEY_ID_LENGTH, choices.KEY_ID_LENGTH),
                    blank=True,
                    source="API reference, table 9",
                ),
            },
        ),
    }


_NIC = {
    "subnetId": _text("NP-NIC-01", source="API reference, table 15"),
    "fixedIps": Many(
        "NP-NIC-06", item=Text("NP-NIC-06"), count=(1, choices.MOST_ITEMS), source="API reference, table 15"
    ),
    "ipBlock": _text("NP-NIC-07", source="API reference, table 15"),
    "subnet_id": Free("NP-NIC-10"),
}

_EIP = Thing(
    "NP-EIP-00",
    source="API reference, table 10",
    members={
        "ids": Many("NP-EIP-01", item=Text("NP-EIP-01", length=(1, 64)), source="API reference, table 10"),
        "count": Number("NP-EIP-03", bounds=(1, choices.LARGEST), source="API reference, table 10"),
        "eip": Thing(
            "NP-EIP-03",
            source="API reference, table 11",
            members={
                "iptype": Text("NP-EIP-04", needed=True, length=(1, 36), source="API reference, table 11"),
                "bandwidth": Thing(
                    "NP-EIP-06",
                    needed=True,
                    source="API reference, table 12",
                    members={
                        "chargemode": _text("NP-EIP-05", one_of=choices.CHARGE_MODES, source="API reference, table 12"),
                        "size": Number(
                            "NP-EIP-06",
                            needed=True,
                            bounds=choices.BANDWIDTH_MBIT,
                            text_too=True,
                            source="API reference, table 12; EIP API",
                        ),
                        "sharetype": Text(
                            "NP-EIP-07",
                            needed=True,
                            one_of=choices.SHARE_TYPES,
                            source="API reference, table 12",
                        ),
                    },
                ),
            },
        ),
    },
)

_EXTEND = Thing(
    "NP-EXT-00",
    source="API reference, table 13",
    members={
        "maxPods": Number("NP-PODS-01", bounds=choices.MAX_PODS, source="API reference, table 13; user manual"),
        "agency_name": _text("NP-AGENCY-01", source="API reference, table 13"),
        "alpha.cce/preInstall": _text("NP-SCRIPT-01", source="API reference, table 13"),
        "alpha.cce/postInstall": _text("NP-SCRIPT-01", source="API reference, table 13"),
        "alpha.cce/NodeImageID": _text("NP-IMG-01", source="API reference, table 13"),
        "DockerLVMConfigOverride": _text("NP-LVM-01", source="API reference, table 13"),
        "publicKey": _text("NP-KEY-01", source="API reference, table 13"),
        "nicMultiqueue": _text("NP-NICQ-01", source="API reference, table 13"),
        "nicThreshold": _text("NP-NICT-01", source="API reference, table 13"),
        "containerBaseSize": Number("NP-BASE-01", source="API reference, Creating a Node"),
        "dockerBaseSize": Number("NP-BASE-01", source="API reference, Creating a Node"),
        **{
            name: Free("NP-EXT-01")
            for name in (
                "ecs:performancetype",
                "productID",
                "init-node-password",
                "offloadNode",
                "isAutoRenew",
                "isAutoPay",
            )
        },
    },
)

_LABEL_RULES = {
    "size": ("NP-SEL-05", ()),
    "volumeType": ("NP-SEL-06", choices.DISK_TYPES + choices.OLD_DISK_TYPES),
    "metadataEncrypted": ("NP-SEL-07", ("0", "1")),
    "metadataCmkid": ("NP-SEL-08", ()),
    "count": ("NP-SEL-09", ()),
}

_LV_TYPE = Text("NP-LVM-02", needed=True, one_of=choices.LV_TYPES, source="API reference, tables 24 and 25")

_STORAGE = Thing(
    "NP-STOR-01",
    source="API reference, table 19",
    members={
        "storageSelectors": Many(
            "NP-STOR-02",
            needed=True,
            count=(1, choices.MAX_SELECTORS),
            source="API reference, table 19",
            item=Thing(
                "NP-SEL-01",
                source="API reference, table 20",
                members={
                    "name": Text("NP-SEL-01", needed=True, source="API reference, table 20"),
                    "storageType": Text(
                        "NP-SEL-02",
                        needed=True,
                        one_of=choices.STORAGE_TYPES,
                        source="API reference, table 20",
                    ),
                    "matchLabels": Thing(
                        "NP-SEL-04",
                        source="API reference, table 21",
                        members={
                            name: _text(code, one_of=values, source="API reference, table 21")
                            for name, (code, values) in _LABEL_RULES.items()
                        },
                    ),
                },
            ),
        ),
        "storageGroups": Many(
            "NP-STOR-02",
            needed=True,
            count=(1, choices.MAX_SELECTORS),
            source="API reference, table 19",
            item=Thing(
                "NP-GRP-01",
                source="API reference, table 22",
                members={
                    "name": Text("NP-GRP-01", needed=True, source="API reference, table 22"),
                    "cceManaged": Flag("NP-GRP-02", source="API reference, table 22"),
                    "selectorNames": Many(
                        "NP-GRP-03",
                        needed=True,
                        count=(1, choices.MAX_SELECTORS),
                        item=Text("NP-GRP-03"),
                        source="API reference, table 22",
                    ),
                    "virtualSpaces": Many(
                        "NP-GRP-04",
                        needed=True,
                        count=(1, choices.MAX_SPACES),
                        source="API reference, table 22",
                        item=Thing(
                            "NP-SPACE-01",
                            source="API reference, table 23",
                            members={
                                "name": Text(
                                    "NP-SPACE-01",
                                    needed=True,
                                    one_of=(*choices.SPACE_NAMES, "Kubernetes"),
                                    source="API reference, table 23",
                                ),
                                "size": Text("NP-SPACE-03", needed=True, source="API reference, table 23"),
                                "lvmConfig": Thing(
                                    "NP-SPACE-05",
                                    source="API reference, table 24",
                                    members={
                                        "lvType": _LV_TYPE,
                                        "path": _text("NP-PATH-01", source="API reference, table 24"),
                                    },
                                ),
                                "runtimeConfig": Thing(
                                    "NP-SPACE-06",
                                    source="API reference, table 25",
                                    members={"lvType": _LV_TYPE},
                                ),
                            },
                        ),
                    ),
                },
            ),
        ),
    },
)

_PAIR: dict[str, Value] = {name: _text("NP-UTAG-01", needed=True) for name in ("key", "value")}

_TEMPLATE = Thing(
    "NP-TMPL-01",
    needed=True,
    source="API reference, table 6",
    members={
        "flavor": Text("NP-FLAV-01", needed=True, length=choices.FLAVOR_LENGTH, source="API reference, table 6"),
        "az": Text("NP-AZ-01", needed=True, length=choices.ZONE_LENGTH, source="API reference, table 6"),
        "os": _text("NP-OS-01", source="API reference, table 6"),
        "login": Thing(
            "NP-LOGIN-00",
            needed=True,
            source="API reference, table 7",
            members={
                "sshKey": _text("NP-LOGIN-01", source="API reference, table 7"),
                "userPassword": Thing(
                    "NP-LOGIN-03",
                    source="API reference, table 7",
                    members={
                        "username": Text("NP-LOGIN-03", needed=True, length=(1, 64)),
                        "password": Text("NP-LOGIN-03", needed=True, length=(1, 4096)),
                    },
                ),
            },
        ),
        "rootVolume": Thing(
            "NP-ROOT-00",
            needed=True,
            source="API reference, table 8",
            members=_disk("NP-ROOT-01", choices.ROOT_GIB),
        ),
        "dataVolumes": Many(
            "NP-DATA-03",
            needed=True,
            count=(1, choices.MAX_DATA_DISKS),
            too_many="NP-DATA-02",
            source="API reference, table 6; user manual",
            item=Thing("NP-DATA-00", source="API reference, table 8", members=_disk("NP-DATA-01", choices.DATA_GIB)),
        ),
        "storage": _STORAGE,
        "publicIP": _EIP,
        "billingMode": Number("NP-BILL-01", bounds=(0, 0), source="API reference, table 6"),
        "count": Number("NP-TCOUNT-01", bounds=choices.COUNT, source="API reference, table 6"),
        "extendParam": _EXTEND,
        "userTags": Many(
            "NP-UTAG-01",
            count=(0, choices.MAX_TAGS),
            too_many="NP-UTAG-02",
            source="API reference, table 6",
            item=Thing("NP-UTAG-01", members=_PAIR, source="API reference, table 6"),
        ),
        "k8sTags": Thing("NP-KTAG-01", open=True, source="API reference, table 6"),
        "taints": Many(
            "NP-TAINT-01",
            count=(0, choices.MAX_TAINTS),
            too_many="NP-TAINT-02",
            source="API reference, table 6; user manual",
            item=Thing(
                "NP-TAINT-01",
                source="API reference, table 6",
                members={
                    "key": Text("NP-TAINT-03", needed=True, source="API reference, table 6"),
                    "value": _text("NP-TAINT-04", source="API reference, table 6"),
                    "effect": Text(
                        "NP-TAINT-05",
                        needed=True,
                        one_of=choices.TAINT_EFFECTS,
                        source="API reference, table 6",
                    ),
                },
            ),
        ),
        "nodeNicSpec": Thing(
            "NP-NIC-00",
            source="API reference, table 14",
            members={
                "primaryNic": Thing("NP-NIC-00", members=_NIC, source="API reference, table 15"),
                "extNics": Many(
                    "NP-NIC-08",
                    count=(0, choices.MAX_EXTENSION_CARDS),
                    item=Thing("NP-NIC-08", members=_NIC),
                    source="API reference, table 14",
                ),
            },
        ),
        "runtime": Thing(
            "NP-RT-01",
            source="API reference, table 18",
            members={"name": _text("NP-RT-01", one_of=choices.RUNTIMES, source="API reference, table 18")},
        ),
        "ecsGroupId": Free("NP-TMPL-02"),
        "dedicatedHostId": Free("NP-TMPL-02"),
        "offloadNode": Free("NP-TMPL-02"),
    },
)

BODY = Thing(
    "NP-KIND-01",
    needed=True,
    source="API reference, table 3",
    members={
        "kind": Text("NP-KIND-01", needed=True, one_of=("NodePool",), source="API reference, table 3"),
        "apiVersion": Text("NP-KIND-02", needed=True, one_of=("v3",), source="API reference, table 3"),
        "metadata": Thing(
            "NP-META-01",
            needed=True,
            open=True,
            source="API reference, table 4",
            members={
                "name": Text("NP-NAME-01", needed=True, length=choices.NAME_LENGTH, source="API reference, table 4")
            },
        ),
        "spec": Thing(
            "NP-TMPL-01",
            needed=True,
            source="API reference, table 5",
            members={
                "type": _text("NP-TYPE-01", one_of=choices.POOL_TYPES, source="API reference, table 5"),
                "nodeTemplate": _TEMPLATE,
                "initialNodeCount": Number(
                    "NP-COUNT-01", needed=True, bounds=choices.COUNT, source="API reference, table 5"
                ),
                "autoscaling": Thing(
                    "NP-AS-00",
                    source="API reference, table 16",
                    members={
                        "enable": Flag("NP-AS-01", source="API reference, table 16"),
                        "minNodeCount": Number("NP-AS-02", bounds=choices.COUNT, source="API reference, table 16"),
                        "maxNodeCount": Number("NP-AS-03", bounds=choices.COUNT, source="API reference, table 16"),
                        "scaleDownCooldownTime": Number(
                            "NP-AS-04",
                            bounds=(0, choices.MAX_COOLDOWN),
                            source="API reference, tables 16 and 29",
                        ),
                        "priority": Number("NP-AS-05", source="API reference, table 16"),
                    },
                ),
                "nodeManagement": Thing(
                    "NP-MGMT-00",
                    source="API reference, table 17",
                    members={"serverGroupReference": _text("NP-SGRP-01", source="API reference, table 17")},
                ),
                "customSecurityGroups": Many(
                    "NP-SG-01",
                    count=(0, choices.MAX_SECURITY_GROUPS),
                    too_many="NP-SG-02",
                    item=Text("NP-SG-01", length=(1, 64)),
                    source="API reference, table 5; user manual",
                ),
            },
        ),
    },
)
