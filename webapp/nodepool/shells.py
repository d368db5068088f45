"""Empty shells: zero values that real clients send for "not set" (docs/cloud-api.md 6.1)."""

from typing import Any

from webapp.nodepool.pointers import JSON

_OPTIONAL_OBJECTS = ("runtime", "extendParam", "nodeNicSpec", "publicIP", "k8sTags")
_OPTIONAL_LISTS = ("taints", "userTags")


def without_shells(body: JSON) -> JSON:
    """Return the body without nulls and empty shells at the places where clients send them.

    Nothing else is changed, and the body that was given is left as it is. Cheap: only those places are looked at.
    """
    if not isinstance(body, dict):
        return body
    body = {_canonical(key): value for key, value in body.items()}
    spec = body.get("spec")
    if not isinstance(spec, dict):
        return body
    spec = _without(spec, ("autoscaling", "nodeManagement", "customSecurityGroups", "type"))
    management = spec.get("nodeManagement")
    if isinstance(management, dict) and management.get("serverGroupReference") in ("", None):
        rest = {key: value for key, value in management.items() if key != "serverGroupReference"}
        spec = {**spec, "nodeManagement": rest} if rest else _dropped(spec, "nodeManagement")
    if isinstance(spec.get("nodeTemplate"), dict):
        spec = {**spec, "nodeTemplate": _template(spec["nodeTemplate"])}
    return {**body, "spec": spec}


def is_empty(value: JSON) -> bool:
    """Whether a value is nothing but empty containers, nulls and empty texts (looked at three levels deep)."""
    return _is_empty(value, 3)


def _is_empty(value: JSON, depth: int) -> bool:
    if value is None or value in ("", [], {}):
        return True
    return (
        depth > 0
        and isinstance(value, dict)
        and len(value) < 8
        and all(_is_empty(one, depth - 1) for one in value.values())
    )


def _canonical(key: Any) -> Any:
    return "apiVersion" if isinstance(key, str) and len(key) == 10 and key.lower() == "apiversion" else key


def _without(container: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Drop what is null, or an empty object, under these names."""
    return {key: value for key, value in container.items() if not (key in names and (value is None or value == {}))}


def _dropped(container: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in container.items() if key != name}


def _template(template: dict[str, Any]) -> dict[str, Any]:
    kept = {
        key: value
        for key, value in template.items()
        if not (key in _OPTIONAL_OBJECTS and isinstance(value, dict | None) and is_empty(value))
        and not (key in _OPTIONAL_LISTS and value is None)
        and not (key in ("os", "billingMode", "count") and value in (None, "") and value is not False)
    }
    for name, member in (("nodeNicSpec", "primaryNic"), ("publicIP", "eip"), ("login", "userPassword")):
        holder = kept.get(name)
        if isinstance(holder, dict) and member in holder and is_empty(holder[member]):
            kept[name] = _dropped(holder, member)
    return kept
