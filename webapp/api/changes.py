"""A live pool: read, and changed by requests."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.api.calls import cloud_for, members_of, read_by
from webapp.api.describing import described
from webapp.api.fields import Text, Whole
from webapp.api.ordering import ask
from webapp.api.request_access import asking
from webapp.api.request_forms import RevisionCallSerializer
from webapp.api.serializers import DocumentSerializer
from webapp.approvals.models import Kind
from webapp.nodepool.choices import COUNT


class ScaleSerializer(serializers.Serializer):
    """How many nodes there shall be."""

    count = Whole(min_value=COUNT[0], max_value=COUNT[1])
    reason = Text(required=False, allow_blank=True, max_length=5000, default="")


class PoolView(APIView):
    """A node pool."""

    @described(
        DocumentSerializer,
        cloud=True,
        errors=[400],
        operation_id="node_pools_get",
        tags=["Clusters and pools"],
        summary="Read a node pool as the cloud answers it",
    )
    def get(self, request: Request, cluster_id: str, pool_id: str) -> Response:
        """Read it."""
        return Response(cloud_for(request).node_pool(cluster_id, pool_id))

    @asking(
        call=RevisionCallSerializer,
        operation_id="node_pools_update",
        tags=["Clusters and pools"],
        summary="Ask for the change of a node pool",
        description="Asks for another name, count, autoscaling, labels, taints or tags; only these can be changed.",
    )
    def put(self, request: Request, cluster_id: str, pool_id: str) -> Response:
        """Ask for its change."""
        said = read_by(RevisionCallSerializer, members_of(request, "body"), "")
        return ask(request, kind=Kind.UPDATE, cluster_id=cluster_id, pool_id=pool_id, **said)

    @asking(
        errors=[400, 409, 422],
        operation_id="node_pools_delete",
        tags=["Clusters and pools"],
        summary="Ask for the deletion of a node pool",
    )
    def delete(self, request: Request, cluster_id: str, pool_id: str) -> Response:
        """Ask for its deletion, with all its nodes."""
        return ask(request, kind=Kind.DELETE, cluster_id=cluster_id, pool_id=pool_id)


class ScaleView(APIView):
    """The size of a node pool."""

    @asking(
        call=ScaleSerializer,
        operation_id="node_pools_scale",
        tags=["Clusters and pools"],
        summary="Ask for another number of nodes",
    )
    def post(self, request: Request, cluster_id: str, pool_id: str) -> Response:
        """Ask for another number of nodes."""
        said = read_by(ScaleSerializer, members_of(request, "count"), "")
        body = {"spec": {"initialNodeCount": said["count"]}}
        return ask(request, kind=Kind.SCALE, cluster_id=cluster_id, pool_id=pool_id, body=body, reason=said["reason"])
