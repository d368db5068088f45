"""Many rows, as quickly as possible."""

from datetime import timedelta

from django.utils import timezone

from tests.nodepool.test_rules import a_body
from webapp.approvals.asked import amounts_of, digest_of
from webapp.approvals.models import PoolRequest
from webapp.nodepool.facts import Flavor
from webapp.nodepool.totals import totals

FLAVOR = Flavor("c7n.xlarge.2", 4, 8192)
CLUSTER = {"id": "c" * 36, "name": "prod-standard", "version": "v1.29"}


def a_request(author, number=0, **facts) -> PoolRequest:
    """Return a request that is not saved."""
    body = facts.pop("body", None) or a_body(**{"/metadata/name": f"pool-{number}"})
    known = {
        "kind": "create",
        "state": ("submitted", "active", "failed", "approved")[number % 4],
        "author": author,
        "last_editor": author,
        "key": f"key-{number}",
        "project_id": "p" * 32,
        "project_name": "eu-de_sandbox",
        "cluster_id": CLUSTER["id"],
        "cluster_facts": CLUSTER,
        "name": f"pool-{number}",
        "body": body,
        "digest": digest_of(body),
        "amounts": amounts_of(totals(body, FLAVOR)),
        "launch_session": "the-session-of-a-browser",
        "submitted_at": timezone.now() - timedelta(hours=number % 700),
    }
    return PoolRequest(**{**known, **facts})


def many_requests(author, count: int) -> None:
    PoolRequest.objects.bulk_create((a_request(author, number) for number in range(count)), batch_size=500)
