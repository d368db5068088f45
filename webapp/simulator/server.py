"""The local cloud over HTTP: which path asks what, faults on the way, and the control endpoints."""

import logging
import secrets
import socket
import time
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from webapp.nodepool.reading import Unreadable, read_json
from webapp.simulator import seed, services, tokens
from webapp.simulator.answers import Refusal, answer, cce_error, gateway_error, iam_error
from webapp.simulator.cloud import Cloud
from webapp.simulator.faults import Fault
from webapp.simulator.tokens import Token

_CCE = "/api/v3/projects/<p>"
_POOLS = f"{_CCE}/clusters/<c>/nodepools"
_HIDDEN = ("password", "token", "passcode")
_LOG_SIZE = 500


def _routes() -> Map:
    asked = {
        "/v2.1/<p>/os-availability-zone": services.zones,
        "/v2/<p>/os-availability-zone": services.zones,
        "/v1/<p>/cloudservers/flavors": services.flavors,
        "/v2.1/<p>/os-keypairs": services.key_pairs,
        "/v2/<p>/types": services.volume_types,
        "/v3/<p>/types": services.volume_types,
        "/v1/<p>/vpcs": services.vpcs,
        "/v1/<p>/subnets": services.subnets,
        "/v1/<p>/subnets/<item>": services.subnet,
        "/v2.0/network-ip-availabilities/<item>": services.free_addresses,
        "/v1/<p>/security-groups": services.security_groups,
        "/v1/<p>/publicips": services.eips,
        "/v1/<p>/cloudservers/os-server-groups": services.server_groups,
        "/v2/cloudimages": services.images,
        "/v3.0/OS-AGENCY/agencies": services.agencies,
        "/v1/<p>/cloudservers/limits": services.ecs_limits,
        "/v1/<p>/quotas": services.vpc_quotas,
        "/v2/<p>/os-quota-sets/<item>": services.evs_quotas,
    }
    rules = [Rule(path, endpoint=endpoint, methods=["GET"]) for path, endpoint in asked.items()]
    rules.append(Rule("/v1.0/<p>/kms/list-keys", endpoint=services.kms_keys, methods=["POST"]))
    own = {
        ("GET", f"{_CCE}/clusters"): clusters,
        ("GET", f"{_CCE}/clusters/<c>"): cluster,
        ("GET", f"{_CCE}/clusters/<c>/nodes"): nodes,
        ("GET", f"{_CCE}/clusters/<c>/nodes/<item>"): node,
        ("GET", _POOLS): list_pools,
        ("POST", _POOLS): create_pool,
        ("GET", f"{_POOLS}/<item>"): get_pool,
        ("PUT", f"{_POOLS}/<item>"): update_pool,
        ("DELETE", f"{_POOLS}/<item>"): delete_pool,
        ("GET", f"{_CCE}/jobs/<item>"): job,
        ("GET", f"{_CCE}/quotas"): cce_quotas,
        ("GET", "/v3/auth/catalog"): catalogue,
        ("GET", "/v3/auth/projects"): projects,
        ("GET", "/v3/projects"): projects,
        ("GET", "/v3/regions"): regions,
        ("GET", "/v3/users/<item>/groups"): groups,
    }
    rules += [Rule(path, endpoint=endpoint, methods=[method]) for (method, path), endpoint in own.items()]
    return Map(rules, strict_slashes=False)


def clusters(_: Request, cloud: Cloud, token: Token, **__: str) -> Response:
    """All clusters of the project."""
    items = list(cloud.clusters[token.project].values())
    return answer({"kind": "Cluster", "apiVersion": "v3", "items": items})


def cluster(_: Request, cloud: Cloud, token: Token, *, c: str, **__: str) -> Response:
    """One cluster."""
    return answer(cloud.cluster(token.project, c))


def nodes(_: Request, cloud: Cloud, token: Token, *, c: str, **__: str) -> Response:
    """All nodes of a cluster."""
    cloud.cluster(token.project, c)
    now = cloud.clock.now()
    items = [one for pool in cloud.pools_in(c).values() for one in pool.node_documents(now)]
    return answer({"kind": "List", "apiVersion": "v3", "items": items})


def node(_: Request, cloud: Cloud, token: Token, *, c: str, item: str, **__: str) -> Response:
    """One node."""
    cloud.cluster(token.project, c)
    now = cloud.clock.now()
    for pool in cloud.pools_in(c).values():
        for one in pool.node_documents(now):
            if one["metadata"]["uid"] == item:
                return answer(one)
    raise cce_error(404, "CCE.01404001", "Resource not found: the node does not exist.")


def list_pools(_: Request, cloud: Cloud, token: Token, *, c: str, **__: str) -> Response:
    """All node pools of a cluster."""
    cloud.cluster(token.project, c)
    now = cloud.clock.now()
    items = [pool.document(now) for pool in cloud.pools_in(c).values()]
    return answer({"kind": "List", "apiVersion": "v3", "items": items})


def create_pool(request: Request, cloud: Cloud, token: Token, *, c: str, **__: str) -> Response:
    """Create a node pool."""
    cloud.cluster(token.project, c)
    return answer(cloud.create(token, c, _json(request)), 201)


def get_pool(_: Request, cloud: Cloud, token: Token, *, c: str, item: str, **__: str) -> Response:
    """One node pool."""
    return answer(cloud.pool(token.project, c, item).document(cloud.clock.now()))


def update_pool(request: Request, cloud: Cloud, token: Token, *, c: str, item: str, **__: str) -> Response:
    """Change a node pool."""
    return answer(cloud.update(token, c, item, _json(request)))


def delete_pool(_: Request, cloud: Cloud, token: Token, *, c: str, item: str, **__: str) -> Response:
    """Delete a node pool."""
    return answer(cloud.delete(token, c, item))


def job(_: Request, cloud: Cloud, token: Token, *, item: str, **__: str) -> Response:
    """The job of a deletion, the only one that a pool has."""
    for cluster_id in cloud.clusters[token.project]:
        for pool in cloud.pools_in(cluster_id).values():
            status = pool.status(cloud.clock.now())
            if status.get("jobId") == item:
                spec = {"type": "DeleteNodePool", "clusterUID": cluster_id, "resourceID": pool.uid}
                return answer(_job(item, spec, "Running"))
    raise cce_error(404, "CCE.01404001", "Resource not found: the job does not exist.")


def cce_quotas(_: Request, cloud: Cloud, token: Token, **__: str) -> Response:
    """How many clusters there may be (2.8)."""
    used = len(cloud.clusters[token.project])
    resource = {"quotaKey": "cluster", "quotaLimit": 50, "used": used, "unit": "count"}
    return answer({"quotas": {"resources": [resource]}})


def catalogue(request: Request, _: Cloud, token: Token, **__: str) -> Response:
    """The catalogue of a token."""
    return answer({"catalog": tokens.catalogue(token, _origin(request)), "links": {}})


def projects(request: Request, _: Cloud, __: Token, **___: str) -> Response:
    """The projects of the account, perhaps those of a name."""
    wanted = request.args.get("name", "")
    return answer({"projects": [one for one in tokens.projects() if wanted in ("", one["name"])], "links": {}})


def regions(_: Request, __: Cloud, ___: Token, **____: str) -> Response:
    """The one region."""
    return answer({"regions": [{"id": "eu-de", "type": "public"}]})


def groups(_: Request, __: Cloud, token: Token, *, item: str, **___: str) -> Response:
    """The groups of a user, who may ask for no other one's."""
    if item != seed.USERS[token.user]["id"]:
        raise iam_error(403, "You are not authorized to perform the requested action.")
    return answer({"groups": tokens.groups(token.user), "links": {"self": "", "previous": None, "next": None}})


def _job(uid: str, spec: dict[str, Any], phase: str) -> dict[str, Any]:
    status = {"phase": phase, "reason": ""}
    return {"kind": "Job", "apiVersion": "v3", "metadata": {"uid": uid}, "spec": spec, "status": status}


def _json(request: Request) -> Any:
    if request.mimetype != "application/json":
        raise cce_error(400, "CCE.01400006", "The content type must be application/json.")
    try:
        return read_json(request.get_data())
    except Unreadable as error:
        raise cce_error(400, "CCE.01400001", f"The request body is not valid JSON. {error}") from None


def _origin(request: Request) -> str:
    return request.host_url.rstrip("/")


class App:
    """The WSGI application."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.routes = _routes()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer a request."""
        request = Request(environ)
        try:
            response = self._answer(request)
        except Refusal as refusal:
            response = refusal.response
        except ConnectionAbortedError:
            return []
        response.headers["X-Request-Id"] = secrets.token_hex(16)
        if not request.path.startswith("/_"):
            self._note(request, response.status_code)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path.startswith("/_"):
            return self._control(request)
        met = self.cloud.faults.take(request.method, request.path)
        for fault in met:
            self._before(fault, request)
        response = self._service(request)
        for fault in met:
            if fault.kind.startswith("accept_then") and response.status_code < 300:
                self._lose(fault, request)
        return response

    def _service(self, request: Request) -> Response:
        if request.path.rstrip("/") in ("", "/v3"):
            return _version(request)
        if request.path == "/v3/auth/tokens":
            return self._tokens(request)
        try:
            endpoint, values = self.routes.bind_to_environ(request.environ).match()
        except HTTPException:
            raise gateway_error(404, "APIGW.0101", "The API does not exist.") from None
        token = self.cloud.tokens.of(request.headers.get("X-Auth-Token", ""))
        if "p" in values and values["p"] != token.project:
            raise gateway_error(403, "APIGW.0302", "The token is not for this project.")
        with self.cloud.lock:
            response: Response = endpoint(request, self.cloud, token, **values)
        return response

    def _tokens(self, request: Request) -> Response:
        if request.method == "POST":
            body = request.get_json(silent=True)
            text, token = self.cloud.tokens.give(body.get("auth") if isinstance(body, dict) else None)
            shown = tokens.described(token, _origin(request), with_catalogue="nocatalog" not in request.args)
            return answer(shown, 201, X_Subject_Token=text)
        self.cloud.tokens.of(request.headers.get("X-Auth-Token", ""))
        subject = request.headers.get("X-Subject-Token", "")
        token = self.cloud.tokens.of(subject)
        if request.method == "DELETE":
            self.cloud.tokens.revoke(subject)
            return Response(status=204)
        return answer(tokens.described(token, _origin(request)), X_Subject_Token=subject)

    def _before(self, fault: Fault, request: Request) -> None:
        """Do what a fault does before a service is asked."""
        if fault.kind == "latency":
            time.sleep(fault.seconds)
        elif fault.kind == "drop":
            _hang_up(request)
        elif fault.kind == "html":
            raise Refusal(Response("<html><body>Bad gateway</body></html>", fault.status, mimetype="text/html"))
        elif fault.kind == "quota":
            raise cce_error(400, "CCE.01400008", "The server quota is exceeded.")
        elif fault.kind == "status":
            wait = {} if fault.retry_after is None else {"Retry_After": str(fault.retry_after)}
            code = "CCE.01429002" if fault.status == 429 else f"CCE.01{fault.status}001"
            raise cce_error(fault.status, code, fault.message, **wait)

    def _lose(self, fault: Fault, request: Request) -> None:
        """Lose the answer of a service that has done its work."""
        if fault.kind == "accept_then_drop":
            _hang_up(request)
        raise Refusal(Response("<html><body>Gateway Time-out</body></html>", 504, mimetype="text/html"))

    def _control(self, request: Request) -> Response:
        if request.path == "/_log":
            return answer(self.cloud.log)
        if request.path == "/_reset":
            self.cloud.reset()
        elif request.path == "/_clock":
            self.cloud.clock.advance(float((request.get_json(silent=True) or {}).get("advance", 0)))
        elif request.path == "/_faults":
            return self._set_faults(request)
        else:
            return answer({"error": "Control endpoints are /_faults, /_log, /_clock and /_reset."}, 404)
        return answer({"now": self.cloud.clock.now()})

    def _set_faults(self, request: Request) -> Response:
        if request.method in ("PUT", "DELETE"):
            try:
                self.cloud.faults.replace([] if request.method == "DELETE" else request.get_json(silent=True))
            except (ValueError, TypeError) as exc:
                return answer({"error": str(exc)}, 400)
        return answer([vars(one) for one in self.cloud.faults.listed])

    def _note(self, request: Request, status: int) -> None:
        body = request.get_json(silent=True) if request.mimetype == "application/json" else None
        entry = {"method": request.method, "path": request.path, "status": status, "body": _redacted(body)}
        entry["request_id"] = request.headers.get("X-Request-Id", "")
        with self.cloud.lock:
            self.cloud.log.append(entry)
            del self.cloud.log[:-_LOG_SIZE]


def _version(request: Request) -> Response:
    links = [{"rel": "self", "href": f"{_origin(request)}/v3/"}]
    version = {"id": "v3.14", "status": "stable", "links": links, "media-types": []}
    return answer({"version": version} if request.path.startswith("/v3") else {"versions": {"values": [version]}})


def _redacted(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: "…" if str(key).lower() in _HIDDEN and isinstance(one, str) else _redacted(one)
            for key, one in value.items()
        }
    return [_redacted(one) for one in value] if isinstance(value, list) else value


def _hang_up(request: Request) -> None:
    """Close the connection without an answer."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError


class _Handler(WSGIRequestHandler):
    """HTTP/1.1 with connections kept open, and no line per request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, *_: Any) -> None:
        """Say nothing."""


def served(cloud: Cloud, host: str, port: int) -> BaseWSGIServer:
    """Return a threaded server that is ready to serve."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    return make_server(host, port, App(cloud), threaded=True, request_handler=_Handler)
