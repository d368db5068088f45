"""What is at the cloud: clusters, node pools, nodes, as the cloud answers them."""

from typing import Any

from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.api.calls import cloud_for
from webapp.api.describing import CURSOR, described
from webapp.api.paging import LatestEvents
from webapp.api.serializers import DocumentsSerializer, EventSerializer, StatusSerializer
from webapp.pools.models import PoolStatus, StatusChange
from webapp.pools.phases import counts_of
from webapp.pools.status import condition, nodes_of, status_of


class ClustersView(APIView):
    """The clusters of the token's project."""

    @described(
        DocumentsSerializer,
        cloud=True,
        errors=[400],
        operation_id="clusters_list",
        tags=["Clusters and pools"],
        summary="List the clusters of the project",
    )
    def get(self, request: Request) -> Response:
        """List them."""
        return Response({"items": cloud_for(request).clusters()})


class PoolsView(APIView):
    """The node pools of a cluster."""

    @described(
        DocumentsSerializer,
        cloud=True,
        errors=[400],
        operation_id="node_pools_list",
        tags=["Clusters and pools"],
        summary="List the node pools of a cluster",
    )
    def get(self, request: Request, cluster_id: str) -> Response:
        """List them."""
        return Response({"items": cloud_for(request).node_pools(cluster_id)})


class NodesView(APIView):
    """The nodes of a pool."""

    @described(
        DocumentsSerializer,
        cloud=True,
        errors=[400],
        operation_id="nodes_list",
        tags=["Clusters and pools"],
        summary="List the nodes of a pool",
    )
    def get(self, request: Request, cluster_id: str, pool_id: str) -> Response:
        """List them."""
        cloud = cloud_for(request)
        cloud.node_pool(cluster_id, pool_id)  # an unknown pool is not found, rather than empty
        return Response({"items": nodes_of(cloud, cluster_id, pool_id)})


class StatusView(APIView):
    """What a pool's phase and counters mean."""

    @described(
        StatusSerializer,
        cloud=True,
        errors=[400],
        operation_id="node_pools_status",
        tags=["Clusters and pools"],
        summary="Read a pool's state in words",
        description="The state of a pool in words, its counters, and whether it can still change by itself. However "
        "many callers ask, the cloud is asked once in an interval: `answered_at` says when that was.",
    )
    def get(self, request: Request, cluster_id: str, pool_id: str) -> Response:
        """Read it."""
        return Response(StatusSerializer(_told(_watched(request, cluster_id, pool_id))).data)


class EventsView(GenericAPIView):
    """What changed in a pool, as the portal saw it."""

    serializer_class = EventSerializer
    pagination_class = LatestEvents
    queryset = StatusChange.objects.none()

    @described(
        EventSerializer(many=True),
        parameters=(CURSOR,),
        cloud=True,
        errors=[400],
        operation_id="events_list",
        tags=["Clusters and pools"],
        summary="List what changed in a pool",
    )
    def get(self, request: Request, cluster_id: str, pool_id: str) -> Response:
        """List the events, the newest first."""
        changes = _watched(request, cluster_id, pool_id).changes.all()
        return self.get_paginated_response(EventSerializer(self.paginate_queryset(changes), many=True).data)


def _watched(request: Request, cluster_id: str, pool_id: str) -> PoolStatus:
    """Return the last known state of a pool of the token's project. Raises Invalid, CloudError."""
    cloud = cloud_for(request)
    place = {"project_id": cloud.session.project_id, "cluster_id": cluster_id, "pool_id": pool_id}
    if not PoolStatus.objects.filter(**place, document__isnull=False).exists():
        cloud.node_pool(cluster_id, pool_id)  # an unknown pool is not found, and is not watched either
    return status_of(cloud.session, cloud.session.project_id, cluster_id, pool_id)


def _told(status: PoolStatus) -> dict[str, Any]:
    state = condition(status)
    return {
        "word": state.word,
        "sentence": state.sentence,
        "remedy": state.remedy,
        "whose_move": state.whose,
        "is_moving": state.is_moving,
        "is_final": state.is_final,
        "counts": counts_of(status.document or {}),
        "answered_at": status.answered_at,
        "problem": status.problem,
    }
