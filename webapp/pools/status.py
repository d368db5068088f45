"""Watching pools: however many people look, the cloud is asked once in an interval."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from webapp.cloud.client import Cloud
from webapp.cloud.errors import CloudError
from webapp.cloud.tokens import CloudSession
from webapp.nodepool.schema import Node
from webapp.pools.models import PoolStatus, StatusChange
from webapp.pools.phases import GONE, Condition, condition_of, counts_of

_SLOWER = 3


def status_of(session: CloudSession | None, project_id: str, cluster_id: str, pool_id: str) -> PoolStatus:
    """Return the last known state of a pool, asked for anew when the interval is over and there is a token."""
    status = status_row(project_id, cluster_id, pool_id)
    if session is not None and session.project_id == project_id and not status.is_gone and _claimed(status):
        _ask(status, session)
    return status


def status_row(project_id: str, cluster_id: str, pool_id: str) -> PoolStatus:
    """Return what is kept about a pool, without asking the cloud."""
    return PoolStatus.objects.get_or_create(project_id=project_id, cluster_id=cluster_id, pool_id=pool_id)[0]


def condition(status: PoolStatus) -> Condition:
    """Return a pool's state in words."""
    return GONE if status.is_gone else condition_of(status.document or {})


def interval_s(status: PoolStatus) -> float:
    """Return how long to wait before asking again: longer when nothing moves."""
    return settings.POLL_INTERVAL_S * (1 if condition(status).is_moving else _SLOWER)


def forget_interval(status: PoolStatus) -> None:
    """Let the next look ask the cloud at once: something was just changed."""
    PoolStatus.objects.filter(pk=status.pk).update(asked_at=None)


def _claimed(status: PoolStatus) -> bool:
    """Whether this caller is the one who asks the cloud now."""
    now = timezone.now()
    due = now - timedelta(seconds=settings.POLL_INTERVAL_S * 0.9)
    free = PoolStatus.objects.filter(Q(asked_at__isnull=True) | Q(asked_at__lte=due), pk=status.pk)
    return bool(free.update(asked_at=now))


def _ask(status: PoolStatus, session: CloudSession) -> None:
    cloud = Cloud(session)
    try:
        document = cloud.node_pool(status.cluster_id, status.pool_id)
        nodes = nodes_of(cloud, status.cluster_id, status.pool_id)
    except CloudError as exc:
        if exc.status == 404 and status.document:
            _keep(status, is_gone=True, problem=None)
        else:
            _keep(status, problem=exc.as_dict())
        return
    _keep(status, document=document, nodes=nodes, problem=None)


def nodes_of(cloud: Cloud, cluster_id: str, pool_id: str) -> list[dict[str, Any]]:
    """Return the nodes of a cluster that belong to a pool (docs/cloud-api.md 2.7). Raises CloudError."""
    return [one for one in cloud.nodes(cluster_id) if Node.model_validate(one).pool_id == pool_id]


def _keep(status: PoolStatus, **facts: Any) -> None:
    """Store an answer; what differs from the last one becomes an event."""
    before = _words(status)
    for name, value in facts.items():
        setattr(status, name, value)
    after = _words(status)
    if facts.get("problem") is None:
        status.answered_at = timezone.now()
    if after != before:
        status.version += 1
        if status.document and after[0] != before[0]:
            StatusChange.objects.create(status=status, text=after[0])
    status.save(update_fields=["document", "nodes", "is_gone", "problem", "answered_at", "version"])


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
