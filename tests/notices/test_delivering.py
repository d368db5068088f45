"""Signed, repeated, taken over from the dead, and by nobody twice."""

import hashlib
import hmac
import json
import logging
import smtplib
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from tests.conftest import free_port
from tests.notices.conftest import SECRET, tell_of
from tests.side_by_side import together
from webapp.notices import delivering
from webapp.notices.delivering import DELAYS, LEASE, deliver_due
from webapp.notices.models import Delivery, Webhook
from webapp.notices.webhooks import change_webhook, create_webhook, delete_webhook, redeliver

pytestmark = pytest.mark.django_db


class DeadMailServer(EmailBackend):
    attempts = 0

    def send_messages(self, messages):
        type(self).attempts += 1
        raise ConnectionRefusedError


class ChoosyMailServer(EmailBackend):
    def send_messages(self, messages):
        if messages[0].to == ["nobody@example.com"]:
            raise smtplib.SMTPRecipientsRefused({})
        return super().send_messages(messages)


def backend(cls):
    return f"{__name__}.{cls.__name__}"


def later(**time):
    return time_machine.travel(timezone.now() + timedelta(**time), tick=False)


def only():
    return Delivery.objects.get()


def test_a_receiver_can_verify_who_calls_and_when(receiver, webhook):
    tell_of()
    assert deliver_due() == 1
    path, headers, body = receiver.calls[0]
    stamp = headers["X-Poolwright-Timestamp"]
    expected = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert path == "/hook"
    assert headers["X-Poolwright-Signature"] == f"sha256={expected}"
    assert abs(int(stamp) - timezone.now().timestamp()) < 60
    assert (headers["X-Poolwright-Event"], headers["X-Poolwright-Delivery"]) == ("ready", str(only().pk))
    assert json.loads(body)["pool"] == "pool-1"


def test_what_was_delivered_is_logged_and_not_sent_again(receiver, webhook):
    tell_of()
    deliver_due()
    assert deliver_due() == 0
    log = only()
    assert (log.state, log.status_code, log.attempts, log.error) == ("delivered", 204, 1, "")
    assert log.delivered_at


def test_a_failure_is_repeated_later_with_the_same_id(receiver, webhook):
    receiver.answers = [503]
    tell_of()
    deliver_due()
    assert (only().state, only().status_code, only().error) == ("waiting", 503, "The receiver answered 503.")
    assert deliver_due() == 0
    with later(minutes=1, seconds=1):
        assert deliver_due() == 1
    ids = {headers["X-Poolwright-Delivery"] for _, headers, _ in receiver.calls}
    assert (only().state, only().attempts, only().error, len(ids)) == ("delivered", 2, "", 1)


def test_after_the_last_repeat_a_delivery_has_failed(receiver, webhook):
    receiver.answers = [500] * 10
    tell_of()
    waits, at = [], timezone.now()
    while only().state == "waiting" and len(waits) < 10:
        with time_machine.travel(at, tick=False):
            assert deliver_due() == 1
            waits.append(only().next_at - at)
        at = only().next_at
    assert waits[:-1] == DELAYS
    assert (only().state, only().attempts, len(receiver.calls)) == ("failed", 6, 6)


def test_a_redirect_is_not_followed(receiver, webhook):
    receiver.answers = [307]
    tell_of()
    deliver_due()
    assert [path for path, *_ in receiver.calls] == ["/hook"]
    assert (only().state, only().status_code) == ("waiting", 307)


def test_a_receiver_that_is_away_holds_up_nobody_else(receiver, webhook, admin, person, mailoutbox):
    away = create_webhook(
        by=admin, name="away", url=f"http://127.0.0.1:{free_port()}/", events=["ready"], secret=SECRET
    )
    for _ in range(3):
        tell_of(people=[person])
    handled = deliver_due()
    assert (handled, len(receiver.calls), len(mailoutbox)) == (7, 3, 3)
    assert sum(one.attempts for one in away.deliveries.all()) == 1
    assert away.deliveries.get(attempts=1).error == "The receiver does not answer."


def test_a_mail_server_that_is_away_is_asked_once_a_run_and_its_mails_wait(person, receiver, webhook, settings):
    settings.EMAIL_BACKEND = backend(DeadMailServer)
    DeadMailServer.attempts = 0
    for _ in range(3):
        tell_of(people=[person])
    deliver_due()
    assert (DeadMailServer.attempts, len(receiver.calls)) == (1, 3)
    assert {one.state for one in Delivery.objects.filter(channel="mail")} == {"waiting"}


def test_a_recipient_who_is_refused_holds_up_no_other(person, admin, settings, mailoutbox):
    settings.EMAIL_BACKEND = backend(ChoosyMailServer)
    admin.email = "nobody@example.com"
    tell_of(people=[admin, person])
    deliver_due()
    assert [one.to for one in mailoutbox] == [["person@example.com"]]
    assert "refused this mail" in Delivery.objects.get(address="nobody@example.com").error


def test_a_bug_while_sending_costs_an_attempt_and_not_the_others(person, webhook, receiver, monkeypatch, caplog):
    monkeypatch.setattr(mail.EmailMessage, "send", lambda *_: 1 / 0)
    tell_of(people=[person])
    assert deliver_due() == 2
    assert len(receiver.calls) == 1
    assert "ZeroDivisionError" in caplog.text
    assert Delivery.objects.get(channel="mail").state == "waiting"


def test_what_a_dead_worker_had_begun_is_taken_over_when_its_lease_has_run_out(receiver, webhook):
    tell_of()
    assert delivering._claimed(only().pk)
    assert deliver_due() == 0
    with time_machine.travel(timezone.now() + LEASE, tick=False):
        assert deliver_due() == 1
    assert (only().state, only().attempts, len(receiver.calls)) == ("delivered", 2, 1)


def test_who_comes_back_after_the_lease_does_not_overwrite_what_came_of_it(receiver, webhook):
    tell_of()
    slow = delivering._claimed(only().pk)
    with time_machine.travel(timezone.now() + LEASE, tick=False):
        deliver_due()
    receiver.answers = [500]
    delivering._attempt(slow)
    assert only().state == "delivered"


def test_a_late_failure_does_not_take_the_delivery_from_who_sends_it_now(receiver, webhook):
    tell_of()
    slow = delivering._claimed(only().pk)
    with time_machine.travel(timezone.now() + LEASE, tick=False):
        delivering._claimed(only().pk)
        receiver.answers = [500]
        delivering._attempt(slow)
    assert (only().state, only().attempts, only().error) == ("sending", 2, "")


def test_a_late_success_counts_although_another_attempt_has_failed(receiver, webhook):
    tell_of()
    slow = delivering._claimed(only().pk)
    receiver.answers = [500]
    with time_machine.travel(timezone.now() + LEASE, tick=False):
        deliver_due()
    delivering._attempt(slow)
    assert only().state == "delivered"


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_deliver_each_thing_once(receiver, webhook, person, mailoutbox):
    for _ in range(15):
        tell_of(people=[person])
    handled = []
    together([lambda: handled.append(deliver_due())] * 10)
    ids = [headers["X-Poolwright-Delivery"] for _, headers, _ in receiver.calls]
    assert sum(handled) == 30
    assert len(ids) == len(set(ids)) == 15
    assert len(mailoutbox) == 15
    assert {(one.state, one.attempts) for one in Delivery.objects.all()} == {("delivered", 1)}


@pytest.mark.django_db(transaction=True)
def test_without_a_worker_the_web_process_delivers_after_the_commit(receiver, webhook, settings, monkeypatch):
    settings.DELIVER_IN_PROCESS = True
    done = []
    monkeypatch.setattr(delivering._couriers, "submit", lambda work: done.append(threading.Thread(target=work)))
    tell_of()
    assert (len(done), receiver.calls) == (1, [])
    done[0].start()
    done[0].join()
    assert len(receiver.calls) == 1


@pytest.mark.django_db(transaction=True)
def test_a_courier_that_breaks_harms_nobody_and_loses_nothing(webhook, settings, monkeypatch, caplog):
    settings.DELIVER_IN_PROCESS = True
    monkeypatch.setattr(delivering._couriers, "submit", lambda _: 1 / 0)
    tell_of()
    assert only().state == "waiting"


def test_with_a_worker_the_web_process_sends_nothing(webhook, settings, django_capture_on_commit_callbacks):
    settings.DELIVER_IN_PROCESS = False
    with django_capture_on_commit_callbacks() as callbacks:
        tell_of()
    assert callbacks == []


def test_no_more_is_sent_in_a_run_than_was_asked_for(receiver, webhook):
    for _ in range(3):
        tell_of()
    assert deliver_due(limit=2) == 2
    assert deliver_due() == 1


def test_a_webhook_that_was_switched_off_or_deleted_gets_nothing_and_the_log_says_why(receiver, webhook, admin):
    tell_of()
    change_webhook(webhook, by=admin, is_active=False)
    deliver_due()
    assert (only().state, only().error) == ("failed", "The webhook is switched off.")
    assert redeliver(only(), by=admin)
    delete_webhook(webhook, by=admin)
    deliver_due()
    assert (only().state, only().error, receiver.calls) == ("failed", "The webhook was deleted.", [])


def test_an_address_that_the_operator_forbids_later_is_not_called(receiver, webhook, settings):
    tell_of()
    settings.WEBHOOK_ALLOWED_HOSTS = ["*.example.com"]
    deliver_due()
    assert (only().state, receiver.calls) == ("waiting", [])
    assert "does not allow" in only().error


def test_a_secret_whose_key_is_gone_is_said_to_be_set_again(receiver, webhook, settings):
    from cryptography.fernet import Fernet

    tell_of()
    settings.CLOUD_TOKEN_KEYS = [Fernet.generate_key().decode()]
    deliver_due()
    assert "set the secret again" in only().error


def test_the_test_button_sends_at_once_and_shows_what_came_of_it(receiver, webhook, admin):
    change_webhook(webhook, by=admin, is_active=False)
    sent = delivering.test_webhook(webhook, admin)
    assert (sent.state, sent.status_code) == ("delivered", 204)
    assert json.loads(receiver.calls[0][2])["event"] == "test"


def test_a_test_that_fails_is_not_repeated(receiver, webhook, admin):
    receiver.answers = [404]
    sent = delivering.test_webhook(webhook, admin)
    assert (sent.state, sent.status_code, sent.attempts) == ("failed", 404, 1)


def test_a_failed_delivery_can_be_repeated_by_hand_once_at_a_time(receiver, webhook, admin):
    receiver.answers = [404] * 6
    tell_of()
    Delivery.objects.update(attempts=5)
    deliver_due()
    assert only().state == "failed"
    receiver.answers = []
    assert [redeliver(only(), by=admin) for _ in range(2)] == [True, False]
    deliver_due()
    assert (only().state, only().attempts) == ("delivered", 1)


def test_the_secret_is_nowhere_in_clear(receiver, webhook, admin, caplog):
    caplog.set_level(logging.DEBUG)
    from webapp.audit.models import AuditLine

    change_webhook(webhook, by=admin, secret=SECRET[::-1])
    receiver.answers = [500]
    tell_of()
    deliver_due()
    delivering.test_webhook(webhook, admin)
    kept = str([list(model.objects.values()) for model in (Webhook, Delivery, AuditLine)])
    for secret in (SECRET, SECRET[::-1]):
        assert secret not in kept + caplog.text + repr(vars(webhook))
