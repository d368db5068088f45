"""Changes of live pools: update and deletion. Both may be sent again: the same call leads to the same pool."""

from typing import Any

from webapp.accounts.models import User
from webapp.audit.trail import note
from webapp.cloud.client import Cloud
from webapp.cloud.errors import CloudError
from webapp.cloud.tokens import CloudSession
from webapp.nodepool.changes import update_body
from webapp.nodepool.pointers import JSON
from webapp.pools.status import forget_interval, status_row


def update(session: CloudSession, cluster_id: str, pool_id: str, wanted: JSON, *, by: User) -> None:
    """Make a pool what `wanted`, a whole body, says. Raises CloudError."""
    _done(session, "cloud.pool_updated", cluster_id, pool_id, by, wanted)


def delete(session: CloudSession, cluster_id: str, pool_id: str, *, by: User) -> None:
    """Delete a pool with its nodes; one that is gone already or on its way is fine. Raises CloudError."""
    _done(session, "cloud.pool_deleted", cluster_id, pool_id, by, None)


def _done(session: CloudSession, act: str, cluster_id: str, pool_id: str, by: User, wanted: JSON) -> None:  # noqa: PLR0913, PLR0917
    """Make the call, and write down how it ended."""
    cloud, outcome = Cloud(session), dict[str, Any]()
    try:
        if wanted is None:
            cloud.delete_node_pool(cluster_id, pool_id)
        else:
            cloud.update_node_pool(cluster_id, pool_id, update_body(wanted))
    except CloudError as error:
        outcome = {"status": error.status, "code": error.code, "request_id": error.request_id}
        if wanted is not None or not _is_on_its_way(cloud, cluster_id, pool_id, error):
            raise
    finally:
        note(act, by=by, about=f"pool {pool_id}", after={"cluster": cluster_id, **(outcome or {"status": "done"})})
    forget_interval(status_row(session.project_id, cluster_id, pool_id))


def _is_on_its_way(cloud: Cloud, cluster_id: str, pool_id: str, refusal: CloudError) -> bool:
    """Whether a deletion was refused because the pool is gone, or being deleted: a second one is (NP-LIFE-01)."""
    if refusal.status not in (400, 409):
        return refusal.status == 404
    try:
        status = cloud.node_pool(cluster_id, pool_id).get("status")
    except CloudError as error:
        return error.status == 404  # it went just now
    return isinstance(status, dict) and status.get("phase") == "Deleting"
