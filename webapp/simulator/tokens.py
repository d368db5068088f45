"""Identity: tokens with a catalogue, projects (docs/cloud-api.md, section 4)."""

import secrets
import time
from dataclasses import dataclass
from typing import Any

from webapp.simulator import seed
from webapp.simulator.answers import gateway_error, iam_error
from webapp.simulator.clock import iso

# type, name, path below the origin; `{p}` is the project (4.4)
_CATALOGUE = (
    ("ccev2.0", "ccev2.0", ""),
    ("cce", "containerengine", "/api/v1"),
    ("compute", "nova", "/v2.1/{p}"),
    ("ecs", "ecs", "/v1/{p}"),
    ("network", "neutron", ""),
    ("vpc", "vpc", "/v1/{p}"),
    ("vpc2.0", "vpc2.0", "/v2.0/{p}"),
    ("volumev2", "cinderv2", "/v2/{p}"),
    ("volumev3", "cinderv3", "/v3/{p}"),
    ("image", "glance", ""),
    ("imsv2", "ims", ""),
    ("kms", "key-management", "/v1.0"),
    ("kmsv1", "kmsv1", "/v1.0/{p}"),
    ("identity", "keystone", "/v3"),
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token in force; times in real seconds. `project` is "" for one of the whole account."""

    user: str
    project: str
    issued: float
    expires: float
    methods: tuple[str, ...] = ("password",)


class Tokens:
    """The tokens that were given out; they run out by the wall's clock, as a person sees it."""

    def __init__(self, life_s: float) -> None:
        self.life_s = life_s
        self._known: dict[str, Token] = {}

    def give(self, auth: Any) -> tuple[str, Token]:
        """Return a new token for an `auth` object. Raises Refusal."""
        identity = _object(_object(auth), "identity")
        methods = identity.get("methods")
        if not isinstance(methods, list) or sorted(map(str, methods)) not in (["password"], ["password", "totp"]):
            raise iam_error(400, "The request body is invalid: identity.methods.")
        user = _who(_object(_object(identity, "password"), "user"))
        if "totp" in methods:
            _demand_passcode(_object(_object(identity, "totp"), "user"))
        project = _project(_object(_object(auth), "scope"))
        now = time.time()
        token = Token(user, project, now, now + self.life_s, tuple(methods))
        text = secrets.token_urlsafe(1500)
        self._known[text] = token
        return text, token

    def of(self, text: str) -> Token:
        """Return the token behind a header's value. Raises Refusal."""
        token = self._known.get(text)
        if token is None or token.expires <= time.time():
            raise gateway_error(401, "APIGW.0301", "Incorrect IAM authentication information: token expired or unknown")
        return token

    def revoke(self, text: str) -> None:
        """End a token."""
        self._known.pop(text, None)


def described(token: Token, origin: str, *, with_catalogue: bool = True) -> dict[str, Any]:
    """Return the body that describes a token (4.1)."""
    user = {"id": seed.USERS[token.user]["id"], "name": token.user, "domain": seed.DOMAIN, "password_expires_at": ""}
    body: dict[str, Any] = {
        "methods": list(token.methods),
        "issued_at": iso(token.issued),
        "expires_at": iso(token.expires),
        "user": user,
        "roles": [{"id": "0", "name": "te_agency"}],
    }
    if token.project:
        body["project"] = {"id": token.project, "name": seed.PROJECTS[token.project], "domain": seed.DOMAIN}
    else:
        body["domain"] = seed.DOMAIN
    if "totp" in token.methods:
        body["mfa_authn_at"] = iso(token.issued)
    if with_catalogue:
        body["catalog"] = catalogue(token, origin)
    return {"token": body}


def catalogue(token: Token, origin: str) -> list[dict[str, Any]]:
    """Return the catalogue, which points to where the request came."""
    return [
        {
            "type": kind,
            "id": seed.made_id("service", kind),
            "name": name,
            "endpoints": [
                {
                    "id": seed.made_id("endpoint", kind),
                    "interface": "public",
                    "region": seed.REGION,
                    "region_id": seed.REGION,
                    "url": origin + path.format(p=token.project),
                }
            ],
        }
        for kind, name, path in _CATALOGUE
        if token.project or kind == "identity"
    ]


def projects() -> list[dict[str, Any]]:
    """Return the projects of the account."""
    return [
        {
            "id": one,
            "name": name,
            "domain_id": seed.DOMAIN["id"],
            "enabled": True,
            "is_domain": False,
            "parent_id": seed.DOMAIN["id"],
            "description": "",
            "links": {},
        }
        for one, name in seed.PROJECTS.items()
    ]


def groups(name: str) -> list[dict[str, Any]]:
    """Return the user groups of a user."""
    return [
        {
            "id": seed.made_id("group", one),
            "name": one,
            "domain_id": seed.DOMAIN["id"],
            "description": "",
            "create_time": 1767600000000,
            "links": {},
        }
        for one in seed.GROUPS[name]
    ]


def _object(holder: Any, name: str | None = None) -> dict[str, Any]:
    value = holder.get(name) if name and isinstance(holder, dict) else holder
    return value if isinstance(value, dict) else {}


def _who(user: dict[str, Any]) -> str:
    if not user.get("password"):
        raise iam_error(400, "The request body is invalid: the user or the password is missing.")
    domain = _object(user, "domain")
    for name, known in seed.USERS.items():
        is_named = user.get("name") == name and seed.DOMAIN["name"] == domain.get("name", domain.get("id"))
        is_named |= user.get("name") == name and seed.DOMAIN["id"] == domain.get("id")
        if (is_named or user.get("id") == known["id"]) and user["password"] == known["password"]:
            return name
    raise iam_error(401, "The username or password is wrong.")


def _demand_passcode(user: dict[str, Any]) -> None:
    """Demand the one passcode that the local cloud takes; it has no clock of its own to make others."""
    if user.get("passcode") != seed.PASSCODE:
        raise iam_error(401, "The passcode is wrong.")


def _project(scope: dict[str, Any]) -> str:
    """Return the project of a scope; empty for the whole account (AU-04 to AU-06)."""
    wanted = _object(scope, "project")
    if not wanted:
        domain = _object(scope, "domain")
        if domain and seed.DOMAIN["id"] != domain.get("id") and seed.DOMAIN["name"] != domain.get("name"):
            raise iam_error(404, "Could not find the domain.")
        return ""
    for one, name in seed.PROJECTS.items():
        if wanted.get("id") == one or wanted.get("name") == name:
            return one
    raise iam_error(404, "Could not find the project.")
