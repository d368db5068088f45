"""The request body (API reference, *Creating a Node Pool*, tables 3 to 25)."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Table(BaseModel):
    """A table of the reference: camel case outside, unknown keys kept."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="allow")


class Metadata(Table):
    """Table 4."""

    name: str


class UserPassword(Table):
    """Part of table 7, as clients send it; not supported by the documented API."""

    username: str
    password: str = Field(repr=False)


class Login(Table):
    """Table 7."""

    ssh_key: str | None = None
    user_password: UserPassword | None = None


class VolumeMetadata(Table):
    """Table 9."""

    encrypted: str | None = Field(None, alias="__system__encrypted")
    cmkid: str | None = Field(None, alias="__system__cmkid")


class VolumeExtendParam(Table):
    """The map `extendParam` of table 8."""

    use_type: str | None = None


class Volume(Table):
    """Table 8; sizes in GiB."""

    volumetype: str | None = Field(None, alias="volumetype")
    size: int | None = None
    extend_param: VolumeExtendParam | None = None
    hw_passthrough: bool | None = Field(None, alias="hw:passthrough")
    metadata: VolumeMetadata | None = None


class Bandwidth(Table):
    """Table 12; size in Mbit/s."""

    chargemode: str | None = Field(None, alias="chargemode")
    size: int | str | None = None
    sharetype: str | None = Field(None, alias="sharetype")


class Eip(Table):
    """Table 11."""

    iptype: str | None = Field(None, alias="iptype")
    bandwidth: Bandwidth | None = None


class PublicIP(Table):
    """Table 10."""

    ids: list[str] | None = None
    count: int | None = None
    eip: Eip | None = None


class ExtendParam(Table):
    """Table 13."""

    max_pods: int | None = None
    agency_name: str | None = Field(None, alias="agency_name")
    pre_install: str | None = Field(None, alias="alpha.cce/preInstall")
    post_install: str | None = Field(None, alias="alpha.cce/postInstall")
    node_image_id: str | None = Field(None, alias="alpha.cce/NodeImageID")
    docker_lvm_config_override: str | None = Field(None, alias="DockerLVMConfigOverride")
    public_key: str | None = None
    nic_multiqueue: str | None = None
    nic_threshold: str | None = None
    container_base_size: int | None = None
    docker_base_size: int | None = None


class NetworkCard(Table):
    """Table 15."""

    subnet_id: str | None = None
    fixed_ips: list[str] | None = None
    ip_block: str | None = None


class NodeNicSpec(Table):
    """Table 14."""

    primary_nic: NetworkCard | None = None
    ext_nics: list[NetworkCard] | None = None


class Autoscaling(Table):
    """Table 16; the cool-down in minutes."""

    enable: bool | None = None
    min_node_count: int | None = None
    max_node_count: int | None = None
    scale_down_cooldown_time: int | None = None
    priority: int | None = None


class NodeManagement(Table):
    """Table 17."""

    server_group_reference: str | None = None


class Runtime(Table):
    """Table 18."""

    name: str | None = None


class MatchLabels(Table):
    """Table 21: all texts."""

    size: str | None = None
    volume_type: str | None = None
    metadata_encrypted: str | None = None
    metadata_cmkid: str | None = None
    count: str | None = None


class StorageSelector(Table):
    """Table 20."""

    name: str
    storage_type: str
    match_labels: MatchLabels | None = None


class LvmConfig(Table):
    """Table 24."""

    lv_type: str
    path: str | None = None


class RuntimeConfig(Table):
    """Table 25."""

    lv_type: str


class VirtualSpace(Table):
    """Table 23; the size in percent, with its sign."""

    name: str
    size: str
    lvm_config: LvmConfig | None = None
    runtime_config: RuntimeConfig | None = None


class StorageGroup(Table):
    """Table 22."""

    name: str
    cce_managed: bool | None = None
    selector_names: list[str]
    virtual_spaces: list[VirtualSpace]


class Storage(Table):
    """Table 19."""

    storage_selectors: list[StorageSelector]
    storage_groups: list[StorageGroup]


class UserTag(Table):
    """A tag of the cloud server."""

    key: str
    value: str


class Taint(Table):
    """A taint of the nodes."""

    key: str
    value: str | None = None
    effect: str


class NodeTemplate(Table):
    """Table 6."""

    flavor: str
    az: str
    os: str | None = None
    login: Login
    root_volume: Volume
    data_volumes: list[Volume]
    storage: Storage | None = None
    public_ip: PublicIP | None = Field(None, alias="publicIP")
    billing_mode: int | None = None
    count: int | None = None
    extend_param: ExtendParam | None = None
    user_tags: list[UserTag] | None = None
    k8s_tags: dict[str, str] | None = Field(None, alias="k8sTags")
    taints: list[Taint] | None = None
    node_nic_spec: NodeNicSpec | None = None
    runtime: Runtime | None = None


class Spec(Table):
    """Table 5."""

    type: str | None = None
    node_template: NodeTemplate
    initial_node_count: int
    autoscaling: Autoscaling | None = None
    node_management: NodeManagement | None = None
    custom_security_groups: list[str] | None = None


class NodePoolRequest(Table):
    """Table 3."""

    kind: str
    api_version: str
    metadata: Metadata
    spec: Spec

    def as_body(self) -> dict[str, Any]:
        """Return the body as it is sent: only what was set, under the names of the API."""
        return self.model_dump(by_alias=True, exclude_unset=True)
