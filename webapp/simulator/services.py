"""The services behind the pick lists (docs/cloud-api.md, section 5)."""

from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from webapp.simulator import seed
from webapp.simulator.answers import answer, kms_error, service_error, vpc_error
from webapp.simulator.cloud import FLAVORS, Cloud
from webapp.simulator.tokens import Token
from webapp.simulator.usage import LIMITS

Service = Callable[..., Response]
Items = list[dict[str, Any]]


def page_of(request: Request, items: Items) -> Items:
    """Return the items after `marker`, at most `limit` (section 5, pagination)."""
    marker, limit = request.args.get("marker", ""), request.args.get("limit", "")
    start = next((index + 1 for index, one in enumerate(items) if one["id"] == marker), 0)
    return items[start : start + int(limit)] if limit.isdecimal() else items[start:]


def zones(_: Request, __: Cloud, ___: Token, **____: str) -> Response:
    """Availability zones (5.2)."""
    state = [{"zoneName": name, "zoneState": {"available": True}, "hosts": None} for name in seed.ZONES]
    return answer({"availabilityZoneInfo": state})


def flavors(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """ECS flavors (5.3)."""
    zone = request.args.get("availability_zone", "")
    usable = {one.id for one in FLAVORS if not zone or one.is_usable_in(zone)}
    return answer({"flavors": [one for one in _FLAVORS if one["id"] in usable]})


def keys_of(user: str) -> Items:
    """Return the key pairs of a user."""
    return [
        {
            "name": name,
            "fingerprint": ":".join(seed.made_id(name)[i : i + 2] for i in (0, 2, 4, 6)),
            "type": "ssh",
            "public_key": f"ssh-rsa AAAA{name}",
        }
        for name in seed.KEY_PAIRS[user]
    ]


def key_pairs(_: Request, __: Cloud, token: Token, **___: str) -> Response:
    """Key pairs of the token's user (5.4)."""
    return answer({"keypairs": [{"keypair": one} for one in keys_of(token.user)]})


def volume_types(_: Request, __: Cloud, ___: Token, **____: str) -> Response:
    """EVS disk types (5.5)."""
    return answer({"volume_types": seed.volume_types()})


def kms_keys(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """KMS keys, paged by position (5.6)."""
    body = request.get_json(silent=True) or {}
    wanted = str(body.get("key_state") or "")
    keys = [key for key in seed.kms_keys() if wanted in ("", "0", key["key_state"])]
    start = int(body["marker"]) if str(body.get("marker") or "").isdecimal() else 0
    limit = int(body["limit"]) if str(body.get("limit") or "").isdecimal() else 1000
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


def kms_key(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """One KMS key, with what kind of key it is."""
    body = request.get_json(silent=True)
    wanted = body.get("key_id") if isinstance(body, dict) else None
    for key in seed.kms_keys():
        if key["key_id"] == wanted:
            return answer({"key_info": {**key, "key_spec": "AES_256", "key_usage": "ENCRYPT_DECRYPT"}})
    raise kms_error(404, "KMS.0208", "The key does not exist.")


def vpcs(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """VPCs (5.7)."""
    return answer({"vpcs": page_of(request, seed.vpcs())})


def subnets(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """Subnets, perhaps of one VPC (5.7)."""
    vpc = request.args.get("vpc_id", "")
    return answer({"subnets": page_of(request, [one for one in seed.subnets() if vpc in ("", one["vpc_id"])])})


def vpc(_: Request, __: Cloud, ___: Token, *, item: str, **____: str) -> Response:
    """One VPC."""
    return answer({"vpc": _one(seed.vpcs(), item, "VPC.0101", "The VPC could not be found.")})


def subnet(_: Request, __: Cloud, ___: Token, *, item: str, **____: str) -> Response:
    """One subnet."""
    return answer({"subnet": _one(seed.subnets(), item, "VPC.0202", "The subnet could not be found.")})


def eip(_: Request, __: Cloud, ___: Token, *, item: str, **____: str) -> Response:
    """One public address."""
    return answer({"publicip": _one(seed.eips(), item, "VPC.0504", "The EIP could not be found.")})


def _one(items: Items, item: str, code: str, message: str) -> dict[str, Any]:
    found = next((one for one in items if one["id"] == item), None)
    if found is None:
        raise vpc_error(404, code, message)
    return found


def newer_security_groups(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """Security groups as VPC v3 lists them, with page info (5.8)."""
    shown = page_of(request, seed.security_groups())
    info = {"current_count": len(shown), **({"next_marker": shown[-1]["id"]} if shown else {})}
    return answer({"request_id": "local", "security_groups": shown, "page_info": info})


def security_groups(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """Security groups, perhaps of one VPC (5.8)."""
    vpc_id = request.args.get("vpc_id", "")
    found = [one for one in seed.security_groups() if vpc_id in ("", one["vpc_id"])]
    return answer({"security_groups": page_of(request, found)})


def eips(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """Public addresses (5.9)."""
    return answer({"publicips": page_of(request, seed.eips())})


def server_groups(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """ECS server groups (5.10)."""
    if ("limit" in request.args) != ("marker" in request.args) and "marker" in request.args:
        raise service_error(400, "Ecs.0005", "Give limit and marker together.")
    shown = page_of(request, seed.server_groups())
    return answer({"server_groups": shown, "page_info": {"next_marker": shown[-1]["id"] if shown else ""}})


def images(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """Private images (5.11)."""
    filters = ("__imagetype", "status", "__os_type", "virtual_env_type", "owner", "name", "id")
    wanted = {key: request.args[key] for key in filters if key in request.args}
    found = [one for one in seed.images() if all(one.get(key) == value for key, value in wanted.items())]
    return answer({"images": page_of(request, found)})


def ecs_limits(_: Request, cloud: Cloud, token: Token, **__: str) -> Response:
    """ECS quotas, and what of them the nodes of the pools use (5.13)."""
    used = cloud.used(token.project)
    absolute = {
        "maxTotalInstances": LIMITS.servers,
        "totalInstancesUsed": used.servers,
        "maxTotalCores": LIMITS.vcpus,
        "totalCoresUsed": used.vcpus,
        "maxTotalRAMSize": LIMITS.memory_mib,
        "totalRAMUsed": used.memory_mib,
        "maxServerGroups": 10,
        "maxServerGroupMembers": 16,
    }
    return answer({"absolute": absolute})


def vpc_quotas(request: Request, cloud: Cloud, token: Token, **__: str) -> Response:
    """Quotas of VPC and EIP, perhaps of one type (5.13)."""
    resources = [
        {"type": "publicIp", "used": cloud.used(token.project).eips, "quota": LIMITS.eips, "min": 0},
        {"type": "vpc", "used": len(seed.vpcs()), "quota": 5, "min": 0},
        {"type": "subnet", "used": len(seed.subnets()), "quota": 100, "min": 0},
        {"type": "securityGroup", "used": len(seed.security_groups()), "quota": 100, "min": 0},
    ]
    wanted = request.args.get("type", "")
    return answer({"quotas": {"resources": [one for one in resources if wanted in ("", one["type"])]}})


def evs_quotas(request: Request, cloud: Cloud, token: Token, *, item: str, **__: str) -> Response:
    """EVS quotas; with `usage` also what is used of them (5.13)."""
    used = cloud.used(token.project)
    counts = {"volumes": (LIMITS.volumes, used.volumes), "gigabytes": (LIMITS.volume_gib, used.volume_gib)}
    quota = {name: {"limit": limit, "in_use": now, "reserved": 0} for name, (limit, now) in counts.items()}
    if request.args.get("usage", "").lower() != "true":
        return answer({"quota_set": {"id": item, **{name: one["limit"] for name, one in quota.items()}}})
    return answer({"quota_set": {"id": item, **quota}})


_FLAVORS = seed.flavors()
