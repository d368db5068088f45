"""Everything that writes: an order is sent at most once, and settled by looking when its answer is lost.

queued -> sending -> accepted | refused | unknown;  unknown -> accepted | refused | (sent again by a person)
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from webapp.accounts.models import User
from webapp.audit.trail import note
from webapp.cloud.client import Cloud
from webapp.cloud.errors import MEANINGS, CloudError, OutcomeUnknown
from webapp.cloud.tokens import CloudSession
from webapp.nodepool import Cluster
from webapp.nodepool.pointers import JSON
from webapp.nodepool.shells import as_the_cloud_keeps_it
from webapp.pools.models import Creation
from webapp.telemetry import metrics

LEASE = timedelta(seconds=90)  # longer than the longest call: whoever sends for longer is dead
LOOKS_BEFORE_GIVING_UP = 3
State = Creation.State


def submit(*, body: JSON, cluster: Cluster, by: User, key: str, session: CloudSession) -> Creation:
    """Return the one creation for a key, and send it if nobody has yet. Does not wait for the cloud."""
    creation, _ = Creation.objects.get_or_create(
        key=key,
        defaults={
            "author": by,
            "project_id": session.project_id,
            "cluster_id": cluster.id,
            "cluster_name": cluster.name,
            "name": body["metadata"]["name"],
            "body": body,
        },
    )
    return creation


def key_of(content: str) -> str:
    """Return the key of an order for some content: a new one only when the last one was refused."""
    refused = Creation.objects.filter(key__startswith=f"{content}:", state=State.REFUSED).count()
    return f"{content}:{refused}"


def send(creation: Creation, session: CloudSession) -> None:
    """Send a queued order, unless somebody else does or did."""
    if not _moved(creation, State.QUEUED, State.SENDING, sent_at=timezone.now()):
        return
    _send_claimed(creation, session)
    problem = creation.problem or {}
    outcome = {name: problem.get(name) for name in ("status", "code", "request_id") if problem.get(name)}
    about, after = f"pool {creation.name}", {"cluster": creation.cluster_id, "outcome": creation.state, **outcome}
    note("cloud.pool_created", by=creation.author, about=about, after=after | {"pool": creation.pool_id})


def _send_claimed(creation: Creation, session: CloudSession) -> None:
    cloud = Cloud(session)
    try:
        if cloud.find_pool(creation.cluster_id, creation.name):
            _settle(creation, State.SENDING, State.REFUSED, problem=_conflict())
            return
    except CloudError as exc:  # nothing was sent yet
        _settle(creation, State.SENDING, State.REFUSED, problem=exc.as_dict())
        return
    try:
        answer = cloud.create_node_pool(creation.cluster_id, creation.body)
    except OutcomeUnknown as exc:
        _moved(creation, State.SENDING, State.UNKNOWN, problem=exc.as_dict(), looks=0)
    except CloudError as exc:
        _settle(creation, State.SENDING, State.REFUSED, problem=exc.as_dict())
    else:
        pool_id = str((answer.get("metadata") or {}).get("uid") or "")
        if pool_id:
            _settle(creation, State.SENDING, State.ACCEPTED, pool_id=pool_id, problem=None)
        else:
            _moved(creation, State.SENDING, State.UNKNOWN, looks=0)


def look(creation: Creation, session: CloudSession) -> None:
    """Settle an order whose answer was lost, by looking its name up in the cluster. Raises CloudError."""
    _give_up_on_the_dead(creation)
    if creation.state != State.UNKNOWN:
        return
    found = Cloud(session).find_pool(creation.cluster_id, creation.name)
    if found is None:
        _moved(creation, State.UNKNOWN, State.UNKNOWN, looks=min(creation.looks + 1, 1000))
    elif is_echo_of(creation.body, found):
        pool_id = str(found["metadata"]["uid"])
        _settle(creation, State.UNKNOWN, State.ACCEPTED, pool_id=pool_id, problem=None)
    else:
        _settle(creation, State.UNKNOWN, State.REFUSED, problem=_conflict())


def send_again(creation: Creation, session: CloudSession) -> None:
    """Queue an order again that was looked for in vain; it looks once more before it sends. Raises CloudError."""
    look(creation, session)
    if creation.state == State.UNKNOWN and creation.looks >= LOOKS_BEFORE_GIVING_UP:
        _moved(creation, State.UNKNOWN, State.QUEUED, problem=None)


def is_echo_of(body: JSON, found: JSON) -> bool:
    """Whether a pool is what a body asked for: everything that was sent is there; the cloud may have added more."""
    sent = as_the_cloud_keeps_it(body)
    return _contains(found.get("spec"), sent.get("spec"))


def _contains(found: Any, sent: Any) -> bool:
    if isinstance(sent, dict):
        return isinstance(found, dict) and all(_contains(found.get(key), value) for key, value in sent.items())
    if isinstance(sent, list):
        pairs = zip(found, sent, strict=False) if isinstance(found, list) and len(found) == len(sent) else None
        return pairs is not None and all(_contains(one, other) for one, other in pairs)
    return bool(found == sent)


def _give_up_on_the_dead(creation: Creation) -> None:
    """Count an order as unknown whose sender has not come back."""
    if creation.state == State.SENDING and creation.sent_at and creation.sent_at < timezone.now() - LEASE:
        _moved(creation, State.SENDING, State.UNKNOWN, looks=0)


def _settle(creation: Creation, source: State, target: State, **facts: Any) -> None:
    _moved(creation, source, target, settled_at=timezone.now(), **facts)


def _moved(creation: Creation, source: State, target: State, **facts: Any) -> bool:
    """Move an order from one state to the next; only one caller can."""
    changed = Creation.objects.filter(pk=creation.pk, state=source).update(state=target, **facts)
    creation.refresh_from_db()
    metrics.LAUNCHES.labels(target.value).inc(changed)
    return bool(changed)


def _conflict() -> dict[str, Any]:
    code = "NP-NAME-04"
    meaning = MEANINGS[code]
    return CloudError(meaning.message, remedy=meaning.remedy, code=code, pointer=meaning.pointer).as_dict()
