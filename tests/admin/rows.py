"""Many rows, as quickly as possible."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.nodepool.test_rules import a_body
from tests.people import a_person
from webapp.accounts.models import ApiToken, GroupRole, RoleGrant, ServiceAccount, Team, TeamGrant, User
from webapp.accounts.roles import Role
from webapp.approvals.asked import amounts_of, digest_of
from webapp.approvals.models import CatalogueEntry, Policy, PoolRequest, UnmatchedFailure
from webapp.audit.models import AuditLine
from webapp.cloud.models import Region
from webapp.nodepool.facts import Flavor
from webapp.nodepool.totals import totals
from webapp.notices.models import Delivery, Webhook
from webapp.notices.webhooks import create_webhook
from webapp.wizard.models import Preset

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


SECRETS = ("the-session-of-a-browser", "a-service-password", "a-webhook-secret-of-ours", "the-path-of-a-hook")


def one_of_each(admin) -> dict[str, Any]:
    """Return a saved row of every kind that the admin shows, by model name."""
    team = Team.objects.create(name="Platform")
    account = ServiceAccount(project_id="p" * 32, project_name="eu-de_x", domain="OTC-1", user="robot")
    account.set_password(SECRETS[1])
    account.save()
    asked = a_request(admin, 1)
    asked.save()
    url = f"https://tools.example.com/{SECRETS[3]}"
    webhook = create_webhook(by=admin, name="chat", url=url, events=["ready"], secret=SECRETS[2])
    delivery = {
        "channel": "webhook",
        "event": "ready",
        "webhook": webhook,
        "address": webhook.origin,
        "state": "failed",
    }
    rows = [
        team,
        account,
        asked,
        webhook,
        Delivery.objects.create(**delivery),
        GroupRole.objects.create(kind="oidc", pattern="ops", role="approver", team=team),
        Region.objects.create(name="eu-de", auth_url="https://iam.example.com/v3", hosts=["*.example.com"]),
        Policy.objects.create(name="Production", outcome="approvals", team=team),
        CatalogueEntry.objects.create(code="X.1", sentence="It broke."),
        UnmatchedFailure.objects.create(code="X.2", count=3),
        Preset.objects.create(name="Worker", body=a_body(), author=admin),
        a_person("anna", Role.REQUESTER, teams=("Platform",)),
    ]
    ApiToken.objects.create(rows[-1], expiry=timedelta(days=1), name="ci")
    found = {type(one).__name__: one for one in rows}
    return found | {"ApiToken": ApiToken.objects.get(), "AuditLine": AuditLine.objects.order_by("number")[0]}


def many_of_each(admin, count: int, start: int = 0) -> None:
    """Add rows of every kind, each with what its list has to look up."""
    numbers = range(start, start + count)
    team, webhook = Team.objects.get(name="Platform"), Webhook.objects.get(name="chat")
    people = User.objects.bulk_create(User(username=f"person-{number}") for number in numbers)
    RoleGrant.objects.bulk_create(RoleGrant(person=one, role="requester", source="admin", by="x") for one in people)
    TeamGrant.objects.bulk_create(TeamGrant(person=one, team=team, source="admin", by="x") for one in people)
    ApiToken.objects.bulk_create(
        ApiToken(digest=f"d{one.pk}", token_key=f"pw_{one.pk}", user=one, name="ci") for one in people
    )
    PoolRequest.objects.bulk_create(
        a_request(one, number + 10, key=f"many-{number}") for number, one in zip(numbers, people, strict=True)
    )
    Team.objects.bulk_create(Team(name=f"team-{number}") for number in numbers)
    GroupRole.objects.bulk_create(GroupRole(kind="oidc", pattern=f"g-{n}", role="approver", team=team) for n in numbers)
    ServiceAccount.objects.bulk_create(ServiceAccount(project_id=f"p-{n}", project_name=f"x-{n}") for n in numbers)
    Region.objects.bulk_create(Region(name=f"r-{n}", auth_url="https://a.example.com", hosts=[]) for n in numbers)
    Policy.objects.bulk_create(Policy(name=f"policy-{n}", outcome="approvals", team=team) for n in numbers)
    CatalogueEntry.objects.bulk_create(CatalogueEntry(code=f"Y.{n}", sentence="It broke.") for n in numbers)
    UnmatchedFailure.objects.bulk_create(UnmatchedFailure(code=f"Z.{n}", count=n) for n in numbers)
    Preset.objects.bulk_create(Preset(name=f"preset-{n}", body={}, author=people[n - start]) for n in numbers)
    Webhook.objects.bulk_create(Webhook(name=f"hook-{n}", url="https://a.example.com", events=[]) for n in numbers)
    Delivery.objects.bulk_create(
        Delivery(channel="webhook", event="ready", webhook=webhook, address="x", subject="y") for _ in numbers
    )
    last = AuditLine.objects.order_by("-number")[0].number
    AuditLine.objects.bulk_create(
        AuditLine(number=last + n + 1, at=timezone.now(), actor="x", act="request.submitted", about=f"request NP-{n}")
        for n in range(count)
    )
