"""Why a pool has failed, in the cloud's words: of its conditions, of its nodes, of their jobs."""

import pytest

from webapp.pools.causes import cause_of
from webapp.pools.models import PoolStatus


def a_status(conditions=(), **node):
    return PoolStatus(document={"status": {"conditions": list(conditions)}}, nodes=[{"status": node}] if node else [])


def condition(type_, status="True", **said):
    return {"type": type_, "status": status, **said}


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (a_status([condition("QuotaInsufficient", message="No quota.")]), {"detail": "No quota."}),
        (a_status([condition("Error", reason="Ecs.0314: key")]), {"detail": "Ecs.0314: key", "code": "Ecs.0314"}),
        (a_status([condition("ResourceInsufficient")]), {"detail": "ResourceInsufficient"}),
        (a_status([condition("Error", "False", message="Over."), condition("Scalable", message="Yes.")]), {}),
        (
            a_status(phase="Error", reason="CCE.01400008 it is"),
            {"detail": "CCE.01400008 it is", "code": "CCE.01400008"},
        ),
        (a_status([condition("Error", message="Same.")], phase="Error", reason="Same."), {"detail": "Same."}),
        (a_status(phase="Abnormal", message="No disk."), {"detail": "No disk."}),
        (a_status(phase="Active", reason="Fine."), {}),
        (a_status(phase="Error", jobID="j-1"), {}),
        (PoolStatus(document={"status": {"conditions": ["x", None, {"status": 1}]}}, nodes=[]), {}),
        (PoolStatus(document=None, nodes=[]), {}),
    ],
    ids=str,
)
def test_the_cause_is_said_as_far_as_the_cloud_says_it(status, cause):
    assert cause_of(status, None) == cause
