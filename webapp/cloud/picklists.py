"""Pick lists: fetched side by side, cached per project and person, with their age.

A page never waits long: what is not there in time goes on being fetched, for the next page.
"""

import pickle
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from webapp.cloud.breaker import breaker_of
from webapp.cloud.client import Cloud
from webapp.cloud.errors import CloudError, CloudUnreachable, LeftAlone, Refused, TokenRejected
from webapp.cloud.patience import left_s, patience
from webapp.cloud.tokens import CloudSession
from webapp.cloud.transport import longest_s
from webapp.nodepool.cluster import Cluster
from webapp.nodepool.facts import Facts, Subnet
from webapp.nodepool.pointers import get

FRESH_S, KEPT_S = 120, 24 * 3600
NOW_S = 10  # what was asked so short a time ago is what is now: a single answer may take longer
WAIT_S, WAIT_WITH_COPY_S = 2.5, 0.8  # for lists that nothing is known of, and for newer ones
_SUBNETS_COUNTED = 20
_LISTS = "pick lists", ""  # as a service that people wait for, whatever the services that they come from
_workers = ThreadPoolExecutor(max_workers=16, thread_name_prefix="picklist")
_under_way: dict[tuple[str, str], "Future[PickList]"] = {}
_lock = threading.Lock()


@dataclass(frozen=True, eq=False)
class PickList:
    """A list as it was at `fetched_at`; `error` says why it could not be had now.

    While nothing new was fetched it is the same object in this process: what is made of it can be kept by it.
    """

    items: tuple[Any, ...]
    fetched_at: datetime
    error: CloudError | None = None


def pick_lists(  # noqa: PLR0913 - one keyword each
    session: CloudSession,
    names: Iterable[str],
    *,
    cluster: Cluster | None = None,
    refresh: bool = False,
    fresh_s: float | None = None,
    wait_s: float | None = None,
) -> dict[str, PickList]:
    """Return lists by name: the fields of `Facts`, and `clusters`.

    What cannot be had is empty and carries its error, or is the copy of before with its age. Younger than `fresh_s`
    a copy is not asked for anew (without it: two minutes), unless by `refresh`. `wait_s` is how long to wait for the
    cloud; without it as long as a person may wait for a page. Raises nothing.
    """
    fresh_s = FRESH_S if fresh_s is None else fresh_s
    keys = {name: _key(session, name, cluster) for name in names}
    known: dict[str, bytes] = cache.get_many(keys.values())
    found = {name: _unpacked(known[key]) for name, key in keys.items() if key in known}
    missing = [name for name in keys if refresh or name not in found or not _is_fresh(found[name], fresh_s)]
    jobs = {name: _job(keys[name], name, session, cluster) for name in missing}
    if wait_s is None:
        _wait_a_moment(jobs.values(), WAIT_WITH_COPY_S if set(missing) <= set(found) and not refresh else WAIT_S)
    else:
        wait(jobs.values(), timeout=min(wait_s, left_s()))
    for name, job in jobs.items():
        fetched = job.result() if job.done() else PickList((), timezone.now(), _slow())
        found[name] = replace(found[name], error=fetched.error) if fetched.error and name in found else fetched
    return found


def nodes_now(session: CloudSession, cluster_id: str) -> int:
    """Return how many nodes a cluster has; who was told a few seconds ago is told the same. Raises CloudError."""
    key = f"nodes:{session.project_id}:{session.user_id}:{cluster_id}"
    count: int | None = cache.get(key)
    if count is None:
        count = len(Cloud(session).nodes(cluster_id))
        cache.set(key, count, NOW_S)
    return count


def cluster_now(session: CloudSession, cluster_id: str) -> Cluster:
    """Return a cluster as it is now, of the list that was asked for a few seconds ago. Raises CloudError."""
    found = pick_lists(session, ("clusters",), fresh_s=NOW_S, wait_s=longest_s())["clusters"]
    if found.error:
        raise found.error
    listed = next((one for one in found.items if one.id == cluster_id), None)
    return listed or Cluster.from_api(Cloud(session).cluster(cluster_id))


def pools_of(session: CloudSession, cluster_id: str) -> tuple[Cluster, PickList]:
    """Return a cluster and its node pools, as the cloud answers them, asked for side by side.

    What cannot be had in time is the copy of before, and `error` says why. Raises CloudError where there is no copy, or
    the cloud says no.
    """
    lists = pick_lists(session, ("clusters", "pools"), cluster=Cluster(id=cluster_id), refresh=True)
    for one in lists.values():
        if one.error and not (one.items and one.error.is_passing):
            raise one.error
    listed = next((one for one in lists["clusters"].items if one.id == cluster_id), None)
    return listed or Cluster.from_api(Cloud(session).cluster(cluster_id)), lists["pools"]


def pool_of(session: CloudSession, cluster_id: str, pool_id: str) -> tuple[Cluster, dict[str, Any], PickList]:
    """Return a cluster, one of its node pools, and the list of them that it is of. Raises CloudError."""
    cluster, pools = pools_of(session, cluster_id)
    listed = next((one for one in pools.items if get(one, "/metadata/uid") == pool_id), None)
    return cluster, listed or Cloud(session).node_pool(cluster_id, pool_id), pools


def facts_now(session: CloudSession, cluster: Cluster, *, demanded: Collection[str] = ()) -> Facts:
    """Return everything that the cloud says about a cluster's surroundings now.

    What was asked for a few seconds ago is not asked for again, but for the names of the pools: many launches at the
    same time share their look-ups. Raises TokenRejected where the cloud does not take the token, CloudError for a list
    that is `demanded` and cannot be had.
    """
    others = (name for name in _SOURCES if name not in ("clusters", "pool_names"))
    lists = pick_lists(session, others, cluster=cluster, fresh_s=NOW_S, wait_s=longest_s())
    lists |= pick_lists(session, ("pool_names",), cluster=cluster, refresh=True, wait_s=longest_s())
    for name, one in lists.items():
        if one.error and (name in demanded or isinstance(one.error, TokenRejected)):
            raise one.error
    return facts_from(lists)


def _job(key: str, name: str, session: CloudSession, cluster: Cluster | None) -> "Future[PickList]":
    """Return the fetching of a list: one for all pages of a sign-in that want it at the moment."""
    who = (key, session.token)
    with _lock:
        job = _under_way.get(who)
        if job is None:
            job = _under_way[who] = _workers.submit(copy_context().run, _fetch, key, name, session, cluster)
            job.add_done_callback(lambda _: _under_way.pop(who, None))
            job.add_done_callback(lambda _: breaker_of(*_LISTS).answered())
    return job


def _wait_a_moment(jobs: Collection["Future[PickList]"], wait_s: float) -> None:
    """Wait for lists unless others do that in vain already: a page is shown without, and the next one has them."""
    if jobs:
        with suppress(LeftAlone), breaker_of(*_LISTS).slot():
            wait(jobs, timeout=min(wait_s, left_s()))


def _slow() -> CloudError:
    return CloudUnreachable(
        "The cloud is slow to answer.", remedy="The list is still being fetched: open the page again in a moment."
    )


def facts_from(lists: Mapping[str, PickList]) -> Facts:
    """Return the facts that these lists hold; a list that could not be had is "not known"."""
    known: dict[str, Any] = {name: one.items for name, one in lists.items() if name != "clusters" and not one.error}
    if "quotas" in known:
        known["quotas"] = known["quotas"][0]
    return Facts(**known)


def _fetch(key: str, name: str, session: CloudSession, cluster: Cluster | None) -> PickList:
    try:
        with patience(None):  # whoever waits may leave; the list is for the next one
            fetched = PickList(tuple(_ALL[name](Cloud(session), cluster)), timezone.now())
    except CloudError as exc:
        fetched = PickList((), timezone.now(), exc)
        if isinstance(exc, Refused):  # a list that somebody may not see is not asked for at each page
            cache.add(key, pickle.dumps(fetched), FRESH_S)
        return fetched
    cache.set(key, pickle.dumps(fetched), KEPT_S)
    return fetched


@lru_cache(maxsize=512)
def _unpacked(packed: bytes) -> PickList:
    found: PickList = pickle.loads(packed)  # noqa: S301 # nosec B301 - of our own, signed cache
    return found


def _is_fresh(found: PickList, fresh_s: float) -> bool:
    return (timezone.now() - found.fetched_at).total_seconds() < fresh_s


def _key(session: CloudSession, name: str, cluster: Cluster | None) -> str:
    scope = cluster.id if cluster and name in ("pools", "pool_names", "subnets") else ""
    return f"picks:{session.project_id}:{session.user_id}:{name}:{scope}"


def _subnets(cloud: Cloud, cluster: Cluster | None) -> tuple[Subnet, ...]:
    found = cloud.subnets(cluster.vpc_id if cluster else None)
    counted = [replace(one, free_addresses=_free(cloud, one)) for one in found[:_SUBNETS_COUNTED]]
    return (*counted, *found[_SUBNETS_COUNTED:])


def _free(cloud: Cloud, subnet: Subnet) -> int | None:
    try:
        return cloud.free_addresses(subnet.id)
    except (CloudError, KeyError, ValueError, TypeError):
        return None


def _pools(cloud: Cloud, cluster: Cluster | None) -> list[dict[str, Any]]:
    return cloud.node_pools(cluster.id) if cluster else []


def _pool_names(cloud: Cloud, cluster: Cluster | None) -> tuple[str, ...]:
    return tuple(str((one.get("metadata") or {}).get("name") or "") for one in _pools(cloud, cluster))


_SOURCES: dict[str, Callable[[Cloud, Cluster | None], Iterable[Any]]] = {
    "clusters": lambda cloud, _: (Cluster.from_api(one) for one in cloud.clusters()),
    "pool_names": _pool_names,
    "subnets": _subnets,
    "flavors": lambda cloud, _: cloud.flavors(),
    "zones": lambda cloud, _: cloud.zones(),
    "volume_types": lambda cloud, _: cloud.volume_types(),
    "key_pairs": lambda cloud, _: cloud.key_pairs(),
    "kms_keys": lambda cloud, _: cloud.kms_keys(),
    "security_groups": lambda cloud, _: cloud.security_groups(),
    "eips": lambda cloud, _: cloud.eips(),
    "server_groups": lambda cloud, _: cloud.server_groups(),
    "images": lambda cloud, _: cloud.images(),
    "agencies": lambda cloud, _: cloud.agencies(),
    "quotas": lambda cloud, _: (cloud.quotas(),),
}
NAMES = tuple(_SOURCES)
_ALL = _SOURCES | {"pools": _pools}  # pages show them, and no rule asks for them
