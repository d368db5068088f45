"""Requests: everything that changes the cloud, asked for, decided and launched by programs."""

import re
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.accounts.models import User
from webapp.api.authentication import cloud_of_call
from webapp.api.calls import cloud_for, live_cluster, member, members_of, read_by
from webapp.api.describing import CURSOR, described
from webapp.api.errors import Invalid, Unfit
from webapp.api.keys import KEY, key_of
from webapp.api.request_forms import (
    ActSerializer,
    LineSerializer,
    RequestCallSerializer,
    RequestSerializer,
    RevisionCallSerializer,
    VerdictOfPolicySerializer,
)
from webapp.approvals import actions, deciding, queries
from webapp.approvals.actions import Order
from webapp.approvals.launching import errors_in, facts_for_launch, follow, launch, resend
from webapp.approvals.models import Kind, PoolRequest, pk_of
from webapp.approvals.rights import demand, visible_to
from webapp.approvals.show import timeline
from webapp.approvals.workflow import ACTS, NotAllowed, NotPossible, State
from webapp.cloud import picklists
from webapp.cloud.client import Cloud
from webapp.cloud.tokens import CloudSession
from webapp.nodepool import Cluster
from webapp.nodepool.changes import CHANGEABLE, is_changeable
from webapp.nodepool.defaults import blank_body
from webapp.nodepool.facts import Facts
from webapp.nodepool.formats import cleaned
from webapp.nodepool.pointers import JSON, get, leaves, put

_NUMBER = r"^NP-([0-9]{1,9})$"


class Conflict(APIException):
    """409: the state does not take this (any more); the detail says why."""

    status_code = 409


class ByNumber(CursorPagination):
    """The newest first, fifty at a time."""

    page_size = queries.PAGE
    ordering = ("-pk",)


class RequestsView(GenericAPIView):
    """Requests that the caller may see."""

    serializer_class = RequestSerializer
    pagination_class = ByNumber
    queryset = PoolRequest.objects.none()
    kinds: tuple[str, ...] = tuple(Kind.values)

    @described(
        RequestSerializer(many=True),
        cloud=True,
        errors=[400, 404],
        operation_id="requests_list",
        tags=["Requests"],
        summary="List requests",
        parameters=(
            CURSOR,
            OpenApiParameter("state", enum=list(State.values)),
            OpenApiParameter("kind", enum=list(Kind.values)),
            OpenApiParameter("waiting", bool, description="Only what waits for the caller's decision."),
        ),
    )
    def get(self, request: Request) -> Response:
        """List them."""
        if _is_true(request, "waiting"):
            found = queries.waiting(_person(request))
            return Response({"next": None, "previous": None, "results": RequestSerializer(found, many=True).data})
        filters = {name: request.query_params.get(name, "") for name in ("state", "kind")}
        page = self.paginate_queryset(self.listed(request, filters))
        return self.get_paginated_response(RequestSerializer(page, many=True).data)

    def listed(self, request: Request, filters: dict[str, str]) -> QuerySet[PoolRequest]:
        """Return what is listed."""
        seen = visible_to(_person(request), getattr(request, "cloud", None))
        return queries.listed(seen.filter(kind__in=self.kinds), filters)

    @described(
        RequestSerializer,
        call=RequestCallSerializer,
        cloud=True,
        parameters=(KEY,),
        status=201,
        errors=[409, 422],
        operation_id="requests_create",
        tags=["Requests"],
        summary="Ask for a pool, or for its change",
        description="Asks for a pool, or for the change of one. What policy approves by itself is launched at once "
        "with the cloud token of the call, unless `start_at_once` is false.",
    )
    def post(self, request: Request) -> Response:
        """Ask for something."""
        call = read_by(RequestCallSerializer, members_of(request, "kind", "cluster_id"), "")
        return _asked(request, call)


class SubmissionsView(RequestsView):
    """Requests for new pools."""

    kinds = (Kind.CREATE,)

    @described(
        RequestSerializer(many=True),
        parameters=(CURSOR,),
        errors=[404],
        operation_id="submissions_list",
        tags=["Requests"],
        summary="List your own requests for new pools",
    )
    def get(self, request: Request) -> Response:
        """List the caller's own."""
        page = self.paginate_queryset(
            queries.listed(PoolRequest.objects.filter(author=_person(request), kind=Kind.CREATE), {})
        )
        return self.get_paginated_response(RequestSerializer(page, many=True).data)

    @described(
        RequestSerializer,
        call=RequestCallSerializer,
        cloud=True,
        parameters=(KEY,),
        status=201,
        errors=[409, 422],
        operation_id="submissions_create",
        tags=["Requests"],
        summary="Ask for a new pool",
        description="Checks the body against the live facts and asks for the pool. The state says what became of it.",
    )
    def post(self, request: Request) -> Response:
        """Ask for a new pool."""
        call = {**members_of(request, "cluster_id", "body"), "kind": Kind.CREATE}
        return _asked(request, read_by(RequestCallSerializer, call, ""))


class RequestView(GenericAPIView):
    """One request."""

    serializer_class = RequestSerializer
    pagination_class = None

    @described(
        RequestSerializer,
        cloud=True,
        errors=[404],
        operation_id="requests_get",
        tags=["Requests"],
        summary="Read a request",
    )
    def get(self, request: Request, reference: str) -> Response:
        """Read it, brought up to date where a cloud token came along."""
        found = _seen(request, reference)
        session = cloud_of_call(request)
        follow(found, session if session and session.project_id == found.project_id else None)
        return _answer(found)

    @described(
        RequestSerializer,
        call=RevisionCallSerializer,
        cloud=True,
        errors=[404, 409, 422],
        operation_id="requests_edit",
        tags=["Requests"],
        summary="Change what is asked for",
        description="Replaces the body of a request that is not launched yet: a new revision, which voids approvals.",
    )
    def put(self, request: Request, reference: str) -> Response:
        """Change what is asked for."""
        found = _seen(request, reference)
        _possible(demand, _person(request), found, ACTS["edit"])
        said = read_by(RevisionCallSerializer, members_of(request, "body"), "")
        session, cluster = live_cluster(request, found.cluster_id)
        order = _order(found.kind, Cloud(session), cluster, said | {"pool_id": found.pool_id}, found.baseline)
        facts = _demand_good(session, order)
        return _answer(_possible(actions.edit, found, order, by=_person(request), facts=facts))


class SubmissionView(RequestView):
    """One request, by its older address."""

    http_method_names = ["get"]

    @described(
        RequestSerializer,
        cloud=True,
        errors=[404],
        operation_id="submissions_get",
        tags=["Requests"],
        summary="Read a request for a new pool",
    )
    def get(self, request: Request, reference: str) -> Response:
        """Read it."""
        return super().get(request, reference)


class ActView(GenericAPIView):
    """An act on a request."""

    serializer_class = RequestSerializer
    pagination_class = None

    @described(
        RequestSerializer,
        call=ActSerializer,
        cloud=True,
        errors=[404, 409],
        operation_id="requests_act",
        tags=["Requests"],
        summary="Act on a request",
        description="approve, reject (comment), ask-changes (comment, pointer), delegate (to), comment, withdraw, "
        "launch, retry, send-again. With `digest` the act is refused when the request was changed meanwhile.",
    )
    def post(self, request: Request, reference: str, act: str) -> Response:
        """Do it."""
        found = _seen(request, reference)
        said = read_by(ActSerializer, request.data if request.data is not None else {}, "")
        _possible(_ACTS[act], found, request, said)
        found.refresh_from_db()
        return _answer(found)


class TimelineView(APIView):
    """What happened to a request."""

    @described(
        LineSerializer(many=True),
        errors=[404],
        operation_id="requests_timeline",
        tags=["Requests"],
        summary="List what happened to a request",
    )
    def get(self, request: Request, reference: str) -> Response:
        """List it, oldest first."""
        return Response(LineSerializer(timeline(_seen(request, reference)), many=True).data)


class PolicyVerdictView(APIView):
    """What policy would say."""

    @described(
        VerdictOfPolicySerializer,
        call=RequestCallSerializer,
        cloud=True,
        errors=[422],
        operation_id="requests_verdict",
        tags=["Requests"],
        summary="Ask what policy would say",
        description="A dry run: nothing is written or sent.",
    )
    def post(self, request: Request) -> Response:
        """Return the verdict with its reasons."""
        call = read_by(RequestCallSerializer, members_of(request, "kind", "cluster_id"), "")
        session, cluster = live_cluster(request, call["cluster_id"])
        order = _order(call["kind"], Cloud(session), cluster, call)
        project, facts = session.project_name, picklists.facts_now(session, cluster)
        _, verdict = actions.judge(order, by=_person(request), project=project, facts=facts)
        return Response(verdict.as_dict())


def ask(request: Request, **call: Any) -> Response:
    """Ask for a change of a live pool, as the addresses of pools do."""
    return _asked(request, read_by(RequestCallSerializer, call, ""))


def _asked(request: Request, call: dict[str, Any]) -> Response:
    """Return the request for a call; its Idempotency-Key makes it one."""
    key = key_of(request)
    session, cluster = live_cluster(request, call["cluster_id"])
    known = PoolRequest.objects.filter(key=key).first()
    if known is None:
        order = _order(call["kind"], Cloud(session), cluster, call)
        facts = _demand_good(session, order)
        known = _possible(actions.submit, order, by=_person(request), session=session, key=key, facts=facts)
    elif (known.kind, known.cluster_id) != (call["kind"], cluster.id) or _differs(known, call):
        raise Unfit([("", "This Idempotency-Key was used for another request. Use a new one.")])
    if known.state == State.APPROVED and known.start_at_once:
        _possible(launch, known, session)
    return _answer(known, status=201)


def _differs(known: PoolRequest, call: dict[str, Any]) -> bool:
    """Whether a call asks for something else than the one that made the request, before anybody edited it."""
    first, body = known.revisions.get(number=1).body, call.get("body")
    if known.kind == Kind.CREATE:
        return bool(first != body)
    is_other = known.kind != Kind.DELETE and any(get(first, at) != value for at, value in leaves(body or {}))
    return is_other or known.pool_id != call.get("pool_id")


def _order(kind: str, cloud: Cloud, cluster: Cluster, call: dict[str, Any], baseline: JSON = None) -> Order:
    """Return the order that a call describes: of a change, the live pool with what was said laid over it."""
    pool_id = call.get("pool_id", "")
    if kind == Kind.CREATE:
        live, body = baseline or blank_body(), call.get("body")
    else:
        if not pool_id:
            raise Invalid([(member("pool_id"), "Name the node pool.")])
        live = cleaned(cloud.node_pool(cluster.id, pool_id)).body
        body = live if kind == Kind.DELETE else _changed(live, call.get("body"))
    return Order(
        kind=kind,
        cluster=cluster,
        body=body,
        pool_id=pool_id,
        baseline=live,
        reason=call.get("reason", ""),
        start_at_once=call.get("start_at_once", True),
    )


def _changed(live: dict[str, Any], changes: JSON) -> JSON:
    """Return the live pool with the changeable places of `changes` laid over it. Raises Unfit."""
    if not isinstance(changes, dict):
        raise Invalid([(member("body"), "Say what shall change, in the form of a pool's body.")])
    fixed = [at for at, value in leaves(changes) if not is_changeable(at) and value not in ({}, [])]
    fixed = [at for at in fixed if get(live, at) != get(changes, at) and at not in ("/kind", "/apiVersion")]
    if fixed:
        raise Unfit([(f"/body{at}", "This cannot be changed in a live pool.") for at in fixed])
    wanted = cleaned(live).body
    for at in CHANGEABLE:
        value = get(changes, at)
        if value is not None:
            put(wanted, at, value)
    return wanted


def _demand_good(session: CloudSession, order: Order) -> Facts:
    """Return the live facts. Raises Unfit where they stand in the way."""
    facts = facts_for_launch(picklists.facts_now(session, order.cluster), session.project_id)
    problems = [] if order.kind == Kind.DELETE else errors_in(order.kind, order.body, order.cluster, facts)
    if problems:
        raise Unfit([(f"/body{one.pointer}", one.message) for one in problems])
    return facts


def _approve(found: PoolRequest, request: Request, said: dict[str, str]) -> None:
    deciding.approve(found, by=_person(request), comment=said["comment"], seen=said["digest"])


def _reject(found: PoolRequest, request: Request, said: dict[str, str]) -> None:
    deciding.reject(found, by=_person(request), comment=said["comment"], seen=said["digest"])


def _ask_changes(found: PoolRequest, request: Request, said: dict[str, str]) -> None:
    words = {"comment": said["comment"], "pointer": said["pointer"], "seen": said["digest"]}
    deciding.ask_changes(found, by=_person(request), **words)


def _delegate(found: PoolRequest, request: Request, said: dict[str, str]) -> None:
    to = User.objects.filter(username=said["to"]).first()
    if to is None:
        raise NotPossible("There is nobody of this name: send the user name as `to`.")
    deciding.delegate(found, by=_person(request), to=to)


def _comment(found: PoolRequest, request: Request, said: dict[str, str]) -> None:
    actions.comment_on(found, by=_person(request), comment=said["comment"], pointer=said["pointer"])


def _withdraw(found: PoolRequest, request: Request, said: dict[str, str]) -> None:
    actions.withdraw(found, by=_person(request), comment=said["comment"])


def _launch(found: PoolRequest, request: Request, _: dict[str, str]) -> None:
    launch(found, cloud_for(request).session, by=_person(request))


def _send_again(found: PoolRequest, request: Request, _: dict[str, str]) -> None:
    resend(found, cloud_for(request).session, by=_person(request))


_ACTS = {
    "approve": _approve,
    "reject": _reject,
    "ask-changes": _ask_changes,
    "delegate": _delegate,
    "comment": _comment,
    "withdraw": _withdraw,
    "launch": _launch,
    "retry": _launch,
    "send-again": _send_again,
}
ACT_NAMES = tuple(_ACTS)


def _possible(act: Any, *args: Any, **kwargs: Any) -> Any:
    """Do an act; what is not allowed is a 403, what is not possible a 409."""
    try:
        return act(*args, **kwargs)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except NotPossible as refusal:
        raise Conflict(str(refusal)) from None


def _is_true(request: Request, name: str) -> bool:
    """Return a parameter that is true or false, the latter where it is not said. Raises Invalid."""
    said = request.query_params.getlist(name) or ["false"]
    if said not in (["true"], ["false"]):
        raise Invalid([("", f"Say ?{name}=true or ?{name}=false.")])
    return said == ["true"]


def _seen(request: Request, reference: str) -> PoolRequest:
    number = re.fullmatch(_NUMBER, reference)
    seen = visible_to(_person(request), getattr(request, "cloud", None)).select_related(
        "author", "launch", "last_editor"
    )
    found: PoolRequest = get_object_or_404(seen, pk=pk_of(int(number[1])) if number else 0)
    return found


def _person(request: Request) -> User:
    person = request.user
    assert isinstance(person, User)  # noqa: S101 - every view demands it
    return person


def _answer(found: PoolRequest, status: int = 200) -> Response:
    return Response(RequestSerializer(found).data, status=status, headers={"ETag": f'"{found.revision}"'})
