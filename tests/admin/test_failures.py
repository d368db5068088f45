"""The failure catalogue: filled at the start, kept by admins, and completed by what was not known."""

import importlib
import json

import pytest
from django.apps import apps
from django.db import connection

from webapp.approvals.catalogue import card_of, count_unmatched
from webapp.approvals.models import CatalogueEntry, UnmatchedFailure
from webapp.audit.models import AuditLine
from webapp.cloud.errors import MEANINGS

LIST = "/admin/approvals/catalogueentry/"
UNMATCHED = "/admin/approvals/unmatchedfailure/"
pytestmark = pytest.mark.django_db
fill = importlib.import_module("webapp.approvals.migrations.0003_failure_catalogue").fill


class Editor:
    connection = connection


@pytest.fixture
def filled():
    CatalogueEntry.objects.all().delete()
    fill(apps, Editor)


def test_the_catalogue_holds_every_code_that_the_portal_knows_in_the_same_words(filled):
    kept = {one.code: one for one in CatalogueEntry.objects.all()}
    assert kept.keys() == MEANINGS.keys()
    for code, meaning in MEANINGS.items():
        entry = kept[code]
        said = (entry.sentence, entry.remedy, entry.whose, entry.pointer, entry.is_retryable)
        assert said == (meaning.message, meaning.remedy, meaning.whose, meaning.pointer, meaning.is_retryable)
        entry.full_clean()


@pytest.mark.parametrize(
    "code", ["SoldOut", "Error", "HTTP 403", "answer-lost", "pool-gone", "facts-changed", "NP-NAME-04", "CCE.01400008"]
)
def test_what_launches_report_is_in_it(filled, code):
    assert CatalogueEntry.objects.filter(code=code).exists()


def test_filling_again_keeps_what_an_admin_wrote(filled):
    CatalogueEntry.objects.filter(code="SoldOut").update(sentence="Ours.")
    fill(apps, Editor)
    assert card_of({"code": "SoldOut"}).sentence == "Ours."


def typed(**values):
    known = {"code": "X.1", "sentence": "It broke.", "whose": "yours", "remedy": "Mend it.", "pointer": ""}
    return known | values


def test_a_changed_entry_is_what_people_read_and_is_audited(at_desk, filled):
    entry = CatalogueEntry.objects.get(code="SoldOut")
    at_desk.post(f"{LIST}{entry.pk}/change/", typed(code="SoldOut", pointer="/spec/nodeTemplate/flavor"))
    assert card_of({"code": "SoldOut"}).sentence == "It broke."
    line = AuditLine.objects.get(act="catalogue_entry.changed")
    assert json.loads(line.after)["sentence"] == "It broke."
    assert json.loads(line.before)["sentence"] == MEANINGS["SoldOut"].message


@pytest.mark.parametrize("pointer", ["spec", "/other", "javascript:alert(1)", "/"])
def test_only_places_of_the_body_are_fields_to_open(at_desk, pointer):
    answer = at_desk.post(f"{LIST}add/", typed(pointer=pointer))
    assert "pointer" in answer.context["adminform"].form.errors


def test_an_unknown_code_is_counted_listed_and_added_with_one_click(at_desk):
    for _ in range(3):
        count_unmatched({"code": "New.42", "detail": "the cloud says: no luck"})
    shown = at_desk.get(UNMATCHED)
    found = UnmatchedFailure.objects.get()
    assert found.count == 3
    link = shown.content.decode().split('href="')
    url = next(one.split('"')[0] for one in link if "/catalogueentry/add/?" in one).replace("&amp;", "&")
    form = at_desk.get(url).context["adminform"].form
    assert form.initial == {"code": "New.42", "sentence": "the cloud says: no luck"}
    at_desk.post(f"{LIST}add/", typed(code="New.42"))
    assert not UnmatchedFailure.objects.exists()
    assert card_of({"code": "New.42"}).sentence == "It broke."


def test_an_auditor_is_offered_no_link_to_add(looking):
    count_unmatched({"code": "New.42"})
    shown = looking.get(UNMATCHED).content.decode()
    assert "New.42" in shown
    assert "catalogueentry/add" not in shown
