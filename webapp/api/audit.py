"""The audit trail, for auditors and admins."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from webapp.accounts.queries import roles_of
from webapp.accounts.roles import Role
from webapp.api.describing import CURSOR, described
from webapp.api.paging import LatestLines
from webapp.api.request_forms import AuditLineSerializer
from webapp.audit.models import AuditLine
from webapp.audit.trail import as_json


class ReadsEverything(BasePermission):
    """Auditors and admins."""

    message = "This is for auditors and admins."

    def has_permission(self, request: Request, _: object) -> bool:
        """Whether the caller is one."""
        return bool(roles_of(request.user) & {Role.AUDITOR, Role.ADMIN})


class AuditView(GenericAPIView):
    """The trail."""

    serializer_class = AuditLineSerializer
    pagination_class = LatestLines
    permission_classes = (ReadsEverything,)
    queryset = AuditLine.objects.none()

    @described(
        AuditLineSerializer(many=True),
        errors=[404],
        operation_id="audit_list",
        tags=["Audit"],
        summary="Read the audit trail",
        parameters=(
            CURSOR,
            OpenApiParameter("act", str, description="Such as request.approved."),
            OpenApiParameter("about", str, description="Such as request NP-1042."),
        ),
    )
    def get(self, request: Request) -> Response:
        """List it."""
        wanted = {name: request.query_params[name] for name in ("act", "about") if request.query_params.get(name)}
        page = self.paginate_queryset(AuditLine.objects.filter(**wanted)) or []
        return self.get_paginated_response([as_json(one) for one in page])
