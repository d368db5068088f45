"""Pick lists: what can be chosen at the cloud, as the person's token sees it."""

import re
from dataclasses import asdict, is_dataclass
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.api.calls import cloud_for
from webapp.api.describing import described
from webapp.api.errors import Invalid
from webapp.api.serializers import ID, PickListSerializer
from webapp.cloud.client import Cloud
from webapp.cloud.errors import TokenRejected
from webapp.cloud.picklists import NAMES, pick_lists
from webapp.nodepool import Cluster

_NAME = OpenApiParameter("name", str, OpenApiParameter.PATH, enum=list(NAMES))
_CLUSTER = OpenApiParameter(
    "cluster_id", str, pattern=ID, description="Narrows subnets down to the cluster's VPC; pool_names needs it."
)


class PickListView(APIView):
    """A pick list."""

    @described(
        PickListSerializer,
        cloud=True,
        errors=[400],
        parameters=(_NAME, _CLUSTER),
        operation_id="pick_lists_get",
        tags=["Clusters and pools"],
        summary="Read a pick list",
        description="What can be chosen at one place of a body, with its age. Lists are kept for two minutes; where "
        "the cloud does not answer, the last copy comes with an error.",
    )
    def get(self, request: Request, name: str) -> Response:
        """Read it."""
        if name not in NAMES:
            raise NotFound(f"There is no such list. There are: {', '.join(NAMES)}.")
        cloud = cloud_for(request)
        found = pick_lists(cloud.session, [name], cluster=_cluster(request, cloud, name))[name]
        if isinstance(found.error, TokenRejected):
            raise found.error
        error = found.error.as_dict() if found.error else None
        items = [_plain(one) for one in found.items]
        return Response({"name": name, "items": items, "fetched_at": found.fetched_at, "error": error})


def _cluster(request: Request, cloud: Cloud, name: str) -> Cluster | None:
    said = request.query_params.get("cluster_id")
    if said is None and name != "pool_names":
        return None
    if not re.fullmatch(ID, said or ""):
        raise Invalid([("", "Name a cluster in the address: ?cluster_id= and its id.")])
    return Cluster.from_api(cloud.cluster(said or ""))


def _plain(item: Any) -> dict[str, Any]:
    """Return an item as a JSON object; a bare name becomes one."""
    facts = asdict(item) if is_dataclass(item) and not isinstance(item, type) else {"name": item}
    return {key: sorted(value) if isinstance(value, frozenset) else value for key, value in facts.items()}
