"""Empty shells: zero values that real clients send for "not set" (docs/cloud-api.md 6.1)."""

from typing import Any

from webapp.nodepool import pointers
from webapp.nodepool.pointers import JSON

_TEMPLATE = "/spec/nodeTemplate"
_NO_CARD = {"subnetId": "", "fixedIps": [], "ipBlock": ""}
_NO_BANDWIDTH = {"chargemode": "", "size": 0, "sharetype": ""}
# Optional values, and what clients write when they mean "none"; parts of an object count as well.
_SHELLS: dict[str, JSON] = {
    f"{_TEMPLATE}/login/userPassword": {"username": "", "password": ""},
    f"{_TEMPLATE}/publicIP/count": 0,
    f"{_TEMPLATE}/publicIP/eip": {"iptype": "", "bandwidth": _NO_BANDWIDTH},
    f"{_TEMPLATE}/publicIP": {"ids": [], "count": 0, "eip": {"iptype": "", "bandwidth": _NO_BANDWIDTH}},
    f"{_TEMPLATE}/nodeNicSpec/primaryNic": _NO_CARD,
    f"{_TEMPLATE}/nodeNicSpec": {"primaryNic": _NO_CARD, "extNics": []},
    f"{_TEMPLATE}/runtime": {"name": ""},
    f"{_TEMPLATE}/extendParam": {},
    f"{_TEMPLATE}/k8sTags": {},
    "/spec/nodeManagement": {"serverGroupReference": ""},
    "/spec/autoscaling": {},
}


def without_shells(body: JSON) -> JSON:
    """Return the body without the empty shells that clients send, and with the key `apiVersion` spelt so.

    Nothing else is changed, and the body that was given is left as it is. Cheap: only those places are looked at.
    """
    if not isinstance(body, dict):
        return body
    spelt = api_version_key(body)
    if spelt != "apiVersion":
        body = {"apiVersion" if key == spelt else key: value for key, value in body.items()}
    for pointer, shell in _SHELLS.items():
        found = pointers.get(body, pointer)
        if found is not None and _is_shell(found, shell):
            body = pointers.without(body, pointer)
    return body


def api_version_key(body: dict[Any, JSON]) -> str:
    """Return how a body spells the key `apiVersion`, which the cloud takes in any case (NP-KIND-02)."""
    spellings = (key for key in body if isinstance(key, str) and len(key) == 10 and key.lower() == "apiversion")
    return "apiVersion" if "apiVersion" in body else next(spellings, "apiVersion")


def as_the_cloud_keeps_it(body: JSON) -> JSON:
    """Return a copy of a good body as the cloud keeps it: no shells or nulls, virtual spaces in small letters."""
    kept = _without_nulls(without_shells(body))
    for group in pointers.get(kept, f"{_TEMPLATE}/storage/storageGroups") or ():
        for space in group["virtualSpaces"]:
            space["name"] = space["name"].lower()
    return kept


def _without_nulls(value: JSON) -> JSON:
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


def _is_shell(value: JSON, shell: JSON) -> bool:
    if value is None:
        return True
    if isinstance(shell, dict) and isinstance(value, dict):
        return len(value) <= len(shell) and all(
            key in shell and _is_shell(one, shell[key]) for key, one in value.items()
        )
    return type(value) is type(shell) and bool(value == shell)
