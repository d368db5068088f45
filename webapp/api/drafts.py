"""Drafts and submissions: what a person has in the making, and what was ordered."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.api.calls import demand_known, live_cluster, member, members_of
from webapp.api.describing import CURSOR, described
from webapp.api.errors import Invalid, Unfit
from webapp.api.paging import Latest
from webapp.api.serializers import (
    DraftCallSerializer,
    DraftChangeSerializer,
    DraftSerializer,
)
from webapp.api.versions import VersionGone, VersionNeeded, if_match, version_in
from webapp.nodepool import Cluster
from webapp.nodepool.pointers import JSON
from webapp.nodepool.reading import HALF, half_texts
from webapp.wizard import actions
from webapp.wizard.fixing import FixedPlaces
from webapp.wizard.models import Draft, Preset
from webapp.wizard.presets import active_presets

_ETAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200, 201], description="The version, for If-Match."
)


class DraftsView(GenericAPIView):
    """The person's drafts."""

    serializer_class = DraftSerializer
    pagination_class = Latest
    queryset = Draft.objects.none()

    @described(
        DraftSerializer(many=True),
        parameters=(CURSOR,),
        errors=[404],
        operation_id="drafts_list",
        tags=["Drafts"],
        summary="List your drafts",
    )
    def get(self, request: Request) -> Response:
        """List them."""
        page = self.paginate_queryset(Draft.objects.filter(owner=request.user))
        return self.get_paginated_response(DraftSerializer(page, many=True).data)

    @described(
        DraftSerializer,
        call=DraftCallSerializer,
        cloud=True,
        status=201,
        parameters=(_ETAG,),
        errors=[422],
        operation_id="drafts_create",
        tags=["Drafts"],
        summary="Make a draft",
    )
    def post(self, request: Request) -> Response:
        """Make one of a body, of a preset, or a blank one; what a preset fixes holds for a body that comes with it."""
        call = members_of(request)
        demand_known(DraftCallSerializer, call)
        preset, body = _preset(call), _object(call["body"]) if "body" in call else None
        cluster = _cluster(request, call)
        with _held():
            if preset:
                draft = actions.start_from(preset, by=request.user, cluster=cluster, body=body)
            else:
                draft = actions.start(by=request.user, cluster=cluster, body=body)
        return _answer(draft, status=201)


class DraftView(GenericAPIView):
    """One draft."""

    serializer_class = DraftSerializer
    pagination_class = None

    @described(
        DraftSerializer,
        errors=[404],
        parameters=(_ETAG,),
        operation_id="drafts_get",
        tags=["Drafts"],
        summary="Read a draft",
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Read it, with its version as ETag."""
        return _answer(_own(request, pk))

    @described(
        DraftSerializer,
        call=DraftChangeSerializer,
        cloud=True,
        parameters=(if_match(required=True), _ETAG),
        errors=[404, 412, 422, 428],
        operation_id="drafts_replace",
        tags=["Drafts"],
        summary="Replace a draft",
        description="Replaces its body, and its cluster if one is named, if nobody else changed it since. What the "
        "preset that it began with fixes must stay as it is.",
    )
    def put(self, request: Request, pk: uuid.UUID) -> Response:
        """Replace it."""
        draft = _own(request, pk)
        call, seen = members_of(request, "body"), _version(request)
        demand_known(DraftChangeSerializer, call)
        body, cluster = _object(call["body"]), _cluster(request, call)
        with _held():
            if not actions.replace(draft, body, seen=seen, cluster=cluster):
                raise VersionGone
        return _answer(draft)

    @described(None, status=204, errors=[404], operation_id="drafts_delete", tags=["Drafts"], summary="Delete a draft")
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """Delete it."""
        actions.delete(_own(request, pk))
        return Response(status=204)


def _own(request: Request, pk: uuid.UUID) -> Draft:
    draft: Draft = get_object_or_404(Draft.objects.filter(owner=request.user), pk=pk)
    return draft


def _preset(call: dict[str, Any]) -> Preset | None:
    """Return the preset that a call names. Raises Invalid, NotFound."""
    if "preset" not in call:
        return None
    try:
        pk = uuid.UUID(call["preset"])
    except (ValueError, TypeError, AttributeError):
        raise Invalid([(member("preset"), "Send the id of a preset.")]) from None
    found = active_presets().filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no preset of this id, or it is not offered any more.")
    return found


@contextmanager
def _held() -> Iterator[None]:
    """Tell what a preset fixes as places of the call."""
    try:
        yield
    except FixedPlaces as error:
        raise Unfit([(f"/body{at}", f"{fix}") for at, fix in error.fixes.items()]) from None


def _cluster(request: Request, call: dict[str, Any]) -> Cluster | None:
    return live_cluster(request, call["cluster_id"])[1] if "cluster_id" in call else None


def _answer(draft: Draft, status: int = 200) -> Response:
    return Response(DraftSerializer(draft).data, status=status, headers={"ETag": f'"{draft.version}"'})


def _version(request: Request) -> int:
    said = version_in(request)
    if said is None:
        raise VersionNeeded
    return said


def _object(body: JSON) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Invalid([(member("body"), "A draft's body is an object.")])
    if halves := half_texts(body):
        raise Unfit([(f"/body{at}", HALF) for at in halves])
    return body
