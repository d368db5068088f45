"""What of a live pool can be changed, and the body that asks for it (docs/cloud-api.md 2.3)."""

from typing import Any

from webapp.nodepool import pointers
from webapp.nodepool.pointers import JSON

_TEMPLATE = "/spec/nodeTemplate"
COUNT = "/spec/initialNodeCount"
CHANGEABLE = (
    "/metadata/name",
    COUNT,
    "/spec/autoscaling",
    f"{_TEMPLATE}/k8sTags",
    f"{_TEMPLATE}/taints",
    f"{_TEMPLATE}/userTags",
)
_EMPTY: dict[str, JSON] = {f"{_TEMPLATE}/k8sTags": {}, f"{_TEMPLATE}/taints": [], f"{_TEMPLATE}/userTags": []}


def is_changeable(pointer: str) -> bool:
    """Whether a place can be changed in a live pool."""
    return any(pointer == one or pointer.startswith(f"{one}/") for one in CHANGEABLE)


def update_body(wanted: JSON) -> dict[str, Any]:
    """Return the body of an update that makes a pool what `wanted`, a whole body, says.

    The type and the count are always sent (C23, C24); an empty list says "none", a missing one "leave it" (2.3).
    """
    body: dict[str, Any] = {"kind": "NodePool", "apiVersion": "v3", "metadata": {}, "spec": {"nodeTemplate": {}}}
    pointers.put(body, "/spec/type", pointers.get(wanted, "/spec/type") or "vm")
    for at in CHANGEABLE:
        value = pointers.get(wanted, at, _EMPTY.get(at))
        if value is not None:
            pointers.put(body, at, value)
    return body
