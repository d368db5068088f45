"""Make policies and requests for a demonstration, so that there is something to decide."""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError

from webapp.accounts.actions import person_of
from webapp.approvals import actions
from webapp.approvals.actions import Order
from webapp.approvals.models import Kind, Policy, PoolRequest
from webapp.cloud import iam, picklists
from webapp.cloud.client import Cloud
from webapp.cloud.errors import CloudUnreachable
from webapp.cloud.tokens import CloudSession
from webapp.nodepool import Cluster
from webapp.nodepool.defaults import blank_body, blank_with
from webapp.nodepool.facts import Facts
from webapp.nodepool.pointers import JSON
from webapp.portal.demo import DOMAIN, PEOPLE, TEAM_PROJECT

_ASKER = PEOPLE[0]  # a requester
_PATIENCE_S = 30
_TEMPLATE = "/spec/nodeTemplate"
_COMMON = {
    f"{_TEMPLATE}/flavor": "c7n.xlarge.2",
    f"{_TEMPLATE}/az": "eu-de-01",
    f"{_TEMPLATE}/os": "HCE OS 2.0",
    f"{_TEMPLATE}/login": {"sshKey": "id_rsa"},
}
_EIP = {"count": 1, "eip": {"iptype": "5_bgp", "bandwidth": {"size": 10, "sharetype": "PER", "chargemode": "traffic"}}}
_DISKS = (f"{_TEMPLATE}/rootVolume", f"{_TEMPLATE}/dataVolumes/0")
# What is asked for, why, and whether the disks are encrypted.
_REQUESTS = (
    ("Six more nodes for the sale on Friday.", True, {"/metadata/name": "shop-web", "/spec/initialNodeCount": 6}),
    (
        "The partner's scanner must reach these nodes.",
        False,
        {"/metadata/name": "partner-gateway", "/spec/initialNodeCount": 1, f"{_TEMPLATE}/publicIP": _EIP},
    ),
    (
        "Nightly reports; grows by itself.",
        True,
        {
            "/metadata/name": "reports",
            "/spec/initialNodeCount": 1,
            f"{_TEMPLATE}/flavor": "m7n.xlarge.8",
            "/spec/autoscaling": {"enable": True, "minNodeCount": 1, "maxNodeCount": 12},
        },
    ),
)


class Command(BaseCommand):
    """Make what is missing, once the local cloud answers; everything is in the project of the team."""

    help = "Make demo policies and requests (only with DEMO=1)."

    def handle(self, *_: Any, **__: Any) -> None:
        """Make them, where nobody has asked for anything yet."""
        if not settings.DEMO:
            raise CommandError("Demo requests are made only with DEMO=1.")
        if PoolRequest.objects.exists() or Policy.objects.exists():
            return
        _make_policies()
        session = _signed_in()
        document = Cloud(session).clusters()[0]
        cluster = Cluster.from_api(document)
        facts = picklists.facts_now(session, cluster)
        for number, (reason, is_encrypted, values) in enumerate(_REQUESTS):
            body = blank_with({**_COMMON, **values, **(_encryption(facts) if is_encrypted else {})})
            order = Order(Kind.CREATE, cluster, body, baseline=blank_body(), reason=reason, start_at_once=False)
            actions.submit(order, by=person_of(session), session=session, key=f"demo:{number}", facts=facts)


def _make_policies() -> None:
    platform, security = (Group.objects.get_or_create(name=name)[0] for name in ("platform", "security"))
    common = {"outcome": Policy.Outcome.APPROVALS, "projects": [TEAM_PROJECT]}
    Policy.objects.create(name="More than two nodes", order=10, over_nodes=2, team=platform, **common)
    Policy.objects.create(name="Public addresses", order=20, marks=["public-address"], team=security, **common)


def _signed_in() -> CloudSession:
    """Sign in as soon as the local cloud, which starts at the same moment, answers."""
    ends = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return iam.sign_in(user=_ASKER.name, domain=DOMAIN, password=_ASKER.password, project=TEAM_PROJECT)
        except CloudUnreachable:
            if time.monotonic() > ends:
                raise
            time.sleep(0.3)


def _encryption(facts: Facts) -> dict[str, JSON]:
    """Return what encrypts every disk of a body."""
    key = next(one.id for one in facts.kms_keys or () if one.is_enabled)
    return {f"{at}/metadata": {"__system__encrypted": "1", "__system__cmkid": key} for at in _DISKS}
