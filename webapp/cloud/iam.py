"""Signing in to the cloud (docs/cloud-api.md, section 4)."""

from typing import Any
from urllib.parse import quote

from webapp.cloud.errors import CloudUnreachable, Refused
from webapp.cloud.places import place_of
from webapp.cloud.tokens import CloudSession
from webapp.cloud.transport import Call, answered, send

_TOKENS = "/auth/tokens"


def sign_in(  # noqa: PLR0913 - one keyword each
    *, user: str, domain: str, password: str, project: str, passcode: str = "", region: str = ""
) -> CloudSession:
    """Return a session for a cloud user and project; `passcode` is that of a second factor.

    Without a region it is the one with whose name the project's begins.

    Raises CloudError; TokenRejected when name or password are wrong.
    """
    who = {"name": user, "domain": {"name": domain}}
    identity: dict[str, Any] = {"methods": ["password"], "password": {"user": {**who, "password": password}}}
    if passcode:
        identity["methods"].append("totp")
        identity["totp"] = {"user": {**who, "passcode": passcode}}
    scope = {"project": {"name": project, "domain": {"name": domain}}}
    body = {"auth": {"identity": identity, "scope": scope}}
    auth_url = place_of(region=region, project=project).auth_url
    call = Call("POST", auth_url + _TOKENS, body=body, secrets=(password, passcode), changes=False)
    response = send(call)
    return _session(response.headers.get("X-Subject-Token", ""), answered(response), auth_url)


def session_from_token(token: str, region: str = "") -> CloudSession:
    """Return the session of a token that a person has already. Raises CloudError."""
    headers = {"X-Subject-Token": token}
    auth_url = place_of(region=region).auth_url
    call = Call("GET", auth_url + _TOKENS, token=token, headers=headers, secrets=(token,))
    return _session(token, answered(send(call)), auth_url)


def groups_of(session: CloudSession) -> tuple[str, ...]:
    """Return the names of the user groups that a session's user is in. Raises CloudError."""
    auth_url = session.auth_url or place_of(project=session.project_name).auth_url
    url = f"{auth_url}/users/{quote(session.user_id, safe='')}/groups"
    body = answered(send(Call("GET", url, token=session.token)))
    try:
        return tuple(str(one["name"]) for one in body["groups"])
    except (KeyError, TypeError):
        raise CloudUnreachable("The cloud listed the groups in a form that cannot be read.") from None


def _session(token: str, body: Any, auth_url: str) -> CloudSession:
    try:
        session = CloudSession.from_description(token, body, auth_url)
    except (KeyError, ValueError, TypeError, AttributeError):
        raise CloudUnreachable(
            "The cloud described the token in a form that cannot be read.", remedy="Tell the operator of this portal."
        ) from None
    if not session.project_id:
        raise Refused("This token is not for a project.", remedy="Get a token for the project that you work in.")
    return session
