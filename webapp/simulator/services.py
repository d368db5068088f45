"""The services behind the pick lists (docs/cloud-api.md, section 5)."""

from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from webapp.simulator import seed
from webapp.simulator.answers import answer, iam_error, service_error
from webapp.simulator.cloud import FLAVORS, Cloud
from webapp.simulator.tokens import Token

Service = Callable[..., Response]
Items = list[dict[str, Any]]


def _page(request: Request, items: Items) -> Items:
    """Return the items after `marker`, at most `limit` (section 5, pagination)."""
    marker, limit = request.args.get("marker", ""), request.args.get("limit", "")
    start = next((index + 1 for index, one in enumerate(items) if one["id"] == marker), 0)
    return items[start : start + int(limit)] if limit.isdigit() else items[start:]


def zones(_: Request, __: Cloud, ___: Token, **____: str) -> Response:
    """Availability zones (5.2)."""
    state = [{"zoneName": name, "zoneState": {"available": True}, "hosts": None} for name in seed.ZONES]
    return answer({"availabilityZoneInfo": state})


def flavors(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """ECS flavors (5.3)."""
    zone = request.args.get("availability_zone", "")
    usable = {one.id for one in FLAVORS if not zone or one.is_usable_in(zone)}
    return answer({"flavors": [one for one in _FLAVORS if one["id"] in usable]})


def key_pairs(_: Request, __: Cloud, token: Token, **___: str) -> Response:
    """Key pairs of the token's user (5.4)."""
    named = [
        {"name": name, "fingerprint": ":".join(seed.made_id(name)[i : i + 2] for i in (0, 2, 4, 6)), "type": "ssh"}
        for name in seed.KEY_PAIRS[token.user]
    ]
    return answer({"keypairs": [{"keypair": {**one, "public_key": f"ssh-rsa AAAA{one['name']}"}} for one in named]})


def volume_types(_: Request, __: Cloud, ___: Token, **____: str) -> Response:
    """EVS disk types (5.5)."""
    return answer({"volume_types": seed.volume_types()})


def kms_keys(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """KMS keys, paged by position (5.6)."""
    body = request.get_json(silent=True) or {}
    wanted = str(body.get("key_state") or "")
    keys = [key for key in seed.kms_keys() if wanted in ("", "0", key["key_state"])]
    start = int(body["marker"]) if str(body.get("marker") or "").isdigit() else 0
    limit = int(body["limit"]) if str(body.get("limit") or "").isdigit() else 1000
    shown, more = keys[start : start + limit], start + limit < len(keys)
    return answer(
        {
            "keys": [key["key_id"] for key in shown],
            "key_details": shown,
            "next_marker": str(start + limit) if more else "",
            "truncated": "true" if more else "false",
            "total": len(keys),
        }
    )


def vpcs(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """VPCs (5.7)."""
    return answer({"vpcs": _page(request, seed.vpcs())})


def subnets(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """Subnets, perhaps of one VPC (5.7)."""
    vpc = request.args.get("vpc_id", "")
    return answer({"subnets": _page(request, [one for one in seed.subnets() if vpc in ("", one["vpc_id"])])})


def subnet(_: Request, __: Cloud, ___: Token, *, item: str, **____: str) -> Response:
    """One subnet."""
    for one in seed.subnets():
        if one["id"] == item:
            return answer({"subnet": one})
    return answer({"code": "VPC.0202", "message": "The subnet could not be found."}, 404)


def free_addresses(_: Request, __: Cloud, ___: Token, *, item: str, **____: str) -> Response:
    """How many addresses of a network are taken."""
    used = seed.used_addresses(item)
    if used is None:
        error = {"type": "NetworkNotFound", "message": "Network could not be found.", "detail": ""}
        return answer({"NeutronError": error}, 404)
    return answer({"network_ip_availability": {"network_id": item, "total_ips": 251, "used_ips": used}})


def security_groups(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """Security groups (5.8)."""
    return answer({"security_groups": _page(request, seed.security_groups())})


def eips(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """Public addresses (5.9)."""
    return answer({"publicips": _page(request, seed.eips())})


def server_groups(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """ECS server groups (5.10)."""
    if ("limit" in request.args) != ("marker" in request.args) and "marker" in request.args:
        raise service_error(400, "Ecs.0005", "Give limit and marker together.")
    shown = _page(request, seed.server_groups())
    return answer({"server_groups": shown, "page_info": {"next_marker": shown[-1]["id"] if shown else ""}})


def images(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """Private images (5.11)."""
    return answer({"images": _page(request, seed.images())})


def agencies(_: Request, __: Cloud, token: Token, **___: str) -> Response:
    """IAM agencies: a token of the whole account is needed (5.12, AU-15)."""
    if token.project:
        raise iam_error(403, "You are not authorized to perform the requested action.")
    return answer({"agencies": seed.agencies()})


def ecs_limits(_: Request, __: Cloud, ___: Token, **____: str) -> Response:
    """ECS quotas (5.13)."""
    absolute = {
        "maxTotalInstances": 100,
        "totalInstancesUsed": 7,
        "maxTotalCores": 800,
        "totalCoresUsed": 28,
        "maxTotalRAMSize": 1638400,
        "totalRAMUsed": 57344,
        "maxServerGroups": 10,
        "maxServerGroupMembers": 16,
    }
    return answer({"absolute": absolute})


def vpc_quotas(_: Request, __: Cloud, ___: Token, **____: str) -> Response:
    """EIP quota (5.13)."""
    return answer({"quotas": {"resources": [{"type": "publicIp", "used": 3, "quota": 20, "min": 0}]}})


def evs_quotas(_: Request, __: Cloud, ___: Token, **____: str) -> Response:
    """EVS quotas (5.13)."""
    volumes, gib = {"limit": 400, "in_use": 21, "reserved": 0}, {"limit": 40960, "in_use": 2100, "reserved": 0}
    return answer({"quota_set": {"volumes": volumes, "gigabytes": gib}})


_FLAVORS = seed.flavors()
