"""Requests: everything that changes the cloud, asked for, decided and launched by programs."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.api.authentication import cloud_of_call
from webapp.api.calls import live_cluster, members_of, read_by
from webapp.api.describing import CURSOR, described
from webapp.api.errors import Invalid
from webapp.api.ordering import asked, demand_good, demand_own, order_of, started
from webapp.api.paging import ByNumber
from webapp.api.request_access import answer, asking, person_of, possible, seen_request
from webapp.api.request_forms import (
    LineSerializer,
    RequestCallSerializer,
    RequestSerializer,
    RevisionCallSerializer,
    VerdictOfPolicySerializer,
)
from webapp.api.versions import VersionGone, if_match, version_in
from webapp.approvals import actions, queries
from webapp.approvals.following import follow
from webapp.approvals.identity import demand_fit, fits
from webapp.approvals.models import Kind, PoolRequest
from webapp.approvals.rights import demand, visible_to
from webapp.approvals.timeline import timeline
from webapp.approvals.workflow import ACTS, State
from webapp.cloud import picklists
from webapp.cloud.client import Cloud


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
            found = queries.waiting(person_of(request))
            return Response({"next": None, "previous": None, "results": RequestSerializer(found, many=True).data})
        choices = {"state": State.values, "kind": list(Kind.values)}
        filters = {name: _chosen(request, name, values) for name, values in choices.items()}
        page = self.paginate_queryset(self.listed(request, filters))
        return self.get_paginated_response(RequestSerializer(page, many=True).data)

    def listed(self, request: Request, filters: dict[str, str]) -> QuerySet[PoolRequest]:
        """Return what is listed."""
        seen = visible_to(person_of(request), cloud_of_call(request))
        return queries.listed(seen.filter(kind__in=self.kinds), filters)

    @asking(
        call=RequestCallSerializer,
        operation_id="requests_create",
        tags=["Requests"],
        summary="Ask for a pool, or for its change",
        description="Asks for a pool, or for the change of one. What policy approves by itself is launched at once "
        "with the cloud token of the call, unless `start_at_once` is false.",
    )
    def post(self, request: Request) -> Response:
        """Ask for something."""
        call = read_by(RequestCallSerializer, members_of(request, "kind", "cluster_id"), "")
        return asked(request, call)


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
            queries.listed(PoolRequest.objects.filter(author=person_of(request), kind=Kind.CREATE), {})
        )
        return self.get_paginated_response(RequestSerializer(page, many=True).data)

    @asking(
        call=RequestCallSerializer,
        operation_id="submissions_create",
        tags=["Requests"],
        summary="Ask for a new pool",
        description="Checks the body against the live facts and asks for the pool. The state says what became of it.",
    )
    def post(self, request: Request) -> Response:
        """Ask for a new pool."""
        call = {**members_of(request, "cluster_id", "body"), "kind": Kind.CREATE}
        return asked(request, read_by(RequestCallSerializer, call, ""))


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
        found = seen_request(request, reference)
        session = cloud_of_call(request)
        follow(found, session if fits(session, found) else None, by=person_of(request))
        return answer(found)

    @described(
        RequestSerializer,
        call=RevisionCallSerializer,
        cloud=True,
        errors=[404, 409, 412, 422],
        parameters=(if_match(required=False),),
        operation_id="requests_edit",
        tags=["Requests"],
        summary="Change what is asked for",
        description="Replaces the body of a request that is not launched yet: a new revision, which voids approvals; "
        "the same body again makes none. What policy approves by itself is launched as it is for a new request.",
    )
    def put(self, request: Request, reference: str) -> Response:
        """Change what is asked for."""
        found = seen_request(request, reference)
        possible(demand, person_of(request), found, ACTS["edit"])
        if version_in(request) not in (None, found.revision):
            raise VersionGone
        kept = {"reason": found.reason, "start_at_once": found.start_at_once, "pool_id": found.pool_id}
        said = kept | read_by(RevisionCallSerializer, members_of(request, "body"), "")
        possible(demand_fit, cloud_of_call(request), found)
        session, cluster = live_cluster(request, found.cluster_id)
        demand_own(session, person_of(request))
        order = order_of(found.kind, Cloud(session), cluster, said, found)
        facts = demand_good(session, order)
        wish = {"known": found, "by": person_of(request), "session": session, "key": found.key, "facts": facts}
        return answer(started(request, possible(actions.ask, order, **wish), session))


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
        return Response(LineSerializer(timeline(seen_request(request, reference)), many=True).data)


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
        order = order_of(call["kind"], Cloud(session), cluster, call)
        project, facts = session.project_name, picklists.facts_now(session, cluster)
        _, verdict = actions.judge(order, by=person_of(request), project=project, facts=facts)
        return Response(verdict.as_dict())


def _is_true(request: Request, name: str) -> bool:
    """Return a parameter that is true or false, the latter where it is not said. Raises Invalid."""
    said = request.query_params.getlist(name) or ["false"]
    if said not in (["true"], ["false"]):
        raise Invalid([("", f"Say ?{name}=true or ?{name}=false.")])
    return said == ["true"]


def _chosen(request: Request, name: str, values: list[str]) -> str:
    """Return a parameter that is one of some values, "" where it is not said. Raises Invalid."""
    said = request.query_params.getlist(name)
    if len(said) > 1 or any(one not in values for one in said):
        raise Invalid([("", f"Say ?{name}= and one of {', '.join(values)}.")])
    return str(said[0]) if said else ""
