"""What is at the cloud: clusters, node pools, nodes, as the cloud answers them."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.api.calls import cloud_for
from webapp.api.describing import described
from webapp.api.serializers import DocumentsSerializer
from webapp.pools.status import nodes_of


class ClustersView(APIView):
    """The clusters of the token's project."""

    @described(DocumentsSerializer, cloud=True, errors=[400], operation_id="clusters_list")
    def get(self, request: Request) -> Response:
        """List them."""
        return Response({"items": cloud_for(request).clusters()})


class PoolsView(APIView):
    """The node pools of a cluster."""

    @described(DocumentsSerializer, cloud=True, errors=[400], operation_id="node_pools_list")
    def get(self, request: Request, cluster_id: str) -> Response:
        """List them."""
        return Response({"items": cloud_for(request).node_pools(cluster_id)})


class NodesView(APIView):
    """The nodes of a pool."""

    @described(DocumentsSerializer, cloud=True, errors=[400], operation_id="nodes_list")
    def get(self, request: Request, cluster_id: str, pool_id: str) -> Response:
        """List them."""
        cloud = cloud_for(request)
        cloud.node_pool(cluster_id, pool_id)  # an unknown pool is not found, rather than empty
        return Response({"items": nodes_of(cloud, cluster_id, pool_id)})
