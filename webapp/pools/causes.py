"""Why a pool has failed: the cloud says it in its conditions, and in the jobs of nodes that do not come."""

import re
from collections.abc import Iterator
from typing import Any

from webapp.cloud.client import Cloud
from webapp.cloud.errors import CloudError
from webapp.cloud.tokens import CloudSession
from webapp.nodepool import pointers
from webapp.pools.models import PoolStatus

_FAILED = ("Error", "Abnormal")  # phases of nodes (2.7)
_CODE = re.compile(r"\b(?:CCE|Ecs|EVS|VPC|Common|Pdp)\.[0-9]{4,8}\b")


def cause_of(status: PoolStatus, session: CloudSession | None) -> dict[str, str]:
    """Return the cloud's own words (`detail`), and the `code` in them; empty where it says nothing (2.4, 2.5)."""
    words = " ".join(dict.fromkeys([*_conditions(status), *_reasons(status, session)]))
    code = _CODE.search(words)
    return ({"detail": words} if words else {}) | ({"code": code[0]} if code else {})


def _conditions(status: PoolStatus) -> Iterator[str]:
    """Yield what the conditions of trouble say that hold."""
    conditions = pointers.get(status.document, "/status/conditions")
    for one in conditions if isinstance(conditions, list) else ():
        if isinstance(one, dict) and one.get("status") == "True" and one.get("type") != "Scalable":
            yield str(one.get("message") or one.get("reason") or one.get("type") or "")


def _reasons(status: PoolStatus, session: CloudSession | None) -> Iterator[str]:
    """Yield why the first node failed that did: what it says itself, else what its job says."""
    failed = (one for one in status.nodes if pointers.get(one, "/status/phase") in _FAILED)
    node: dict[str, Any] = next(failed, {})
    told = pointers.get(node, "/status/reason") or pointers.get(node, "/status/message")
    job = pointers.get(node, "/status/jobID")
    if isinstance(told, str) and told:
        yield told
    elif isinstance(job, str) and job and session:
        try:
            reason = pointers.get(Cloud(session).job(job), "/status/reason")
        except CloudError:
            return
        if isinstance(reason, str):
            yield reason
