"""Drafts and presets that fixed statements read and write are those that the ORM knows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.forms import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.nodepool.test_rules import a_body
from tests.people import a_person
from webapp.accounts.roles import Role
from webapp.wizard import presets
from webapp.wizard.models import Draft, Preset

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return a_person("ben", Role.REQUESTER)


@pytest.fixture
def draft(ben):
    name, fixed = "the preset “Worker”", {"/spec/type": {"value": "vm", "reason": "So", "by": "Ada"}}
    baseline = {"name": name, "body": a_body()}
    return Draft.objects.create(owner=ben, body=a_body(), fixed=fixed, left_out=[["/a", "b"]], baseline=baseline)


def everything(one):
    return {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}


def test_a_draft_is_read_with_all_that_it_holds(ben, draft):
    found = Draft.objects.own(ben, draft.pk)
    assert everything(found) == everything(Draft.objects.get(pk=draft.pk))
    assert found == draft
    assert not found._state.adding


def test_nobody_reads_the_draft_of_another(draft):
    assert Draft.objects.own(a_person("eve", Role.REQUESTER), draft.pk) is None


def changes(**more):
    said = {"body": a_body(**{"/metadata/name": "new"}), "cluster_facts": {"id": "c"}, "touched": {"basics": {}}}
    return said | {"version": 2, "last_step": "disks", "updated_at": timezone.now() + timedelta(hours=1)} | more


def test_what_a_save_changes_is_read_again(ben, draft):
    said = changes()
    assert Draft.objects.change(draft, said)
    found = everything(Draft.objects.get(pk=draft.pk))
    assert found == everything(draft) | said


def test_a_save_of_a_version_that_is_gone_changes_nothing(draft):
    assert Draft.objects.change(draft, changes())
    before = everything(Draft.objects.get(pk=draft.pk))
    assert not Draft.objects.change(draft, changes(last_step="networking"))
    assert everything(Draft.objects.get(pk=draft.pk)) == before


def test_a_save_changes_no_other_draft(ben, draft):
    other = Draft.objects.create(owner=ben)
    Draft.objects.change(draft, changes())
    assert everything(Draft.objects.get(pk=other.pk)) == everything(other)


def test_the_recent_drafts_of_a_person_are_listed_by_one_statement(ben, draft):
    Draft.objects.create(owner=a_person("eve", Role.REQUESTER))
    newer = Draft.objects.create(owner=ben, cluster_facts={"name": "prod"})
    with CaptureQueriesContext(connection) as asked:
        found = Draft.objects.recent(ben, 5)
        shown = [(str(one), one.cluster_facts, one.get_absolute_url(), one.updated_at) for one in found]
    assert len(asked) == 1
    assert shown == [
        (str(one), one.cluster_facts, one.get_absolute_url(), one.updated_at)
        for one in Draft.objects.filter(pk__in=[draft.pk, newer.pk]).order_by("-updated_at")
    ]
    assert Draft.objects.recent(ben, 1) == [newer]


def test_presets_are_offered_by_name_while_they_are_active(ben):
    for name in ("Worker", "Batch", "Old"):
        Preset.objects.create(name=name, body=a_body(), fixed={"/spec/type": "So"}, author=ben, is_active=name != "Old")
    with CaptureQueriesContext(connection) as asked:
        found = presets.offered()
        assert [(one.name, str(one.author)) for one in found] == [("Batch", str(ben)), ("Worker", str(ben))]
    assert len(asked) == 2
    assert [model_to_dict(one) for one in found] == [model_to_dict(one) for one in presets.active_presets()]
