"""The pages of notices, and the count in the header."""

import html
import re

import pytest
from django.core.cache import cache
from django.test import Client

from tests.notices.conftest import tell_of
from webapp.accounts.models import User
from webapp.audit.models import AuditLine
from webapp.notices.delivering import deliver_due
from webapp.notices.events import Event
from webapp.notices.models import Delivery, Notice, Preference
from webapp.notices.queries import COUNTED, unread_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(person):
    browser = Client()
    browser.force_login(person)
    return browser


def told(person, count=1):
    for number in range(count):
        tell_of(people=[person], title=f"notice {number}", url=f"/pools/{number}")
    return list(Notice.objects.order_by("pk"))


def text_of(browser, path="/notices"):
    return browser.get(path).content.decode()


def shown(browser, path="/notices"):
    return titles_on(text_of(browser, path))


def titles_on(page):
    return re.findall(r'<a href="[^"]*">(notice \d+)</a></h2>', page)


def test_notices_are_listed_the_newest_first_and_counted_in_the_header(browser, person):
    told(person, 3)
    assert shown(browser) == ["notice 2", "notice 1", "notice 0"]
    assert 'Notices (3<span class="visually-hidden"> unread</span>)' in text_of(browser, "/")


def test_nobody_counts_beyond_a_hundred(browser, person):
    told(person, 103)
    assert unread_count(person) == COUNTED
    assert 'Notices (99+<span class="visually-hidden"> unread</span>)' in text_of(browser, "/")


def test_without_notices_the_page_says_so(browser):
    page = text_of(browser)
    assert "You have no notices" in page
    assert "Mark all as read" not in page
    assert ">Notices</a>" in page


def test_the_pages_are_turned_by_a_cursor_without_gap_or_repeat(browser, person):
    told(person, 7)
    seen, path = [], "/notices?limit=3"
    while path:
        page = text_of(browser, path)
        seen += titles_on(page)
        older = re.search(r'href="([^"]+)">Older notices', page)
        path = html.unescape(older[1]) if older else ""
    assert seen == [f"notice {number}" for number in reversed(range(7))]


def test_a_new_notice_does_not_move_the_older_page(browser, person):
    notices = told(person, 4)
    path = f"/notices?limit=2&before={notices[2].pk}"
    before = shown(browser, path)
    told(person)
    assert shown(browser, path) == before == ["notice 1", "notice 0"]


@pytest.mark.parametrize("query", ["before=x", "before=-1", "limit=0", "limit=x", "limit=99999999999999999999"])
def test_a_cursor_that_is_none_gives_the_first_page(browser, person, query):
    told(person)
    assert shown(browser, f"/notices?{query}") == ["notice 0"]


def test_a_page_beyond_the_last_says_so(browser, person):
    told(person)
    assert "There are no older notices" in text_of(browser, "/notices?before=0")


def test_following_a_notice_leads_to_its_page_and_marks_it_as_read(browser, person):
    notice = told(person)[0]
    assert browser.get(notice.get_absolute_url())["Location"] == "/pools/0"
    notice.refresh_from_db()
    assert notice.read_at


def test_one_notice_is_marked_as_read_on_the_page_where_one_is(browser, person):
    notices = told(person, 2)
    answer = browser.post(f"/notices/{notices[0].pk}/read?before=9&limit=1")
    assert answer["Location"] == "/notices?before=9&limit=1"
    assert [bool(one.read_at) for one in Notice.objects.order_by("pk")] == [True, False]


def test_all_are_marked_as_read_but_those_that_came_after_the_page_was_shown(browser, person):
    upto = told(person, 2)[-1].pk
    told(person)
    page = browser.post("/notices/read", {"upto": upto}, follow=True).content.decode()
    assert "2 notices are marked as read" in page
    assert Notice.objects.unread().count() == 1


def test_a_first_reading_is_kept_when_a_notice_is_read_again(browser, person):
    notice = told(person)[0]
    browser.get(notice.get_absolute_url())
    first = Notice.objects.get().read_at
    browser.post(f"/notices/{notice.pk}/read")
    assert Notice.objects.get().read_at == first


def test_the_notices_of_others_are_not_there(browser, person):
    other = User.objects.create_user("other")
    notice = told(other)[0]
    assert shown(browser) == []
    assert browser.get(notice.get_absolute_url()).status_code == 404
    assert browser.post(f"/notices/{notice.pk}/read").status_code == 404
    browser.post("/notices/read", {"upto": notice.pk})
    assert Notice.objects.unread().count() == 1


def test_what_a_notice_says_is_shown_as_text(browser, person):
    tell_of(people=[person], title="<b>bold</b>", text="<script>alert(1)</script>")
    page = text_of(browser)
    assert "<b>bold" not in page
    assert "<script>alert" not in page


def test_the_list_asks_the_database_the_same_however_many_there_are(browser, person, django_assert_num_queries):
    for count in (1, 60):
        told(person, count)
        with django_assert_num_queries(4):  # session, person with roles, notices, the count in the header
            browser.get("/notices")


def test_the_header_costs_nothing_where_nobody_is_signed_in(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/sign-in")


def test_a_person_chooses_what_to_be_told_of(browser, person):
    chosen = {"mail": ["decided"], "notices": ["decided", "failed"]}
    page = browser.post("/notices/preferences", chosen, follow=True).content.decode()
    assert "Your choice is kept" in page
    kept = Preference.objects.get(person=person)
    assert set(Event.values) - set(kept.no_mail) == {"decided"}
    assert set(Event.values) - set(kept.no_notices) == {"decided", "failed"}
    assert page.count(" checked") == 3


def test_whoever_has_chosen_nothing_is_told_of_everything(browser):
    assert text_of(browser, "/notices/preferences").count(" checked") == 2 * len(Event)


def test_an_event_that_does_not_exist_is_refused(browser):
    answer = browser.post("/notices/preferences", {"mail": ["nonsense"]})
    assert answer.status_code == 422
    assert "<title>Error:" in answer.content.decode()
    assert not Preference.objects.exists()


def test_a_person_without_a_mail_address_is_told_that_no_mail_will_come(client, db):
    client.force_login(User.objects.create_user("nomail"))
    assert "has no mail address" in text_of(client, "/notices/preferences")


@pytest.mark.parametrize("path", ["/notices", "/notices/1", "/notices/preferences"])
def test_nobody_sees_a_page_without_signing_in(client, path):
    assert client.get(path)["Location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("path", ["/notices/1/read", "/notices/read"])
def test_a_link_alone_marks_nothing(browser, path):
    assert browser.get(path).status_code == 405


def link_in(mailoutbox):
    return re.search(r"https?://[^/]+(/notices/mail-address/\S+)", mailoutbox[-1].body)[1]


@pytest.fixture
def anna(db):
    """Somebody from the cloud, who comes without a mail address."""
    cache.clear()
    return User.objects.create_user("anna", iam_user_id="u", iam_domain_id="d")


@pytest.fixture
def annas(client, anna):
    client.force_login(anna)
    return client


def test_an_address_counts_once_its_owner_has_confirmed_it(annas, anna, mailoutbox):
    page = annas.post("/notices/mail-address", {"address": "anna@example.com"}, follow=True).content.decode()
    assert "Open the link in the mail to anna@example.com" in page
    deliver_due()
    assert mailoutbox[-1].to == ["anna@example.com"]
    link = link_in(mailoutbox)
    assert "Let mails go to anna@example.com?" in text_of(annas, link)
    anna.refresh_from_db()
    assert anna.email == ""  # looking is not confirming: scanners of mails follow links
    annas.post(link)
    anna.refresh_from_db()
    assert anna.email == "anna@example.com"
    assert AuditLine.objects.get(act="person.changed").after == '{"email":"anna@example.com"}'
    annas.post("/notices/mail-address", {"address": ""})
    anna.refresh_from_db()
    assert anna.email == ""


def test_a_link_counts_for_who_asked_for_it_alone(annas, browser, person, mailoutbox):
    annas.post("/notices/mail-address", {"address": "anna@example.com"})
    deliver_due()
    link = link_in(mailoutbox)
    before = person.email
    assert browser.post(link).status_code == 410
    person.refresh_from_db()
    assert person.email == before


def test_an_old_link_counts_no_more(annas, anna, mailoutbox, monkeypatch):
    annas.post("/notices/mail-address", {"address": "anna@example.com"})
    deliver_due()
    monkeypatch.setattr("webapp.notices.mail_address.VALID_DAYS", -1)
    assert annas.post(link_in(mailoutbox)).status_code == 410
    anna.refresh_from_db()
    assert anna.email == ""


def test_nobody_fills_the_mailbox_of_somebody_else(annas):
    answers = [annas.post("/notices/mail-address", {"address": "victim@example.com"}) for _ in range(3)]
    assert [one.status_code for one in answers] == [302, 422, 422]
    assert Delivery.objects.filter(event="confirm").count() == 1
    assert "Wait a minute" in answers[-1].content.decode()


def test_what_is_no_address_is_said_at_its_field(annas):
    page = annas.post("/notices/mail-address", {"address": "nowhere"}).content.decode()
    assert 'href="#id_address"' in page
    assert 'value="nowhere"' in page
