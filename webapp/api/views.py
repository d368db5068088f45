"""The operations on bodies: check, lay out."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.api.authentication import CLOUD_TOKEN, cloud_of_call
from webapp.api.describing import described
from webapp.api.errors import Invalid
from webapp.api.serializers import (
    ClusterSerializer,
    LayoutCallSerializer,
    LayoutSerializer,
    ValidateSerializer,
    VerdictSerializer,
)
from webapp.cloud.client import Cloud
from webapp.nodepool import Cluster, Problem, check, pointers
from webapp.nodepool.layout import layout
from webapp.nodepool.pointers import JSON
from webapp.wizard.checks import ALL_LISTS, lists_for, problems_of


class ValidateView(APIView):
    """Check a node pool's body."""

    @described(
        VerdictSerializer,
        call=ValidateSerializer,
        cloud=True,
        operation_id="validate",
        description="Says what is wrong with a body. With the id of a cluster and a cloud token the live facts are "
        "checked as well: flavors sold out, key pairs, quotas, addresses, names taken.",
    )
    def post(self, request: Request) -> Response:
        """Return the verdict."""
        call = _call(request, "cluster", "body")
        described_cluster = _read(ClusterSerializer, call["cluster"], "/cluster")
        if "id" in described_cluster:
            problems = _live_problems(request, described_cluster["id"], call["body"])
        else:
            problems = check(call["body"], described_cluster)
        return Response(_verdict(problems))


class LayoutView(APIView):
    """Lay out the disks of a node."""

    @described(
        LayoutSerializer,
        call=LayoutCallSerializer,
        operation_id="layout",
        description="Says which selector takes which disk, and the volume groups and volumes that come of it.",
    )
    def post(self, request: Request) -> Response:
        """Return the layout."""
        return Response(LayoutSerializer(layout(_call(request, "body")["body"])).data)


def _call(request: Request, *names: str) -> dict[str, JSON]:
    """Return the members of a call. Raises Invalid where it is no object or lacks one."""
    data = request.data
    if not isinstance(data, dict):
        raise Invalid([("", "Send a JSON object.")])
    missing = [(pointers.join(name), "This is needed.") for name in names if name not in data]
    if missing:
        raise Invalid(missing)
    return data


def _read(form: type, data: JSON, at: str) -> dict[str, Any]:
    """Return what a serializer makes of a part of the call. Raises Invalid."""
    read = form(data=data)
    if not read.is_valid():
        raise Invalid(_places(read.errors, at))
    found: dict[str, Any] = read.validated_data
    return found


def _places(errors: Any, at: str) -> list[tuple[str, str]]:
    if isinstance(errors, dict):
        named = ((at if name == "non_field_errors" else at + pointers.join(name), one) for name, one in errors.items())
        return [place for where, one in named for place in _places(one, where)]
    return [(at, " ".join(str(one) for one in errors))]


def _live_problems(request: Request, cluster_id: str, body: JSON) -> list[Problem]:
    session = cloud_of_call(request)
    if session is None:
        raise Invalid([("/cluster/id", f"A cluster is asked for at the cloud: send a token of it as {CLOUD_TOKEN}.")])
    cloud = Cloud(session)
    cluster = Cluster.from_api(cloud.cluster(cluster_id)).with_nodes(len(cloud.nodes(cluster_id)))
    return problems_of(body, cluster, lists_for(session, ALL_LISTS, cluster))


def _verdict(problems: list[Problem]) -> dict[str, Any]:
    def listed(*, errors: bool) -> list[dict[str, str]]:
        names = ("pointer", "code", "message", "source")
        return [{name: getattr(one, name) for name in names} for one in problems if one.is_error is errors]

    return {"valid": not listed(errors=True), "errors": listed(errors=True), "warnings": listed(errors=False)}
