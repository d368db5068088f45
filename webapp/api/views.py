"""The operations on bodies: check, lay out, write, read."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.api.calls import live_cluster, members_of, read_by
from webapp.api.describing import described
from webapp.api.errors import Invalid
from webapp.api.negotiating import AlwaysJSON
from webapp.api.serializers import (
    ClusterSerializer,
    ExportCallSerializer,
    ExportedSerializer,
    ImportCallSerializer,
    ImportedSerializer,
    LayoutCallSerializer,
    LayoutSerializer,
    ValidateSerializer,
    VerdictSerializer,
)
from webapp.nodepool import Problem, check
from webapp.nodepool.formats import FORMATS, Target, read
from webapp.nodepool.formats.guessing import guessed
from webapp.nodepool.layout import layout
from webapp.nodepool.pointers import JSON
from webapp.nodepool.reading import Unreadable
from webapp.wizard.checks import ALL_LISTS, lists_for, problems_of


class ValidateView(APIView):
    """Check a node pool's body."""

    @described(
        VerdictSerializer,
        call=ValidateSerializer,
        cloud=True,
        operation_id="validate",
        tags=["Bodies"],
        summary="Check a body",
        description="Says what is wrong with a body. With the id of a cluster and a cloud token the live facts are "
        "checked as well: flavors sold out, key pairs, quotas, addresses, names taken.",
    )
    def post(self, request: Request) -> Response:
        """Return the verdict."""
        call = members_of(request, "cluster", "body")
        described_cluster = read_by(ClusterSerializer, call["cluster"], "/cluster")
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
        tags=["Bodies"],
        summary="Lay out the disks of a node",
        description="Says which selector takes which disk, and the volume groups and volumes that come of it.",
    )
    def post(self, request: Request) -> Response:
        """Return the layout."""
        return Response(LayoutSerializer(layout(members_of(request, "body")["body"])).data)


_FORMAT = OpenApiParameter(
    "format", str, required=True, enum=list(FORMATS), description="The format of the text, such as json."
)


class ExportView(APIView):
    """Write a body in a format."""

    # `?format=` names the format of the text, not that of the answer.
    content_negotiation_class = AlwaysJSON

    @described(
        ExportedSerializer,
        call=ExportCallSerializer,
        parameters=(_FORMAT,),
        operation_id="export",
        tags=["Bodies"],
        summary="Write a body in a format",
        description="Writes a body as JSON, YAML, curl, Terraform, Python or Ansible. What the format cannot "
        "express is listed, never dropped in silence.",
    )
    def post(self, request: Request) -> Response:
        """Return the text."""
        name = request.query_params.get("format", "")
        if name not in FORMATS:
            raise Invalid([("", f"Name a format in the address: ?format= and one of {', '.join(FORMATS)}.")])
        call = members_of(request, "body")
        said = read_by(ExportCallSerializer, call, "")
        errors = [(f"/body{one.pointer}", one.message) for one in check(call["body"], {}) if one.is_error]
        if FORMATS[name].needs_form and errors:
            raise Invalid(errors)
        made = FORMATS[name].write(call["body"], Target(said["cluster_id"], said["project_id"]))
        notes = [{"pointer": one.pointer, "message": one.message} for one in made.left_out]
        return Response({"format": name, "text": made.text, "left_out": notes})


class ImportView(APIView):
    """Read a body from a text."""

    @described(
        ImportedSerializer,
        call=ImportCallSerializer,
        operation_id="import",
        tags=["Bodies"],
        summary="Read a body from a text",
        description="Reads a request body, a pool as the cloud answers it, YAML, Terraform or Ansible, and checks it.",
    )
    def post(self, request: Request) -> Response:
        """Return the body, what was not taken over, and the verdict."""
        said = read_by(ImportCallSerializer, members_of(request, "text"), "")
        data = said["text"].encode(errors="surrogatepass")
        name = said.get("format") or guessed(data)
        try:
            found = read(name, data)
        except Unreadable as error:
            raise Invalid([("/text", str(error))]) from None
        notes = [{"pointer": one.pointer, "message": one.message} for one in found.left_out]
        verdict = _verdict(check(found.body, said.get("cluster", {})))
        return Response({"format": name, "body": found.body, "left_out": notes, **verdict})


@extend_schema(exclude=True)
class NothingView(APIView):
    """Every address that is none: a problem document instead of a page."""

    http_method_names: list[str] = []

    def http_method_not_allowed(self, *_: Any, **__: Any) -> Response:
        """Say that nothing is here."""
        raise NotFound


def _live_problems(request: Request, cluster_id: str, body: JSON) -> list[Problem]:
    session, cluster = live_cluster(request, cluster_id, "/cluster/id")
    return problems_of(body, cluster, lists_for(session, ALL_LISTS, cluster))


def _verdict(problems: list[Problem]) -> dict[str, Any]:
    def listed(*, errors: bool) -> list[dict[str, str]]:
        names = ("pointer", "code", "message", "source")
        return [{name: getattr(one, name) for name in names} for one in problems if one.is_error is errors]

    return {"valid": not listed(errors=True), "errors": listed(errors=True), "warnings": listed(errors=False)}
