"""IAM over HTTP: tokens, projects, regions, groups, agencies (section 4, 5.12)."""

from typing import Any

from werkzeug.wrappers import Request, Response

from webapp.simulator import seed, tokens
from webapp.simulator.answers import Refusal, answer, gateway_error, iam_error
from webapp.simulator.cloud import Cloud
from webapp.simulator.tokens import Token

_FORBIDDEN = "You are not authorized to perform the requested action."


def version(request: Request) -> Response:
    """What the root of the cloud, or of IAM, says of itself (SIM-03)."""
    links = [{"rel": "self", "href": f"{_origin(request)}/v3/"}]
    found = {"id": "v3.14", "status": "stable", "links": links, "media-types": []}
    return answer({"version": found} if request.path.startswith("/v3") else {"versions": {"values": [found]}})


def token(request: Request, cloud: Cloud) -> Response:
    """Give, describe or end a token (4.1)."""
    if request.method == "POST":
        body = request.get_json(silent=True)
        text, given = cloud.tokens.give(body.get("auth") if isinstance(body, dict) else None)
        shown = tokens.described(given, _origin(request), with_catalogue="nocatalog" not in request.args)
        return answer(shown, 201, X_Subject_Token=text)
    if request.method not in ("GET", "HEAD", "DELETE"):
        raise gateway_error(405, "APIGW.0105", "The method is not supported.")
    subject = request.headers.get("X-Subject-Token", "")
    _of(cloud, request.headers.get("X-Auth-Token", ""), 401)
    found = _of(cloud, subject, 404)
    if request.method == "DELETE":
        cloud.tokens.revoke(subject)
        return Response(status=204)
    shown = tokens.described(found, _origin(request), with_catalogue="nocatalog" not in request.args)
    return answer(shown, X_Subject_Token=subject)


def catalogue(request: Request, _: Cloud, token: Token, **__: str) -> Response:
    """The catalogue of a token."""
    return answer({"catalog": tokens.catalogue(token, _origin(request)), "links": {}})


def projects(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """The projects of the account, perhaps those of a name or of a domain."""
    wanted = {key: request.args[key] for key in ("name", "domain_id", "parent_id") if key in request.args}
    found = [one for one in tokens.projects() if all(one[key] == value for key, value in wanted.items())]
    return answer({"projects": found, "links": {"self": request.base_url, "previous": None, "next": None}})


def regions(_: Request, __: Cloud, ___: Token, **____: str) -> Response:
    """The one region."""
    return answer({"regions": [{"id": seed.REGION, "type": "public", "description": "", "links": {}}]})


def groups(_: Request, __: Cloud, token: Token, *, item: str, **___: str) -> Response:
    """The groups of a user, who may ask for no other one's."""
    if item != seed.USERS[token.user]["id"]:
        raise iam_error(403, _FORBIDDEN)
    return answer({"groups": tokens.groups(token.user), "links": {"self": "", "previous": None, "next": None}})


def agencies(request: Request, _: Cloud, token: Token, **__: str) -> Response:
    """IAM agencies: for a token of the whole account, of somebody who may read them (5.12, AU-15)."""
    if token.project or token.user not in seed.SECURITY_ADMINISTRATORS:
        raise iam_error(403, _FORBIDDEN)
    if request.args.get("domain_id") != seed.DOMAIN["id"]:
        raise iam_error(403 if "domain_id" in request.args else 400, "The domain_id is missing or another account's.")
    wanted = {key: request.args[key] for key in ("name", "trust_domain_id") if key in request.args}
    found: list[dict[str, Any]] = seed.agencies()
    return answer({"agencies": [one for one in found if all(one[key] == value for key, value in wanted.items())]})


def _of(cloud: Cloud, text: str, status: int) -> Token:
    """Return the token of a text; what is none is refused in the words of IAM."""
    try:
        return cloud.tokens.of(text)
    except Refusal:
        raise iam_error(status, "The token is invalid or has expired.") from None


def _origin(request: Request) -> str:
    return request.host_url.rstrip("/")
