"""Whom an event reaches, and by which way."""

import json

import pytest
from django.db import transaction

from tests.notices.conftest import tell_of
from webapp.accounts.models import User
from webapp.notices.actions import choose
from webapp.notices.delivering import deliver_due
from webapp.notices.events import Event
from webapp.notices.models import Delivery, Notice

pytestmark = pytest.mark.django_db


def test_a_person_gets_a_notice_and_a_mail_with_the_whole_address(person, mailoutbox, settings):
    settings.PORTAL_URL = "https://pools.example.com/"
    tell_of(people=[person])
    deliver_due()
    mail = mailoutbox[0]
    assert Notice.objects.get(person=person).url == "/pools/1"
    assert (mail.to, mail.subject) == (["person@example.com"], "[Poolwright] pool-1 is ready")
    assert "It took 4 minutes.\n\nhttps://pools.example.com/pools/1\n" in mail.body
    assert "https://pools.example.com/notices/preferences" in mail.body


def test_nobody_is_told_twice_and_nobody_who_has_left(person):
    gone = User.objects.create_user("gone", email="gone@example.com", is_active=False)
    tell_of(people=[person, person, gone])
    assert [one.person for one in Notice.objects.all()] == [person]
    assert Delivery.objects.count() == 1


def test_a_person_without_a_mail_address_has_the_notice_alone():
    tell_of(people=[User.objects.create_user("nomail")])
    assert (Notice.objects.count(), Delivery.objects.count()) == (1, 0)


def test_who_opted_out_of_mails_still_gets_notices_and_the_other_way_round(person):
    other = User.objects.create_user("other", email="other@example.com")
    choose(person, mail=[], notices=Event.values)
    choose(other, mail=Event.values, notices=[])
    tell_of(people=[person, other])
    assert [one.person for one in Notice.objects.all()] == [person]
    assert [one.address for one in Delivery.objects.all()] == ["other@example.com"]


def test_opting_out_of_one_event_leaves_the_others(person):
    choose(person, mail=[Event.FAILED], notices=[Event.FAILED])
    tell_of(Event.READY, people=[person])
    tell_of(Event.FAILED, people=[person])
    assert [one.event for one in Notice.objects.all()] == ["failed"]
    assert [one.event for one in Delivery.objects.all()] == ["failed"]


def test_a_webhook_is_called_for_the_events_that_it_wants_and_only_while_it_is_active(webhook):
    tell_of(Event.READY)
    tell_of(Event.FAILED)
    webhook.is_active = False
    webhook.save()
    tell_of(Event.READY)
    call = Delivery.objects.get()
    body = json.loads(call.content)
    assert (call.webhook, body["event"], body["pool"]) == (webhook, "ready", "pool-1")
    assert body["url"] == "http://127.0.0.1:8000/pools/1"


def test_what_the_caller_undoes_was_never_told(person, webhook):
    with transaction.atomic():
        tell_of(people=[person])
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "pools/1", ""])
def test_a_notice_leads_nowhere_but_into_the_portal(person, url):
    with pytest.raises(ValueError, match="not a path"):
        tell_of(people=[person], url=url)
    assert not Notice.objects.exists()


def test_a_title_of_several_lines_becomes_one_that_fits(person, mailoutbox):
    tell_of(people=[person], title="first\r\nBcc: all@example.com " + "x" * 500)
    deliver_due()
    assert mailoutbox[0].subject.startswith("[Poolwright] first Bcc:")
    assert len(Notice.objects.get().title) == 200


def test_letters_that_no_database_takes_do_not_keep_anybody_from_being_told(person, webhook, mailoutbox):
    tell_of(people=[person], title="pool \ud800", text="a\0b \udfff", payload={"pool": "\ud800"})
    assert deliver_due() == 2
    assert (Notice.objects.get().title, Notice.objects.get().text) == ("pool ?", "ab ?")


def test_telling_many_costs_the_database_as_much_as_telling_one(webhook, django_assert_num_queries):
    people = [User.objects.create_user(f"p{number}", email=f"p{number}@example.com") for number in range(30)]
    for told in (people[:1], people):
        with django_assert_num_queries(4):  # webhooks, preferences, notices and deliveries
            tell_of(people=told)
