"""Watching pools: however many people look, the cloud is asked once in an interval."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from webapp.cloud.client import Cloud
from webapp.cloud.errors import CloudError
from webapp.cloud.tokens import CloudSession
from webapp.cloud.transport import longest_s
from webapp.nodepool.schema import Node
from webapp.pools.models import ClusterWatch, PoolStatus, StatusChange
from webapp.pools.phases import GONE, Condition, condition_of, counts_of
from webapp.rows import first

_SLOWER = 3
# Fixed statements: every page and poll asks them.
_STATUS = "SELECT * FROM pools_poolstatus WHERE project_id = %s AND cluster_id = %s AND pool_id = %s"
_WATCH = "SELECT * FROM pools_clusterwatch WHERE project_id = %s AND cluster_id = %s"
_GLANCE = """
    SELECT id, version, asked_at FROM pools_poolstatus WHERE project_id = %s AND cluster_id = %s AND pool_id = %s
"""


def status_of(
    session: CloudSession | None, project_id: str, cluster_id: str, pool_id: str, *, was_there: bool = False
) -> PoolStatus:
    """Return the last known state of a pool, asked for anew when the interval is over and there is a token.

    All pools of a cluster are asked for together. One that nobody has asked for yet is asked for alone, once. One that
    `was_there` for sure, whether anybody has looked at it or not, is gone where the cloud does not know it.
    """
    status = status_row(project_id, cluster_id, pool_id)
    if session is not None and session.project_id == project_id and not status.is_gone:
        watch = _watch(project_id, cluster_id)
        if _claimed(watch):
            _ask_for_all(watch, session)
            status.refresh_from_db()
        if status.asked_at is None and not _is_under_way(watch) and _claimed(status):
            _ask_alone(status, session)
    if was_there and is_unknown(status):
        _keep(status, is_gone=True, problem=None)
    return status


def _watch(project_id: str, cluster_id: str) -> ClusterWatch:
    known = first(ClusterWatch, _WATCH, [project_id, cluster_id])
    return known or ClusterWatch.objects.get_or_create(project_id=project_id, cluster_id=cluster_id)[0]


def is_unknown(status: PoolStatus) -> bool:
    """Whether the cloud says that there is no such pool, and nobody has ever seen it."""
    return status.document is None and not status.is_gone and (status.problem or {}).get("status") == 404


def status_row(project_id: str, cluster_id: str, pool_id: str) -> PoolStatus:
    """Return what is kept about a pool, without asking the cloud."""
    known = first(PoolStatus, _STATUS, [project_id, cluster_id, pool_id])
    return known or PoolStatus.objects.get_or_create(project_id=project_id, cluster_id=cluster_id, pool_id=pool_id)[0]


def answered_with(project_id: str, cluster_id: str, document: dict[str, Any]) -> None:
    """Keep a new pool as the cloud describes it in its answer to the order: nobody has to ask for it at once."""
    if not document.get("spec") or not document.get("status"):
        return
    now, place = timezone.now(), {"project_id": project_id, "cluster_id": cluster_id}
    known = {"document": document, "asked_at": now, "answered_at": now, "version": 1}
    with suppress(IntegrityError), transaction.atomic():  # somebody may have found it in a list meanwhile
        status = PoolStatus.objects.create(**place, pool_id=str(document["metadata"]["uid"]), **known)
        StatusChange.objects.create(status=status, text=_words(status)[0])


def glance_at(project_id: str, cluster_id: str, pool_id: str) -> PoolStatus | None:
    """Return of what is kept about a pool only its version, and when the cloud was asked; None where nothing is."""
    return first(PoolStatus, _GLANCE, [project_id, cluster_id, pool_id])


def is_due(status: PoolStatus | ClusterWatch) -> bool:
    """Whether the cloud may be asked again."""
    return status.asked_at is None or status.asked_at <= _due()


def condition(status: PoolStatus) -> Condition:
    """Return a pool's state in words."""
    return GONE if status.is_gone else condition_of(status.document or {})


def interval_s(status: PoolStatus) -> float:
    """Return how long to wait before asking again: longer when nothing moves."""
    return settings.POLL_INTERVAL_S * (1 if condition(status).is_moving else _SLOWER)


def is_news(status: PoolStatus) -> bool:
    """Whether the last question about a pool was answered; it was not where the pool was changed since."""
    return bool(status.asked_at and status.answered_at and status.answered_at >= status.asked_at)


def was_changed(project_id: str, cluster_id: str, pool_id: str) -> None:
    """Note that a pool was changed now: no answer of before tells of it, and the next look asks the cloud at once."""
    known = {"asked_at": timezone.now()}
    PoolStatus.objects.update_or_create(project_id=project_id, cluster_id=cluster_id, pool_id=pool_id, defaults=known)
    ClusterWatch.objects.filter(project_id=project_id, cluster_id=cluster_id).update(asked_at=None)


def _claimed(row: PoolStatus | ClusterWatch) -> bool:
    """Whether this caller is the one who asks the cloud now; where somebody was faster, the row says what they did."""
    if not is_due(row):  # most watchers: no need to write
        return False
    now = timezone.now()
    free = type(row)._default_manager.filter(Q(asked_at__isnull=True) | Q(asked_at__lte=_due()), pk=row.pk)
    if not free.update(asked_at=now):
        row.refresh_from_db()
        return False
    row.asked_at = now
    return True


def _due() -> datetime:
    """Return when the cloud must have been asked for it to be asked again now."""
    return timezone.now() - timedelta(seconds=settings.POLL_INTERVAL_S * 0.9)


def _is_under_way(watch: ClusterWatch) -> bool:
    """Whether somebody has asked for all pools of a cluster and waits for the answer."""
    if watch.asked_at is None or (watch.answered_at and watch.answered_at >= watch.asked_at):
        return False
    return watch.asked_at > timezone.now() - timedelta(seconds=longest_s())


def _ask_alone(status: PoolStatus, session: CloudSession) -> None:
    cloud = Cloud(session)
    try:
        document = cloud.node_pool(status.cluster_id, status.pool_id)
    except CloudError as exc:
        if exc.status == 404 and status.document:
            _keep(status, is_gone=True, problem=None)
        else:
            _keep(status, problem=exc.as_dict())
        return
    _keep(status, document=document, problem=None)
    if condition(status).is_bad:
        ask_for_nodes(status, cloud)


def ask_for_nodes(status: PoolStatus, cloud: Cloud) -> bool:
    """Keep the nodes that a pool has now, and say whether they could be read: of a failed one, they know why."""
    try:
        _keep(status, nodes=nodes_of(cloud, status.cluster_id, status.pool_id))
    except CloudError:
        return False
    return True


def _ask_for_all(watch: ClusterWatch, session: CloudSession) -> None:
    """Ask for the pools of a cluster, and for its nodes where they can have changed; keep what is new."""
    cloud = Cloud(session)
    try:
        found = {str(one["metadata"]["uid"]): one for one in cloud.node_pools(watch.cluster_id)}
        _begin_to_watch(watch, found)
        rows = _asked_before(watch)
        by_pool = _nodes_by_pool(cloud, watch) if _may_nodes_differ(watch, rows, found) else None
    except CloudError as exc:
        for one in _asked_before(watch):
            _keep(one, asked_at=timezone.now(), problem=exc.as_dict())
    else:
        _take_in(watch, found, by_pool)
    watch.answered_at = timezone.now()
    watch.save(update_fields=["answered_at", "nodes_at"])


def _begin_to_watch(watch: ClusterWatch, found: dict[str, dict[str, Any]]) -> None:
    """Make the rows of pools that nobody has looked at yet: when somebody does, they are known."""
    place = {"project_id": watch.project_id, "cluster_id": watch.cluster_id}
    known = set(PoolStatus.objects.filter(**place).values_list("pool_id", flat=True))
    made = (PoolStatus(**place, pool_id=one) for one in found if one not in known)
    PoolStatus.objects.bulk_create(made, ignore_conflicts=True)


def _asked_before(watch: ClusterWatch) -> list[PoolStatus]:
    """Return the pools of which an answer to the question that is under way is news: not those changed since."""
    place = {"project_id": watch.project_id, "cluster_id": watch.cluster_id, "is_gone": False}
    is_older = Q(asked_at__lte=watch.asked_at) | Q(asked_at=None, document__isnull=True)
    return list(PoolStatus.objects.filter(is_older, **place))


def _may_nodes_differ(watch: ClusterWatch, rows: list[PoolStatus], found: dict[str, dict[str, Any]]) -> bool:
    """Whether a pool moves, or its state or counters have changed; where all stand still, their nodes do."""
    pairs = [(one.document or {}, found[one.pool_id]) for one in rows if one.pool_id in found]
    return watch.nodes_at is None or any(condition_of(new).is_moving or _differ(old, new) for old, new in pairs)


def _differ(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return condition_of(old) != condition_of(new) or counts_of(old) != counts_of(new)


def _nodes_by_pool(cloud: Cloud, watch: ClusterWatch) -> dict[str, list[dict[str, Any]]]:
    watch.nodes_at = timezone.now()
    by_pool: dict[str, list[dict[str, Any]]] = {}
    for one in cloud.nodes(watch.cluster_id):
        by_pool.setdefault(Node.model_validate(one).pool_id, []).append(one)
    return by_pool


def _take_in(
    watch: ClusterWatch, found: dict[str, dict[str, Any]], by_pool: dict[str, list[dict[str, Any]]] | None
) -> None:
    """Keep what a list says about pools; one that it does not hold is gone, or never was."""
    unchanged = []
    for one in _asked_before(watch):
        document = found.get(one.pool_id)
        nodes = one.nodes if by_pool is None else by_pool.get(one.pool_id, [])
        if document is not None and (document, nodes, None) == (one.document, one.nodes, one.problem):
            unchanged.append(one.pk)
        elif document is not None:
            _keep(one, asked_at=timezone.now(), document=document, nodes=nodes, problem=None)
        elif one.document or (one.asked_at and not is_unknown(one)):  # somebody has seen it, or changed it
            _keep(one, asked_at=timezone.now(), is_gone=True, problem=None)
    # Most of a cluster's pools, by one statement; not those that were changed in the meantime.
    now, alike = timezone.now(), PoolStatus.objects.filter(pk__in=unchanged, asked_at__lte=watch.asked_at)
    alike.update(asked_at=now, answered_at=now)


def nodes_of(cloud: Cloud, cluster_id: str, pool_id: str) -> list[dict[str, Any]]:
    """Return the nodes of a cluster that belong to a pool (docs/cloud-api.md 2.7). Raises CloudError."""
    return [one for one in cloud.nodes(cluster_id) if Node.model_validate(one).pool_id == pool_id]


def _keep(status: PoolStatus, **facts: Any) -> None:
    """Store an answer, unless others have asked since or the pool was changed; what is new in it becomes an event."""
    before, asked_at = _words(status), status.asked_at
    for name, value in facts.items():
        setattr(status, name, value)
    after = _words(status)
    if facts.get("problem") is None:
        status.answered_at = timezone.now()
    status.version += after != before
    facts |= {"answered_at": status.answered_at, "version": status.version}
    with transaction.atomic():  # an event and the state that it tells of, by one turn at the database's one lock
        if not PoolStatus.objects.filter(pk=status.pk, asked_at=asked_at).update(**facts):
            status.refresh_from_db()
        elif status.document and after[0] != before[0]:
            StatusChange.objects.create(status=status, text=after[0])


def _words(status: PoolStatus) -> tuple[str, ...]:
    """Return what a person would see change: the state and counters, and the phase of each node."""
    if not status.document:
        return ("", str(bool(status.problem)))
    counts = counts_of(status.document)
    text = f"{condition(status).word}: {counts.current} of {counts.wanted} nodes"
    text += f", {counts.creating} being created" if counts.creating else ""
    text += f", {counts.deleting} being deleted" if counts.deleting else ""
    nodes = (Node.model_validate(one) for one in status.nodes)
    return (text, str(bool(status.problem)), *(f"{one.metadata.name} {one.status.phase}" for one in nodes))
