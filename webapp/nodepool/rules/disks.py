"""Rules on disks (1.5)."""

from webapp.nodepool import choices
from webapp.nodepool.rules.rule import TEMPLATE, WARNING, Found, Subject, rule

ROOT = f"{TEMPLATE}/rootVolume"
DATA = f"{TEMPLATE}/dataVolumes"
_TYPE = f"{ROOT}/volumetype"


@rule("NP-VOL-TYPE-01", _TYPE, "API reference, table 8")
def type_is_known(subject: Subject) -> Found:
    """A disk type that the API page names."""
    for at in subject.disks:
        kind = subject.text(f"{at}/volumetype")
        known = choices.DISK_TYPES + choices.OLD_DISK_TYPES + choices.REFUSED_DISK_TYPES
        if subject.has(f"{at}/volumetype") and f"{at}/volumetype" not in subject.unfit and kind not in known:
            yield f"{at}/volumetype", f"Choose one of {', '.join(choices.DISK_TYPES)}."


@rule("NP-VOL-TYPE-02", _TYPE, "API reference, change of 2025-06-30", WARNING)
def type_is_old(subject: Subject) -> Found:
    """SATA is no longer sold."""
    for at in subject.disks:
        if subject.text(f"{at}/volumetype") in choices.OLD_DISK_TYPES:
            yield f"{at}/volumetype", "SATA disks are at their end of sale. Better choose SAS."


@rule("NP-VOL-TYPE-03", _TYPE, "EVS API, volume types")
def type_is_sold(subject: Subject) -> Found:
    """The disk type can be had in the chosen AZ."""
    zone, kinds = subject.text(f"{TEMPLATE}/az"), subject.facts.volume_types
    if kinds is None or not zone:
        return
    by_name = {kind.name.lower(): kind for kind in kinds}
    for at in subject.disks:
        name = subject.text(f"{at}/volumetype")
        found = by_name.get(name.lower())
        if name and (found is None or (zone != choices.RANDOM_ZONE and not found.is_sold_in(zone))):
            yield (
                f"{at}/volumetype",
                f"Disks of this type cannot be had in {zone}. Choose another type or zone.",
            )


@rule("NP-VOL-TYPE-04", _TYPE, "ECS API")
def type_is_not_for_cce(subject: Subject) -> Found:
    """No disk type that only the ECS service knows."""
    for at in subject.disks:
        if subject.text(f"{at}/volumetype") in choices.REFUSED_DISK_TYPES:
            yield (
                f"{at}/volumetype",
                f"CCE does not take this type. Choose one of {', '.join(choices.DISK_TYPES)}.",
            )


@rule("NP-ROOT-02", f"{ROOT}/size", "IMS API, images")
def root_holds_the_image(subject: Subject) -> Found:
    """The system disk is as large as the private image needs."""
    wanted, size = (
        subject.text(f"{TEMPLATE}/extendParam/alpha.cce~1NodeImageID"),
        subject.number(f"{ROOT}/size"),
    )
    for image in subject.facts.images or ():
        if image.id == wanted and size is not None and size < image.min_disk_gib:
            yield f"{ROOT}/size", f"The private image needs {image.min_disk_gib} GiB or more: enter that."


@rule("NP-VOL-SCSI-01", f"{ROOT}/hw:passthrough", "API reference, table 8")
def bare_metal_disks_are_scsi(subject: Subject) -> Found:
    """Bare metal needs SCSI pass-through on every disk."""
    for at in subject.disks if subject.is_bare_metal and subject.cluster.is_turbo else ():
        if subject.flag(f"{at}/hw:passthrough") is not True and f"{at}/hw:passthrough" not in subject.unfit:
            yield f"{at}/hw:passthrough", "Bare metal needs SCSI pass-through on every disk: choose yes."


@rule("NP-VOL-BMS-01", DATA, "API reference, table 6")
def bare_metal_has_a_disk(subject: Subject) -> Found:
    """Bare metal without disks of its own needs a data disk of 100 GB."""
    disks, least = subject.things(DATA), choices.DATA_GIB[0]
    has_own = subject.flavor is not None and subject.flavor.has_local_disks
    if not subject.is_bare_metal or not subject.cluster.is_turbo or has_own:
        return
    if len(disks) == len(subject.items(DATA)) and not any((subject.number(f"{at}/size") or 0) >= least for at in disks):
        yield f"{disks[0]}/size" if disks else DATA, f"Bare metal needs a data disk of {least} GB or more."


@rule("NP-VOL-ENC-02", f"{ROOT}/metadata/__system__cmkid", "API reference, table 9")
def encryption_has_its_key(subject: Subject) -> Found:
    """An encrypted disk names its key."""
    for at in subject.disks:
        key = f"{at}/metadata/__system__cmkid"
        is_on = subject.text(f"{at}/metadata/__system__encrypted") == "1"
        if is_on and not subject.text(key) and key not in subject.unfit:
            yield key, "Choose the KMS key that encrypts this disk."


@rule("NP-X-10", f"{ROOT}/metadata/__system__cmkid", "API reference, table 9")
def key_needs_encryption(subject: Subject) -> Found:
    """A key is named for encrypted disks only."""
    for at in subject.disks:
        switch = f"{at}/metadata/__system__encrypted"
        is_named = subject.text(f"{at}/metadata/__system__cmkid")
        if is_named and subject.text(switch) != "1" and switch not in subject.unfit:
            yield (
                f"{at}/metadata/__system__cmkid",
                "A key has no effect unless the disk is encrypted: switch encryption on.",
            )


@rule("NP-VOL-ENC-02", f"{ROOT}/metadata/__system__cmkid", "KMS API, keys")
def key_is_enabled(subject: Subject) -> Found:
    """The KMS key exists and is enabled."""
    keys = subject.facts.kms_keys
    usable = {key.id for key in keys or () if key.is_enabled}
    for at in subject.disks if keys is not None else ():
        wanted = subject.text(f"{at}/metadata/__system__cmkid")
        if wanted and wanted not in usable:
            yield (
                f"{at}/metadata/__system__cmkid",
                "This KMS key does not exist or is not enabled. Choose another one.",
            )


@rule("NP-VOL-ENC-04", f"{ROOT}/metadata/__system__encrypted", "ECS error codes", WARNING)
def encryption_needs_a_right(subject: Subject) -> Found:
    """EVS must be allowed to use KMS in the project."""
    for at in subject.disks:
        if subject.text(f"{at}/metadata/__system__encrypted") == "1":
            yield (
                f"{at}/metadata/__system__encrypted",
                "Make sure that EVS may use KMS in this project: nodes fail otherwise.",
            )


@rule("NP-VOL-LOCAL-01", f"{TEMPLATE}/storage", "Attaching disks to a node")
def local_disks_need_storage(subject: Subject) -> Found:
    """A flavor with local disks needs the storage section."""
    family = subject.text(f"{TEMPLATE}/flavor").partition(".")[0]
    has_local = subject.flavor.has_local_disks if subject.flavor else family in choices.LOCAL_DISK_FAMILIES
    if has_local and subject.things(DATA) and not subject.has(f"{TEMPLATE}/storage"):
        yield (
            f"{TEMPLATE}/storage",
            "This flavor has local disks: say with selectors and groups which disk is for what.",
        )
