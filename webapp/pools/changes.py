"""Changes of live pools: update and deletion. Both may be sent again: the same call leads to the same pool.

Where the answer is lost, or says that it was done before, the live pool tells whether it has worked.
"""

from typing import Any

from webapp.accounts.models import User
from webapp.audit.trail import note
from webapp.cloud.client import Cloud
from webapp.cloud.errors import CloudError, OutcomeUnknown
from webapp.cloud.tokens import CloudSession
from webapp.nodepool import pointers
from webapp.nodepool.changes import is_as_asked, update_body
from webapp.nodepool.pointers import JSON
from webapp.pools.status import was_changed


def update(session: CloudSession, cluster_id: str, pool_id: str, wanted: JSON, *, by: User) -> None:
    """Make a pool what `wanted`, a whole body, says. Raises CloudError; OutcomeUnknown when it is not seen to be so."""
    _done(session, "cloud.pool_updated", cluster_id, pool_id, by, wanted)


def delete(session: CloudSession, cluster_id: str, pool_id: str, *, by: User) -> None:
    """Delete a pool with its nodes; one that is gone already or on its way is fine. Raises CloudError as `update`."""
    _done(session, "cloud.pool_deleted", cluster_id, pool_id, by, None)


def is_so(session: CloudSession, cluster_id: str, pool_id: str, wanted: JSON) -> bool:
    """Whether a pool is what a change to `wanted`, or for None a deletion, makes of it. Raises CloudError."""
    return _is_so(Cloud(session), cluster_id, pool_id, wanted)


def is_done(live: JSON, wanted: JSON) -> bool:
    """Whether a pool, as the cloud answers it, is what `wanted` says; for None, whether it is on its way out."""
    return pointers.get(live, "/status/phase") == "Deleting" if wanted is None else is_as_asked(live, wanted)


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
        if not _has_worked(cloud, cluster_id, pool_id, wanted, error):
            raise
        outcome["seen"] = "done"
    finally:
        note(act, by=by, about=f"pool {pool_id}", after={"cluster": cluster_id, **(outcome or {"status": "done"})})
    was_changed(session.project_id, cluster_id, pool_id)


def _has_worked(cloud: Cloud, cluster_id: str, pool_id: str, wanted: JSON, error: CloudError) -> bool:
    """Whether a change that was not confirmed is done: an earlier try may have worked, a second deletion is refused."""
    if not isinstance(error, OutcomeUnknown) and error.status not in (400, 404, 409):
        return False
    try:
        return _is_so(cloud, cluster_id, pool_id, wanted)
    except CloudError:
        return False


def _is_so(cloud: Cloud, cluster_id: str, pool_id: str, wanted: JSON) -> bool:
    """Whether a pool is what `wanted` says; for None, whether it is gone or on its way (NP-LIFE-01)."""
    try:
        live = cloud.node_pool(cluster_id, pool_id)
    except CloudError as error:
        if wanted is None and error.status == 404:
            return True
        raise
    return is_done(live, wanted)
