"""The calls of the cloud that the portal makes, as the person whose token it is."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import quote

from webapp.cloud.errors import CloudUnreachable
from webapp.cloud.tokens import CloudSession
from webapp.cloud.transport import Call, answered, send
from webapp.nodepool import facts
from webapp.nodepool.pointers import JSON

Item = TypeVar("Item")
_PAGE = 100
_MOST_PAGES = 50


class Cloud:
    """The cloud as one person sees it; every method raises CloudError."""

    def __init__(self, session: CloudSession) -> None:
        self.session = session

    # CCE

    def clusters(self) -> list[dict[str, Any]]:
        """Return all clusters (docs/cloud-api.md 2.6)."""
        return self._items(self._get("ccev2.0", f"{self._cce}/clusters"), "items")

    def cluster(self, cluster_id: str) -> dict[str, Any]:
        """Return one cluster."""
        return self._object(self._get("ccev2.0", self._cluster(cluster_id)))

    def node_pools(self, cluster_id: str) -> list[dict[str, Any]]:
        """Return the node pools of a cluster (2.3)."""
        return self._items(self._get("ccev2.0", self._pools(cluster_id)), "items")

    def node_pool(self, cluster_id: str, pool_id: str) -> dict[str, Any]:
        """Return one node pool."""
        return self._object(self._get("ccev2.0", f"{self._pools(cluster_id)}/{_step(pool_id)}"))

    def find_pool(self, cluster_id: str, name: str) -> dict[str, Any] | None:
        """Return the node pool of a name, or None."""
        return next((one for one in self.node_pools(cluster_id) if _name(one) == name), None)

    def create_node_pool(self, cluster_id: str, body: JSON) -> dict[str, Any]:
        """Send a body, once. OutcomeUnknown means: look before sending it again."""
        call = self._call("POST", "ccev2.0", self._pools(cluster_id), body)
        try:
            return self._object(answered(send(call)))
        except CloudUnreachable as exc:
            if exc.status is not None:  # a 2xx that cannot be read: the pool is there
                return {}
            raise

    def job(self, job_id: str) -> dict[str, Any]:
        """Return one job (2.5)."""
        return self._object(self._get("ccev2.0", f"{self._cce}/jobs/{_step(job_id)}"))

    def update_node_pool(self, cluster_id: str, pool_id: str, body: JSON) -> dict[str, Any]:
        """Change a pool. The same body may be sent again: it leads to the same pool."""
        call = self._call("PUT", "ccev2.0", f"{self._pools(cluster_id)}/{_step(pool_id)}", body)
        return self._object(answered(send(call)))

    def delete_node_pool(self, cluster_id: str, pool_id: str) -> dict[str, Any]:
        """Delete a pool and all its nodes."""
        call = self._call("DELETE", "ccev2.0", f"{self._pools(cluster_id)}/{_step(pool_id)}")
        return self._object(answered(send(call)))

    def nodes(self, cluster_id: str) -> list[dict[str, Any]]:
        """Return the nodes of a cluster (2.7)."""
        return self._items(self._get("ccev2.0", f"{self._cluster(cluster_id)}/nodes"), "items")

    # Pick lists (section 5)

    def flavors(self) -> tuple[facts.Flavor, ...]:
        """Return the ECS flavors (5.3)."""
        return _read(self._items(self._get("ecs", "/cloudservers/flavors"), "flavors"), facts.Flavor.from_api)

    def zones(self) -> tuple[facts.Zone, ...]:
        """Return the availability zones (5.2)."""
        found = self._get("compute", "/os-availability-zone")
        return _read(self._items(found, "availabilityZoneInfo"), facts.Zone.from_api)

    def key_pairs(self) -> tuple[facts.KeyPair, ...]:
        """Return the key pairs of the person (5.4)."""
        return _read(self._items(self._get("compute", "/os-keypairs"), "keypairs"), facts.KeyPair.from_api)

    def volume_types(self) -> tuple[facts.VolumeType, ...]:
        """Return the EVS disk types (5.5)."""
        return _read(self._items(self._get("volumev3", "/types"), "volume_types"), facts.VolumeType.from_api)

    def kms_keys(self) -> tuple[facts.KmsKey, ...]:
        """Return the KMS keys, paged by position (5.6)."""
        items: list[dict[str, Any]] = []
        marker = ""
        for _ in range(_MOST_PAGES):
            body = {"limit": str(_PAGE), "marker": marker}
            call = self._call("POST", "kmsv1", "/kms/list-keys", body, changes=False)
            page = answered(send(call))
            items += self._items(page, "key_details")
            marker = str(page.get("next_marker") or "")
            if page.get("truncated") != "true" or not marker:
                break
        return _read(items, facts.KmsKey.from_api)

    def subnets(self, vpc_id: str | None) -> tuple[facts.Subnet, ...]:
        """Return the subnets of a VPC (5.7)."""
        query = {"vpc_id": vpc_id} if vpc_id else {}
        return _read(self._pages("vpc", "/subnets", "subnets", query), facts.Subnet.from_api)

    def free_addresses(self, network_id: str) -> int | None:
        """Return how many addresses of a subnet are free (5.7)."""
        said = self._get("network", f"/v2.0/network-ip-availabilities/{_step(network_id)}")
        counts = said.get("network_ip_availability") if isinstance(said, dict) else None
        if not isinstance(counts, dict):
            return None
        return int(counts["total_ips"]) - int(counts["used_ips"])

    def security_groups(self) -> tuple[facts.SecurityGroup, ...]:
        """Return the security groups (5.8)."""
        found = self._pages("vpc", "/security-groups", "security_groups", {})
        return _read(found, facts.SecurityGroup.from_api)

    def eips(self) -> tuple[facts.Eip, ...]:
        """Return the public addresses (5.9)."""
        return _read(self._pages("vpc", "/publicips", "publicips", {}), facts.Eip.from_api)

    def server_groups(self) -> tuple[facts.ServerGroup, ...]:
        """Return the ECS server groups (5.10)."""
        found = self._get("ecs", "/cloudservers/os-server-groups")
        return _read(self._items(found, "server_groups"), facts.ServerGroup.from_api)

    def images(self) -> tuple[facts.Image, ...]:
        """Return the private images (5.11)."""
        query = {"__imagetype": "private", "status": "active", "__os_type": "Linux"}
        return _read(self._pages("image", "/v2/cloudimages", "images", query), facts.Image.from_api)

    def agencies(self) -> tuple[facts.Agency, ...]:
        """Return the agencies that ECS may use; most people may not list them (5.12)."""
        url = self.session.endpoints.get("identity", "").removesuffix("/v3") + "/v3.0/OS-AGENCY/agencies"
        query = {"domain_id": self.session.domain_id}
        found = answered(send(Call("GET", url, token=self.session.token, query=query)))
        listed = _read(self._items(found, "agencies"), facts.Agency.from_api)
        return tuple(one for one in listed if one.trusted_domain in ("", "op_svc_ecs"))

    def quotas(self) -> facts.Quotas:
        """Return the quotas that a pool draws on (5.13)."""
        absolute = self._object(self._object(self._get("ecs", "/cloudservers/limits")).get("absolute"))
        eip = self._get("vpc", "/quotas", {"type": "publicIp"})
        listed = self._items(self._object(eip).get("quotas"), "resources")
        own = self.session.project_id
        disks = self._object(
            self._object(self._get("volumev2", f"/os-quota-sets/{own}", {"usage": "True"})).get("quota_set")
        )
        return facts.Quotas(
            servers=_quota(absolute, "maxTotalInstances", "totalInstancesUsed"),
            vcpus=_quota(absolute, "maxTotalCores", "totalCoresUsed"),
            memory_mib=_quota(absolute, "maxTotalRAMSize", "totalRAMUsed"),
            volumes=_quota(self._object(disks.get("volumes")), "limit", "in_use"),
            volume_gib=_quota(self._object(disks.get("gigabytes")), "limit", "in_use"),
            eips=_quota(listed[0], "quota", "used") if listed else None,
            server_group_members=absolute.get("maxServerGroupMembers"),
        )

    # How calls are made

    @property
    def _cce(self) -> str:
        return f"/api/v3/projects/{self.session.project_id}"

    def _cluster(self, cluster_id: str) -> str:
        return f"{self._cce}/clusters/{_step(cluster_id)}"

    def _pools(self, cluster_id: str) -> str:
        return f"{self._cluster(cluster_id)}/nodepools"

    def _call(self, method: str, service: str, path: str, body: JSON = None, *, changes: bool = True) -> Call:
        base = self.session.endpoints.get(service)
        if not base:
            raise CloudUnreachable(
                f"The cloud's catalogue has no service {service}.",
                remedy="Ask your admin whether it is switched on for this project.",
            )
        return Call(method, base + path, token=self.session.token, body=body, changes=changes, service=service)

    def _get(self, service: str, path: str, query: Mapping[str, str] | None = None) -> Any:
        call = self._call("GET", service, path)
        return answered(send(replace(call, query=query or {})))

    def _pages(self, service: str, path: str, name: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return all pages of a list that goes on from a marker, the last id."""
        items: list[dict[str, Any]] = []
        for _ in range(_MOST_PAGES):
            marker = {"marker": str(items[-1].get("id"))} if items else {}
            page = self._items(self._get(service, path, {**query, "limit": str(_PAGE), **marker}), name)
            items += page
            if len(page) < _PAGE:
                break
        return items

    @staticmethod
    def _items(body: Any, name: str) -> list[dict[str, Any]]:
        found = body.get(name) if isinstance(body, dict) else None
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    @staticmethod
    def _object(body: Any) -> dict[str, Any]:
        return body if isinstance(body, dict) else {}


def _step(name: str) -> str:
    """Return an id as one step of a path: whoever names it cannot lead the call elsewhere."""
    return quote(name, safe="").replace("..", "%2E%2E")


def _read(items: list[dict[str, Any]], reader: Callable[[Mapping[str, Any]], Item]) -> tuple[Item, ...]:
    """Return what can be read; an odd item does not spoil the list."""
    found = []
    for item in items:
        try:
            found.append(reader(item))
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
    return tuple(found)


def _quota(holder: Mapping[str, Any], limit: str, used: str) -> facts.Quota | None:
    values = holder.get(limit), holder.get(used)
    return facts.Quota(values[0], values[1]) if all(isinstance(one, int) for one in values) else None  # type: ignore[arg-type]


def _name(pool: Mapping[str, Any]) -> str:
    metadata = pool.get("metadata")
    return str(metadata.get("name") or "") if isinstance(metadata, dict) else ""
