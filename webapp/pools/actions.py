"""Everything that writes: an order is sent at most once, and settled by looking when its answer is lost.

queued -> sending -> accepted | refused | unknown;  unknown -> accepted | refused | (sent again by a person)
sending -> queued, for a while, where the cloud does not answer or is too busy before anything was done

Whoever sends may be killed between any two statements. What it had written until then says what was done: an order
that is being sent but did not go out yet is queued again; one that went out is looked for, and never sent blindly.

Before an order goes out its name is looked up. A new one that was just looked for goes out as it is made (`begin`),
unless another order has its name: that one may have gone out since, so the name is looked up once more. No page of the
cloud's says that it takes one of two that come at once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from webapp.accounts.models import User
from webapp.audit.trail import note, together
from webapp.cloud.client import Cloud
from webapp.cloud.errors import MEANINGS, CloudError, OutcomeUnknown
from webapp.cloud.tokens import CloudSession
from webapp.cloud.transport import longest_s
from webapp.nodepool import Cluster
from webapp.nodepool.echo import is_echo_of
from webapp.nodepool.pointers import JSON
from webapp.pools.models import Creation
from webapp.pools.status import answered_with
from webapp.rows import objects
from webapp.telemetry import metrics

LOOKS_BEFORE_GIVING_UP = 3
State = Creation.State
_OUT = (State.SENDING, State.UNKNOWN)
# Fixed statements: each launch asks them.
_NAMED = "SELECT id, state, sent_at, pool_id FROM pools_creation WHERE cluster_id = %s AND name = %s ORDER BY id"
_IS_REFUSED = "SELECT 1 FROM pools_creation WHERE key = %s AND state = %s"


def lease() -> timedelta:
    """Return how long whoever sends may be silent: longer than the longest call; after that it is dead."""
    return timedelta(seconds=longest_s() + 10)


def submit(*, body: JSON, cluster: Cluster, by: User, key: str, session: CloudSession) -> Creation:
    """Return the one creation for a key, queued where it is new. Does not wait for the cloud."""
    return _made(body, cluster, by, key, session)[0]


def begin(*, body: JSON, cluster: Cluster, by: User, key: str, session: CloudSession) -> tuple[Creation, bool]:
    """Return the one creation for a key, and whether it goes out with the commit, by `post`; else `send` may send it.

    Its name was looked up just now, and was free.
    """
    now = timezone.now()
    named = Creation.objects.filter(cluster_id=cluster.id, name=body["metadata"]["name"])
    is_rivalled = named.exclude(state=State.REFUSED).exists()
    out = {} if is_rivalled else {"state": State.SENDING, "claimed_at": now, "sent_at": now}
    order, is_new = _made(body, cluster, by, key, session, **out)
    return order, is_new and not is_rivalled


def _made(
    body: JSON, cluster: Cluster, by: User, key: str, session: CloudSession, **more: Any
) -> tuple[Creation, bool]:
    what = {
        "author": by,
        "project_id": session.project_id,
        "cluster_id": cluster.id,
        "cluster_name": cluster.name,
        "name": body["metadata"]["name"],
        "body": body,
    }
    try:
        with transaction.atomic():  # nearly always it is new: looking first would be one statement more
            return Creation.objects.create(key=key, **what, **more), True
    except IntegrityError:
        return Creation.objects.get(key=key), False


def refused_of(content: str) -> list[int]:
    """Return how often each order for some content was looked for that was refused or given up."""
    with connection.cursor() as cursor:
        cursor.execute(_IS_REFUSED, [key_of(content, 0), State.REFUSED])
        if cursor.fetchone() is None:  # nearly always: a second one follows a first one that was refused
            return []
    return list(_refused(content).values_list("looks", flat=True))


def key_of(content: str, number: int) -> str:
    """Return the key of an order for some content, of which so many were refused before."""
    return f"{content}:{number}"


def _refused(content: str) -> QuerySet[Creation]:
    return Creation.objects.filter(key__startswith=f"{content}:", state=State.REFUSED)


def found_late(content: str, session: CloudSession) -> Creation | None:
    """Return an order for some content that was given up, where its pool is there after all. Raises CloudError."""
    creation = _refused(content).filter(looks__gt=0).order_by("-created_at").first()
    pool = Cloud(session).find_pool(creation.cluster_id, creation.name) if creation else None
    if creation is None or pool is None or not is_echo_of(pool, creation.body):
        return None
    _recognise(creation, pool, State.REFUSED)
    return creation if creation.state == State.ACCEPTED else None


def send(creation: Creation, session: CloudSession) -> None:
    """Send a queued order, unless somebody else does or did."""
    if not _moved(creation, (State.QUEUED,), State.SENDING, claimed_at=timezone.now()):
        return
    if _is_wanted(creation, Cloud(session)) and _goes_out(creation):
        post(creation, session)


def _is_wanted(creation: Creation, cloud: Cloud) -> bool:
    """Look the name up before anything is sent; settle the order where that decides it."""
    was_out = bool(creation.looks)
    try:
        pool = cloud.find_pool(creation.cluster_id, creation.name)
    except CloudError as exc:
        if was_out:
            _ended(creation, (State.SENDING,), State.UNKNOWN, problem=exc.as_dict())
        else:
            _not_done(creation, (State.SENDING,), exc)
        return False
    if pool is not None and was_out:
        _recognise(creation, pool, State.SENDING)
    elif pool is not None:
        _ended(creation, (State.SENDING,), State.REFUSED, problem=problem_of("NP-NAME-04"))
    return pool is None


def _goes_out(creation: Creation) -> bool:
    """Write down that the order goes out now; False where the sender was too slow and counts as dead."""
    mine = Creation.objects.filter(pk=creation.pk, state=State.SENDING, claimed_at=creation.claimed_at)
    now = timezone.now()
    if not mine.update(claimed_at=now, sent_at=now):
        creation.refresh_from_db()
        return False
    creation.claimed_at = creation.sent_at = now
    return True


def post(creation: Creation, session: CloudSession, *, then: Callable[[], None] | None = None) -> None:
    """Send an order that goes out, and write down what the cloud says: that counts, whatever was thought meanwhile.

    What is to be done `then`, where the cloud has accepted it, is done in the same transaction.
    """
    try:
        answer = Cloud(session).create_node_pool(creation.cluster_id, creation.body)
    except OutcomeUnknown as exc:
        _ended(creation, (State.SENDING,), State.UNKNOWN, problem=exc.as_dict())
    except CloudError as exc:
        _not_done(creation, _OUT, exc)
    else:
        if (answer.get("metadata") or {}).get("uid"):
            _accept(creation, (*_OUT, State.REFUSED), answer, then)
        else:
            _ended(creation, (State.SENDING,), State.UNKNOWN)


def _not_done(creation: Creation, sources: tuple[State, ...], error: CloudError) -> None:
    """Write down that the cloud has done nothing: for good, or for now, so that it is sent in a moment.

    That the name is taken may mean that an earlier try has worked: where there was one, that is looked for.
    """
    if error.status == HTTPStatus.CONFLICT and creation.looks:  # the one that was lost has arrived meanwhile
        _ended(creation, sources, State.UNKNOWN, problem=error.as_dict())
    elif error.is_passing and not is_long_ago(creation.created_at):
        _moved(creation, sources, State.QUEUED, problem=error.as_dict(), sent_at=None)
    else:
        _ended(creation, sources, State.REFUSED, problem=error.as_dict())


def look(creation: Creation, session: CloudSession) -> None:
    """Settle an order whose answer was lost, by looking its name up in the cluster. Raises CloudError."""
    _give_up_on_the_dead(creation)
    if creation.state != State.UNKNOWN:
        return
    found = Cloud(session).find_pool(creation.cluster_id, creation.name)
    if found is not None:
        _recognise(creation, found, State.UNKNOWN)
        return
    looks = min(creation.looks + 1, 1000)
    _moved(creation, (State.UNKNOWN,), State.UNKNOWN, looks=looks)
    if looks >= LOOKS_BEFORE_GIVING_UP and is_long_ago(creation.sent_at or creation.created_at):
        _ended(creation, (State.UNKNOWN,), State.REFUSED, problem=problem_of("never-arrived"))


def is_unsent(creation: Creation) -> bool:
    """Whether an order came to nothing for its token alone: it was never out, and says nothing against the pool."""
    status = (creation.problem or {}).get("status")
    return creation.state == State.REFUSED and not creation.looks and status == HTTPStatus.UNAUTHORIZED


def send_again(creation: Creation, session: CloudSession) -> None:
    """Queue an order again that was looked for in vain; it looks once more before it sends. Raises CloudError."""
    look(creation, session)
    if creation.state == State.UNKNOWN and creation.looks >= LOOKS_BEFORE_GIVING_UP:
        _moved(creation, (State.UNKNOWN,), State.QUEUED, problem=None)


def _recognise(creation: Creation, found: JSON, source: State) -> None:
    """Settle an order by a pool of its name: it is ours where it is what was asked for and nobody else's.

    While another order of this name is out, the pool may be its own: then nothing is settled.
    """
    with transaction.atomic():
        if any(state == State.SENDING and sent_at for state, sent_at, _ in _rivals(creation)):
            if source == State.SENDING:
                _moved(creation, (source,), State.UNKNOWN)
        elif is_echo_of(found, creation.body):
            _accept(creation, (source,), found)
        else:
            _ended(creation, (source,), State.REFUSED, problem=problem_of("NP-NAME-04"))


def _accept(
    creation: Creation,
    sources: tuple[State, ...],
    document: dict[str, Any],
    then: Callable[[], None] | None = None,
) -> None:
    """Write down that the pool of a document is the order's; it is not where it is another order's already."""
    pool_id = str(document["metadata"]["uid"])
    with together():
        if any(theirs == pool_id for _, _, theirs in _rivals(creation)):
            _ended(creation, sources, State.REFUSED, problem=problem_of("NP-NAME-04"))
        else:
            _ended(creation, sources, State.ACCEPTED, pool_id=pool_id, problem=None)
            answered_with(creation.project_id, creation.cluster_id, document)
        if then and creation.state == State.ACCEPTED:
            then()


def _rivals(creation: Creation) -> list[tuple[str, datetime | None, str]]:
    """Return state, time of sending and pool of the other orders of this name, which wait for each other from now on.

    The order itself is among those that wait: a pool is settled for one of them at a time. A request that is given one
    of them does not wait (NO KEY): its own row may be what is written next.
    """
    lock = " FOR NO KEY UPDATE" if connection.features.has_select_for_update else ""
    rows = objects(Creation, _NAMED + lock, [creation.cluster_id, creation.name])
    return [(one.state, one.sent_at, one.pool_id) for one in rows if one.pk != creation.pk]


def _give_up_on_the_dead(creation: Creation) -> None:
    """Take an order from a sender that has not come back: queued again where nothing went out, else looked for."""
    alive_at = creation.claimed_at or creation.sent_at
    if creation.state != State.SENDING or (alive_at and alive_at >= timezone.now() - lease()):
        return
    mine = Creation.objects.filter(pk=creation.pk, state=State.SENDING, claimed_at=creation.claimed_at)
    mine.update(state=State.UNKNOWN if creation.sent_at else State.QUEUED)
    creation.refresh_from_db()


def is_long_ago(moment: datetime) -> bool:
    """Whether what was begun then has had its time: what went out would have been seen, what passes has passed."""
    return moment < timezone.now() - timedelta(seconds=settings.SETTLE_WITHIN_S)


def _ended(creation: Creation, sources: tuple[State, ...], target: State, **facts: Any) -> None:
    """Move an order to what came of it, and write that down."""
    if target != State.UNKNOWN:
        facts["settled_at"] = timezone.now()
    with transaction.atomic(savepoint=False):
        if _moved(creation, sources, target, **facts):
            _note(creation)


def _note(creation: Creation) -> None:
    problem = creation.problem or {}
    outcome = {name: problem.get(name) for name in ("status", "code", "request_id") if problem.get(name)}
    after = {"cluster": creation.cluster_id, "outcome": creation.state, **outcome, "pool": creation.pool_id}
    note("cloud.pool_created", by=creation.author, about=f"pool {creation.name}", after=after)


def _moved(creation: Creation, sources: tuple[State, ...], target: State, **facts: Any) -> bool:
    """Move an order from one state to the next; only one caller can."""
    if not Creation.objects.filter(pk=creation.pk, state__in=sources).update(state=target, **facts):
        creation.refresh_from_db()
        return False
    for name, value in {"state": target, **facts}.items():
        setattr(creation, name, value)
    metrics.LAUNCHES.labels(target.value).inc()
    return True


def problem_of(code: str) -> dict[str, Any]:
    """Return a failure that the portal itself has a word for, as JSON keeps it."""
    meaning = MEANINGS[code]
    return CloudError(meaning.message, remedy=meaning.remedy, code=code, pointer=meaning.pointer).as_dict()
