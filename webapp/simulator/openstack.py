"""The same things in the words of OpenStack: nova below /v2.1, neutron below /v2.0 (sections 5 and 6.2)."""

from typing import Any

from werkzeug.wrappers import Request, Response

from webapp.simulator import seed
from webapp.simulator.answers import answer, neutron_error, nova_error
from webapp.simulator.cloud import Cloud
from webapp.simulator.services import keys_of, page_of
from webapp.simulator.tokens import Token


def key_pair(_: Request, __: Cloud, token: Token, *, item: str, **___: str) -> Response:
    """One key pair of the token's user."""
    for one in keys_of(token.user):
        if one["name"] == item:
            return answer({"keypair": one})
    raise nova_error(404, "Keypair not found.")


def flavors(_: Request, __: Cloud, ___: Token, **____: str) -> Response:
    """Flavors without what ECS knows of their availability (5.3)."""
    kept = ("id", "name", "ram", "links")
    return answer({"flavors": [_flavor({key: one[key] for key in kept}, one) for one in seed.flavors()]})


def _flavor(shown: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    plain = {"disk": 0, "swap": "", "rxtx_factor": 1.0, "OS-FLV-EXT-DATA:ephemeral": 0}
    return {**shown, **plain, "vcpus": int(one["vcpus"]), "os-flavor-access:is_public": True}


def server_groups(_: Request, __: Cloud, ___: Token, **____: str) -> Response:
    """Server groups, without page info (5.10)."""
    return answer({"server_groups": seed.server_groups()})


def networks(request: Request, _: Cloud, token: Token, **__: str) -> Response:
    """Networks: each subnet of a VPC is one."""
    found = [
        {
            "id": one["id"],
            "name": one["name"],
            "status": "ACTIVE",
            "admin_state_up": True,
            "shared": False,
            "router:external": False,
            "subnets": [one["neutron_subnet_id"]],
            "tenant_id": token.project,
        }
        for one in seed.subnets()
    ]
    return answer({"networks": page_of(request, _named(request, found))})


def subnets(request: Request, _: Cloud, token: Token, **__: str) -> Response:
    """Subnets by the ids of neutron."""
    found = [
        {
            "id": one["neutron_subnet_id"],
            "name": one["name"],
            "network_id": one["id"],
            "cidr": one["cidr"],
            "gateway_ip": one["gateway_ip"],
            "enable_dhcp": True,
            "ip_version": 4,
            "dns_nameservers": one["dnsList"],
            "tenant_id": token.project,
        }
        for one in seed.subnets()
    ]
    return answer({"subnets": page_of(request, _named(request, found))})


def security_groups(request: Request, _: Cloud, token: Token, **__: str) -> Response:
    """Security groups (5.8)."""
    kept = ("id", "name", "description", "security_group_rules")
    found = [{**{key: one[key] for key in kept}, "tenant_id": token.project} for one in seed.security_groups()]
    shown = page_of(request, _named(request, found))
    return answer({"security_groups": shown, "security_groups_links": []})


def free_addresses(_: Request, cloud: Cloud, token: Token, *, item: str, **__: str) -> Response:
    """How many addresses of a network are taken (5.7)."""
    used = seed.used_addresses(item)
    if used is None:
        raise neutron_error(404, "NetworkNotFound", f"Network {item} could not be found.")
    counts = {"total_ips": seed.ADDRESSES, "used_ips": min(seed.ADDRESSES, used + cloud.nodes_in(token.project, item))}
    return answer({"network_ip_availability": {"network_id": item, **counts}})


def _named(request: Request, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    wanted = request.args.get("name", "")
    return [one for one in items if wanted in ("", one["name"])]
