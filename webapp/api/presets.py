"""Presets: what people start from."""

from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.api.describing import CURSOR, described
from webapp.api.paging import ByName
from webapp.api.serializers import PresetSerializer
from webapp.wizard.models import Preset
from webapp.wizard.presets import active_presets


class PresetsView(GenericAPIView):
    """What people can start from."""

    serializer_class = PresetSerializer
    pagination_class = ByName
    queryset = Preset.objects.none()

    @described(
        PresetSerializer(many=True),
        parameters=(CURSOR,),
        errors=[404],
        operation_id="presets_list",
        tags=["Presets"],
        summary="List presets",
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - its signature
        """List them by name; a draft is made of one with its id."""
        page = self.paginate_queryset(active_presets().select_related("author"))
        return self.get_paginated_response(PresetSerializer(page, many=True).data)
