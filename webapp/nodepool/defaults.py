"""What a new draft starts with, and what the cloud fills in by itself."""

from collections.abc import Mapping

from webapp.nodepool import choices, pointers
from webapp.nodepool.pointers import JSON

BLANK = "a blank draft"  # what `blank_body` is called


def blank_body() -> dict[str, JSON]:
    """Return the body of a new blank draft: the mandatory, and what is always sent (Precedence 4)."""
    return {
        "kind": "NodePool",
        "apiVersion": "v3",
        "metadata": {},
        "spec": {
            "type": "vm",
            "initialNodeCount": 1,
            "nodeTemplate": {
                "runtime": {"name": "containerd"},
                "rootVolume": {"volumetype": "SAS", "size": 50},
                "dataVolumes": [{"volumetype": "SAS", "size": 100}],
            },
        },
    }


def blank_with(values: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return the body of a blank draft with values at their pointers."""
    body = blank_body()
    for at, value in values.items():
        pointers.put(body, at, value)
    return body


def default_storage(body: JSON) -> dict[str, JSON]:
    """Return the `storage` section that the cloud makes where none is sent (docs/cloud-api.md 1.14)."""
    disk = pointers.get(body, "/spec/nodeTemplate/dataVolumes/0", {})
    size, kind = pointers.get(disk, "/size"), pointers.get(disk, "/volumetype")
    is_size = isinstance(size, int) and not isinstance(size, bool) and abs(size) <= choices.LARGEST
    labels = {"size": str(size) if is_size else None, "volumeType": kind, "count": "1"}
    labels = {name: value for name, value in labels.items() if isinstance(value, str)}
    spaces = [{"name": "runtime", "size": "90%"}, {"name": "kubernetes", "size": "10%"}]
    return {
        "storageSelectors": [{"name": "cceUse", "storageType": "evs", "matchLabels": labels}],
        "storageGroups": [{"name": "vgpaas", "selectorNames": ["cceUse"], "cceManaged": True, "virtualSpaces": spaces}],
    }
