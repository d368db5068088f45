"""Service accounts, webhooks and tokens: secrets go in, what works is tried, and everything leaves a line."""

import json

import pytest

from tests.admin.rows import one_of_each
from tests.conftest import ANNA
from tests.notices.conftest import SECRET
from webapp.accounts.models import ApiToken, ServiceAccount
from webapp.accounts.service_accounts import session_of_service_account
from webapp.audit.models import AuditLine
from webapp.notices.models import Delivery, Webhook
from webapp.notices.webhooks import create_webhook
from webapp.simulator import seed
from webapp.wizard.models import Preset

ACCOUNTS, HOOKS = "/admin/accounts/serviceaccount/", "/admin/notices/webhook/"
pytestmark = pytest.mark.django_db


def account_typed(**values):
    facts = {"project_id": seed.SANDBOX, "project_name": ANNA["project"], "domain": ANNA["domain"], "user": "ben"}
    return {**facts, "password": "ben-demo-1", "is_active": "on", "note": "", **values}


def errors_of(answer):
    return answer.context["adminform"].form.errors


def trail_of(act):
    return [json.loads(one.after or "{}") for one in AuditLine.objects.filter(act=act)]


@pytest.fixture
def account(at_desk):
    at_desk.post(f"{ACCOUNTS}add/", account_typed())
    return ServiceAccount.objects.get()


def test_a_service_account_launches_with_the_password_that_was_typed(account, local_cloud):
    assert session_of_service_account(seed.SANDBOX).user_name == "ben"
    assert trail_of("service_account.created")[0]["set"] == ["password"]
    assert "ben-demo-1" not in str(AuditLine.objects.values())


def test_an_empty_password_keeps_the_one_that_is_there_and_a_new_account_needs_one(at_desk, account):
    sealed = account.sealed_password
    at_desk.post(f"{ACCOUNTS}{account.pk}/change/", account_typed(password="", note="For the sandbox."))
    account.refresh_from_db()
    assert (account.note, account.sealed_password) == ("For the sandbox.", sealed)
    assert "password" in errors_of(at_desk.post(f"{ACCOUNTS}add/", account_typed(password="", project_id="p")))


def test_a_refused_form_does_not_give_the_password_back(at_desk, db):
    answer = at_desk.post(f"{ACCOUNTS}add/", account_typed(project_name=""))
    assert "project_name" in errors_of(answer)
    assert "ben-demo-1" not in answer.content.decode()


@pytest.mark.parametrize(
    ("password", "said"), [("ben-demo-1", "is signed in to eu-de_sandbox"), ("wrong", "does not accept")]
)
def test_the_sign_in_is_tried_at_the_press_of_a_button(at_desk, local_cloud, password, said):
    at_desk.post(f"{ACCOUNTS}add/", account_typed(password=password))
    account = ServiceAccount.objects.get()
    answer = at_desk.post(f"{ACCOUNTS}{account.pk}/test-sign-in/", follow=True)
    assert said in answer.content.decode()
    assert AuditLine.objects.filter(act="service_account.tested", actor="ada").count() == 1


def hook_typed(**values):
    known = {"name": "chat", "url": "https://tools.example.com/hooks/1", "events": ["ready", "failed"]}
    return {**known, "secret": SECRET, "is_active": "on", **values}


def test_a_webhook_is_made_changed_and_deleted_by_the_functions_that_note(at_desk, db):
    assert at_desk.post(f"{HOOKS}add/", hook_typed()).status_code == 302
    webhook = Webhook.objects.get()
    at_desk.post(f"{HOOKS}{webhook.pk}/change/", hook_typed(events=["ready"], secret=""))
    assert Webhook.objects.get().events == ["ready"]
    assert Webhook.objects.get().sealed_secret == webhook.sealed_secret
    at_desk.post(f"{HOOKS}{webhook.pk}/delete/", {"post": "yes"})
    acts = AuditLine.objects.filter(act__startswith="webhook").order_by("number")
    assert [one.act for one in acts] == ["webhook.created", "webhook.changed", "webhook.deleted"]
    assert not any(word in str(acts.values()) for word in ("hooks/1", SECRET))


@pytest.mark.parametrize(
    ("values", "blamed"),
    [({"secret": ""}, "secret"), ({"secret": "short"}, "secret"), ({"events": []}, "events"), ({"url": "x"}, "url")],
)
def test_what_a_webhook_lacks_is_said_at_its_field(at_desk, db, values, blamed):
    assert blamed in errors_of(at_desk.post(f"{HOOKS}add/", hook_typed(**values)))
    assert not Webhook.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("status", "said"), [(204, "took the test and answered 204"), (500, "answered 500")])
def test_a_test_is_sent_at_the_press_of_a_button(at_desk, admin, receiver, status, said):
    receiver.answers = [status]
    hook = create_webhook(by=admin, name="chat", url=receiver.url, events=["ready"], secret=SECRET)
    answer = at_desk.post(f"{HOOKS}{hook.pk}/send-test/", follow=True)
    assert said in answer.content.decode()
    assert len(receiver.calls) == 1


def test_deliveries_are_sent_again_one_by_one_or_together(at_desk, admin):
    rows = one_of_each(admin)
    url = f"/admin/notices/delivery/{rows['Delivery'].pk}/"
    assert "in line again" in at_desk.post(f"{url}send-again/", follow=True).content.decode()
    assert "in line already" in at_desk.post(f"{url}send-again/", follow=True).content.decode()
    Delivery.objects.update(state="failed")
    chosen = {"action": "send_selected_again", "_selected_action": [str(rows["Delivery"].pk)]}
    assert (
        "1 of them are in line again" in at_desk.post("/admin/notices/delivery/", chosen, follow=True).content.decode()
    )
    assert Delivery.objects.get().state == "waiting"
    assert AuditLine.objects.filter(act="delivery.repeated", actor="ada").count() == 2


def test_an_auditor_has_no_actions(looking, admin):
    rows = one_of_each(admin)
    chosen = {"action": "send_selected_again", "_selected_action": [str(rows["Delivery"].pk)]}
    looking.post("/admin/notices/delivery/", chosen)
    assert Delivery.objects.get().state == "failed"
    assert "Send again" not in looking.get("/admin/notices/delivery/").content.decode()


def test_an_auditor_sees_the_origin_of_a_webhook_alone(looking, admin):
    hook = one_of_each(admin)["Webhook"]
    shown = looking.get(f"{HOOKS}{hook.pk}/change/").content.decode()
    assert "https://tools.example.com" in shown
    assert "the-path-of-a-hook" not in shown


def test_a_token_is_revoked_by_an_admin_after_a_second_question(at_desk, admin):
    token = one_of_each(admin)["ApiToken"]
    listed = at_desk.get("/admin/accounts/apitoken/").content.decode()
    url = f"/admin/accounts/apitoken/{token.token_key}/revoke/"
    assert url in listed
    assert "cannot be undone" in at_desk.get(url).content.decode()
    assert ApiToken.objects.exists()
    assert "is revoked" in at_desk.post(url, follow=True).content.decode()
    assert not ApiToken.objects.exists()
    line = AuditLine.objects.get(act="api_token.revoked")
    assert line.actor == "ada"
    assert "anna" in line.about


def test_a_preset_is_offered_or_not_and_audited_once(at_desk, admin):
    preset = one_of_each(admin)["Preset"]
    url = f"/admin/wizard/preset/{preset.pk}/"
    for _ in range(2):
        at_desk.post(f"{url}withdraw/")
    assert not Preset.objects.get().is_active
    chosen = {"action": "offer_selected", "_selected_action": [str(preset.pk)]}
    at_desk.post("/admin/wizard/preset/", chosen)
    assert Preset.objects.get().is_active
    acts = AuditLine.objects.filter(act__startswith="preset.").order_by("number")
    assert list(acts.values_list("act", flat=True)) == ["preset.withdrawn", "preset.offered"]
    assert "/presets/" in at_desk.get(f"{url}change/").content.decode()
