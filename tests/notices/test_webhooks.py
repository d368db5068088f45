"""Webhooks are changed under audit; their secrets go in and never come out."""

import json

import pytest
from django.core.exceptions import ValidationError

from tests.notices.conftest import SECRET
from webapp.audit.models import AuditLine
from webapp.notices.models import Webhook
from webapp.notices.webhooks import change_webhook, create_webhook, delete_webhook

pytestmark = pytest.mark.django_db


def made(by, **wishes):
    wish = {"name": "chat", "url": "https://tools.example.com/hooks/1", "events": ["ready"], "secret": SECRET}
    return create_webhook(by=by, **{**wish, **wishes})


def test_every_change_leaves_a_line_without_secret_and_without_the_path_of_the_address(admin):
    webhook = made(admin)
    change_webhook(webhook, by=admin, url="https://tools.example.com/hooks/2", secret="another-long-secret")
    delete_webhook(webhook, by=admin)
    lines = AuditLine.objects.order_by("number")
    assert [one.act for one in lines] == ["webhook.created", "webhook.changed", "webhook.deleted"]
    assert {one.about for one in lines} == {"webhook chat"}
    assert json.loads(lines[1].after)["changed"] == ["url", "secret"]
    assert not any(word in str(lines.values()) for word in ("hooks/", SECRET, "another-long-secret"))


def test_an_empty_secret_keeps_the_one_that_is_there(admin):
    webhook = made(admin)
    changed = change_webhook(webhook, by=admin, name="talk", secret="")
    assert (changed.name, changed.sealed_secret) == ("talk", webhook.sealed_secret)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"url": "http://tools.example.com/"}, "url"),
        ({"url": "https://user:pw@tools.example.com/"}, "url"),
        ({"url": "https://tools.example.com:x/"}, "url"),
        ({"url": "https:///hooks"}, "url"),
        ({"url": "ftp://127.0.0.1/"}, "url"),
        ({"url": "http://127.0.0.1.example.com/"}, "url"),
        ({"url": "https://tools.example.com/a b"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["ready", "nonsense"]}, "events"),
        ({"events": [["ready"]]}, "events"),
        ({"events": {"ready": 1}}, "events"),
        ({"name": ""}, "name"),
        ({"secret": ""}, "secret"),
        ({"secret": "short"}, "secret"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(admin, wish, field):
    with pytest.raises(ValidationError) as caught:
        made(admin, **wish)
    assert set(caught.value.message_dict) == {field}
    assert not Webhook.objects.exists()
    assert not AuditLine.objects.exists()


def test_a_name_is_taken_once(admin):
    made(admin)
    with pytest.raises(ValidationError) as caught:
        made(admin)
    assert set(caught.value.message_dict) == {"name"}


NEAR = ["localhost", "::1"]


@pytest.mark.parametrize(
    ("allowed", "private", "url", "is_allowed"),
    [
        ([], [], "https://anywhere.example.org/", True),
        ([], [], "http://chat.tools.svc/", False),
        ([], ["*.tools.svc"], "http://chat.tools.svc/", True),
        (["*.example.org"], [], "https://ANYWHERE.example.org/", True),
        (["*.example.org"], [], "http://anywhere.example.org/", False),
        (["*.example.org"], ["*.tools.svc"], "https://chat.tools.svc/", False),
        ([], NEAR, "http://localhost:9000/", True),
        ([], NEAR, "http://[::1]:9000/", True),
        ([], [], "https://localhost:9000/", False),
        ([], [], "https://127.0.0.1/", False),
        ([], [], "https://127.0.0.2/", False),
        ([], [], "https://[::ffff:10.0.0.1]/", False),
        ([], [], "https://169.254.169.254/latest", False),
        ([], ["10.0.0.7"], "http://10.0.0.7/", True),
        ([], [], "https://80.158.0.1/", True),
    ],
)
def test_the_operator_says_where_webhooks_may_go(admin, settings, *, allowed, private, url, is_allowed):
    settings.WEBHOOK_ALLOWED_HOSTS, settings.WEBHOOK_PRIVATE_HOSTS = allowed, private
    if is_allowed:
        assert made(admin, url=url).pk
    else:
        with pytest.raises(ValidationError):
            made(admin, url=url)
