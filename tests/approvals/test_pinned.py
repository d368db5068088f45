"""A comment is pinned to any field, filled in or blank; who asked lands on the field, and reads it there."""

import re

import pytest
from django.test import Client

from tests.approvals.building import a_policy
from tests.nodepool.test_rules import T, a_body
from tests.people import a_person
from tests.wizard import bodies
from tests.wizard.test_views import begun, walked
from webapp.accounts.roles import Role
from webapp.approvals import deciding
from webapp.approvals.models import Comment, PoolRequest
from webapp.wizard import steps
from webapp.wizard.models import Draft
from webapp.wizard.naming import places_in

pytestmark = pytest.mark.django_db(transaction=True)
TAINTS = f"{T}/taints"


@pytest.fixture
def approver(db):
    return a_person("approver", Role.APPROVER)


@pytest.fixture
def waiting(anna_client):
    a_policy()
    draft = walked(anna_client, a_body(), "prod-standard")
    anna_client.post(draft.url_of("review"), {"_asks": "1"})
    return PoolRequest.objects.get()


def asked_at(found, approver, pointer, words="Fewer, please."):
    """Ask for changes at the page, at a field that it offers."""
    client = Client()
    client.force_login(approver)
    page = client.get(found.get_absolute_url()).content.decode()
    assert f'<option value="{pointer}"' in page
    form = {"digest": found.digest, "comment": words, "pointer": pointer}
    assert client.post(f"{found.get_absolute_url()}/ask-changes", form).status_code == 302


def links_in(client, found):
    """Return where “Change it” and the comment's field lead."""
    page = client.get(found.get_absolute_url()).content.decode()
    return {one.replace("&amp;", "&") for one in re.findall(r'href="([^"]+\?blame=[^"]+)"', page)}


@pytest.mark.parametrize(
    ("pointer", "step"),
    [
        ("/spec/initialNodeCount", "basics"),
        (f"{T}/rootVolume/size", "disks"),
        (TAINTS, "node-template"),
        ("/spec/autoscaling/enable", "autoscaling"),
        (f"{T}/extendParam/alpha.cce~1postInstall", "node-template"),
    ],
    ids=["filled in", "in a part", "a blank list", "a blank switch", "a blank text with a slash in its name"],
)
def test_who_asked_lands_on_the_field_and_reads_the_comment_there(waiting, approver, anna_client, pointer, step):
    asked_at(waiting, approver, pointer)
    (link,) = links_in(anna_client, waiting)
    answer = anna_client.get(link)
    where, _, field = answer["Location"].partition("#")
    assert (where.partition("?")[0].rpartition("/")[2], field) == (step, pointer)
    page = anna_client.get(where).content.decode()
    assert f'id="{pointer}"' in page
    assert "<strong>approver</strong> asks here: “Fewer, please.”" in page


def test_every_field_that_can_be_chosen_is_one_that_a_page_of_the_wizard_has(anna_client):
    draft = begun(anna_client)
    Draft.objects.filter(pk=draft.pk).update(body=bodies.WIDE)
    pages = {step.slug: anna_client.get(draft.url_of(step.slug)).content.decode() for step in steps.STEPS}
    missing = [at for at in places_in(bodies.WIDE) if f'id="{at}"' not in pages[steps.owner(at).slug]]
    assert missing == []


def test_what_has_no_draft_any_more_shows_the_comment_in_the_new_one(waiting, approver, anna_client):
    asked_at(waiting, approver, TAINTS)
    PoolRequest.objects.update(draft_url="")
    page = anna_client.get(waiting.get_absolute_url()).content.decode()
    form = dict(re.findall(r'<input type="hidden" name="(blame|comment)" value="([^"]*)"', page))
    answer = anna_client.post(f"/pools/new/from/{waiting.reference}", form, follow=True)
    assert answer.redirect_chain[-1][0].endswith(f"#{TAINTS}")
    assert "<strong>approver</strong> asks here: “Fewer, please.”" in answer.content.decode()


def test_what_is_said_is_escaped(waiting, approver, anna_client):
    asked_at(waiting, approver, TAINTS, "<script>alert(1)</script>")
    (link,) = links_in(anna_client, waiting)
    assert "<script>alert" not in anna_client.get(link, follow=True).content.decode()


def test_nobody_reads_a_comment_of_anothers_request_by_its_number(waiting, approver, anna_client):
    other = a_person("other", Role.REQUESTER)
    mine = begun(anna_client)
    theirs = Comment.objects.create(request=waiting, by=approver, text="Between us.", pointer=TAINTS)
    PoolRequest.objects.update(author=other)
    for draft in (mine, Draft.objects.get(pk=waiting.draft_url.split("/")[-2])):
        for number in (theirs.pk, f"{theirs.pk}x", "-1", "", "9" * 30):
            page = anna_client.get(f"{draft.url_of('node-template')}?comment={number}")
            assert (page.status_code, "Between us." in page.content.decode()) == (200, False)


def test_a_comment_on_another_of_ones_own_requests_is_not_shown_here(waiting, approver, anna_client):
    deciding.ask_changes(waiting, by=approver, comment="Elsewhere.", pointer=TAINTS)
    page = anna_client.get(f"{begun(anna_client).url_of('node-template')}?comment={Comment.objects.get().pk}")
    assert "Elsewhere." not in page.content.decode()
