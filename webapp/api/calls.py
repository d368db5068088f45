"""Reading what a call says: its members, its serializers, and the cluster that it is about."""

import re
from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from webapp.api.authentication import CLOUD_TOKEN, cloud_of_call
from webapp.api.errors import Invalid
from webapp.api.serializers import ID
from webapp.cloud.client import Cloud
from webapp.cloud.tokens import CloudSession
from webapp.nodepool import Cluster, pointers
from webapp.nodepool.pointers import JSON

member = pointers.join


class CloudTokenNeeded(PermissionDenied):
    """403: the call needs the cloud, and no token of it came along."""

    default_detail = f"This is asked for at the cloud: send a token of it as {CLOUD_TOKEN}."


def members_of(request: Request, *names: str) -> dict[str, JSON]:
    """Return the members of a call. Raises Invalid where it is no object or lacks one."""
    data = request.data
    if not isinstance(data, dict):
        raise Invalid([("", "Send a JSON object.")])
    missing = [(member(name), "This is needed.") for name in names if name not in data]
    if missing:
        raise Invalid(missing)
    return data


def read_by(form: type, data: JSON, at: str) -> dict[str, Any]:
    """Return what a serializer makes of a part of the call. Raises Invalid."""
    read = form(data=data)
    demand_known(form, data, at)
    if not read.is_valid():
        raise Invalid(_places(read.errors, at))
    found: dict[str, Any] = read.validated_data
    return found


def demand_known(form: type, data: JSON, at: str = "") -> None:
    """Raise Invalid for members that a serializer does not know: a name that was mistyped is not left out silently."""
    known = form().fields
    unknown = [name for name in data if name not in known] if isinstance(data, dict) else []
    if unknown:
        raise Invalid(
            [(at + member(name), f"There is no member of this name: {', '.join(known)}.") for name in unknown]
        )


def cloud_for(request: Request) -> Cloud:
    """Return the cloud for a call. Raises CloudTokenNeeded, CloudError."""
    return Cloud(_session_of(request))


def live_cluster(request: Request, cluster_id: JSON, at: str = "/cluster_id") -> tuple[CloudSession, Cluster]:
    """Return the cloud session of a call, and a cluster of its project as it is now.

    Raises Invalid, CloudTokenNeeded, CloudError.
    """
    if not isinstance(cluster_id, str) or not re.fullmatch(ID, cluster_id):
        raise Invalid([(at, "Send the id of a cluster.")])
    session = _session_of(request)
    cloud = Cloud(session)
    return session, Cluster.from_api(cloud.cluster(cluster_id)).with_nodes(len(cloud.nodes(cluster_id)))


def _session_of(request: Request) -> CloudSession:
    session = cloud_of_call(request)
    if session is None:
        raise CloudTokenNeeded
    return session


def _places(errors: Any, at: str) -> list[tuple[str, str]]:
    if isinstance(errors, dict):
        named = ((at if name == "non_field_errors" else at + member(name), one) for name, one in errors.items())
        return [place for where, one in named for place in _places(one, where)]
    return [(at, " ".join(str(one) for one in errors))]
