"""Scaling, changing and deleting a live pool: typed, looked at, requested."""

import copy
import re

import pytest

from tests.approvals.building import a_policy
from tests.nodepool.test_rules import T
from tests.people import a_person
from tests.pools.test_views import at, made  # noqa: F401 - fixtures
from webapp.accounts.roles import Role
from webapp.approvals import deciding
from webapp.approvals.models import PoolRequest
from webapp.cloud.client import Cloud
from webapp.nodepool import pointers
from webapp.nodepool.changes import update_body

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = "/spec/initialNodeCount"


def form_of(page: str) -> dict[str, str]:
    """Return the hidden inputs of a page, as a browser would post them."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def timeline_at(browser, path: str) -> list[dict[str, str]]:
    """Return the lines of the timeline that a page shows."""
    line = r'<time datetime="(?P<at>[^"]+)">[^<]*</time> <strong>(?P<actor>[^<]+)</strong> (?P<text>[^<]+)'
    line += r'(?:<span class="muted">\(after (?P<took>[^)]+)\))?'
    return [one.groupdict() for one in re.finditer(line, browser.get(path).content.decode())]


def test_a_pool_is_scaled_after_a_look_at_what_changes(anna_client, at, local_cloud):  # noqa: F811
    first = anna_client.post(f"{at}/scale", {COUNT: "5"}).content.decode()
    assert "<del>2</del>" in first
    assert "<ins>5</ins>" in first
    assert local_cloud.log("PUT") == []
    done = anna_client.post(f"{at}/scale", form_of(first) | {"_confirmed": "1"})
    found = PoolRequest.objects.get(kind="scale")
    assert done["Location"] == found.get_absolute_url()
    assert local_cloud.log("PUT")[0]["body"]["spec"]["initialNodeCount"] == 5


def test_confirming_twice_changes_once(anna_client, at, local_cloud):  # noqa: F811
    form = form_of(anna_client.post(f"{at}/scale", {COUNT: "5"}).content.decode()) | {"_confirmed": "1"}
    places = {anna_client.post(f"{at}/scale", form)["Location"] for _ in range(2)}
    assert len(places) == len(local_cloud.log("PUT")) == 1


def test_a_wrong_number_is_said_at_its_field(anna_client, at, local_cloud):  # noqa: F811
    answer = anna_client.post(f"{at}/scale", {COUNT: "many"})
    assert answer.status_code == 422
    assert f'href="#{COUNT}"' in answer.content.decode()
    assert 'value="many"' in answer.content.decode()


def test_labels_and_taints_are_changed_and_rows_come_without_javascript(anna_client, at, local_cloud):  # noqa: F811
    live = {"/metadata/name": "pool-1", COUNT: "2", f"{T}/k8sTags/0/key": "tier", f"{T}/k8sTags/0/value": "web"}
    grown = anna_client.post(f"{at}/change", live | {"_add": f"{T}/k8sTags"})
    assert f'name="{T}/k8sTags/1/key"' in grown.content.decode()
    page = anna_client.post(f"{at}/change", live).content.decode()
    assert "Label tier" in page
    anna_client.post(f"{at}/change", form_of(page) | {"_confirmed": "1"})
    assert local_cloud.log("PUT")[0]["body"]["spec"]["nodeTemplate"]["k8sTags"] == {"tier": "web"}


def test_a_change_that_needs_approval_waits(anna_client, at, local_cloud):  # noqa: F811
    a_policy("big pools", over_nodes=4, kinds=["scale"])
    page = anna_client.post(f"{at}/scale", {COUNT: "5"}).content.decode()
    assert "This needs 1 approval by any approver." in page
    anna_client.post(f"{at}/scale", form_of(page) | {"_confirmed": "1", "reason": "Black Friday"})
    found = PoolRequest.objects.get(kind="scale")
    assert (found.state, found.reason) == ("submitted", "Black Friday")
    assert local_cloud.log("PUT") == []
    assert found.reference in anna_client.get(f"{at}/change").content.decode()


def test_what_is_said_beside_a_change_is_kept_on_the_way_back_to_the_form(anna_client, at, local_cloud):  # noqa: F811
    a_policy()
    page = anna_client.post(f"{at}/scale", {COUNT: "5"}).content.decode()
    back = anna_client.post(f"{at}/scale", form_of(page) | {"reason": "For Friday.", "_back": "1"}).content.decode()
    again = anna_client.post(f"{at}/scale", form_of(back) | {COUNT: "6"}).content.decode()
    assert ">For Friday.</textarea>" in again
    assert 'name="start_at_once" value="1" checked' not in again


def test_what_is_refused_at_the_last_moment_stands_as_it_was_typed(anna_client, at, local_cloud):  # noqa: F811
    page = anna_client.post(f"{at}/scale", {COUNT: "5"}).content.decode()
    a_policy(outcome="refuse", refusal="Not in December.")
    refused = anna_client.post(f"{at}/scale", form_of(page) | {"_confirmed": "1"})
    text = refused.content.decode()
    assert (refused.status_code, "<ins>5</ins>" in text, form_of(text)[COUNT]) == (409, True, "5")
    assert "Not in December." in text
    kept = anna_client.post(f"{at}/delete", {"name": "pool-1"})
    assert (kept.status_code, 'value="pool-1"' in kept.content.decode()) == (409, True)
    assert "Delete" in re.search(r"<h1>([^<]+)", kept.content.decode())[1]


def test_a_pool_is_deleted_only_when_its_name_was_typed(anna_client, at, local_cloud):  # noqa: F811
    assert anna_client.post(f"{at}/delete", {"name": "pool"}).status_code == 422
    assert local_cloud.log("DELETE") == []
    answer = anna_client.post(f"{at}/delete", {"name": "pool-1"})
    assert answer["Location"] == PoolRequest.objects.get(kind="delete").get_absolute_url()
    assert len(local_cloud.log("DELETE")) == 1


def test_a_change_that_was_given_back_is_changed_where_it_was_typed(anna_client, at, local_cloud):  # noqa: F811
    a_policy("big pools", over_nodes=4, kinds=["scale"])
    page = anna_client.post(f"{at}/scale", {COUNT: "9"}).content.decode()
    anna_client.post(f"{at}/scale", form_of(page) | {"_confirmed": "1"})
    found = PoolRequest.objects.get(kind="scale")
    approver = a_person("approver", Role.APPROVER)
    deciding.ask_changes(found, by=approver, comment="Fewer.", pointer=COUNT)
    link = re.search(r'href="([^"]+)">Change it', anna_client.get(found.get_absolute_url()).content.decode())[1]
    assert 'value="9"' in anna_client.get(link).content.decode()
    page = anna_client.post(link, {COUNT: "6"}).content.decode()
    assert f'changes your request <a href="{found.get_absolute_url()}"' in page
    anna_client.post(link, form_of(page) | {"_confirmed": "1", "_asks": "1"})
    found.refresh_from_db()
    assert (found.revision, found.state, found.body["spec"]["initialNodeCount"]) == (2, "submitted", 6)


def test_a_change_that_waits_is_typed_on_top_of_what_others_did_meanwhile(anna_client, at, anna, local_cloud):  # noqa: F811
    a_policy()
    live = {"/metadata/name": "pool-1", COUNT: "2", f"{T}/k8sTags/0/key": "tier", f"{T}/k8sTags/0/value": "web"}
    page = anna_client.post(f"{at}/change", live).content.decode()
    anna_client.post(f"{at}/change", form_of(page) | {"_confirmed": "1", "_asks": "1"})
    found = PoolRequest.objects.get(kind="update")
    others = copy.deepcopy(found.baseline)
    pointers.put(others, f"{T}/k8sTags", {"team": "shop"})
    Cloud(anna).update_node_pool(found.cluster_id, found.pool_id, update_body(others))
    page = anna_client.get(f"{at}/change").content.decode()
    assert re.findall(r'k8sTags/\d/key"[^>]* value="([^"]+)"', page) == ["tier", "team"]


def test_what_the_pool_did_before_a_request_is_not_in_its_timeline(anna_client, at, local_cloud):  # noqa: F811
    anna_client.get(at)
    page = anna_client.post(f"{at}/scale", {COUNT: "5"}).content.decode()
    anna_client.post(f"{at}/scale", form_of(page) | {"_confirmed": "1"})
    found = PoolRequest.objects.get(kind="scale")
    lines = timeline_at(anna_client, found.get_absolute_url())
    assert [one["at"] for one in lines] == sorted(one["at"] for one in lines)
    assert lines[0]["text"].startswith("submitted it")


def test_every_line_of_a_timeline_says_who_when_and_how_long_after_the_one_before(anna_client, at, local_cloud):  # noqa: F811
    page = anna_client.post(f"{at}/scale", {COUNT: "5"}).content.decode()
    anna_client.post(f"{at}/scale", form_of(page) | {"_confirmed": "1"})
    found = PoolRequest.objects.get(kind="scale")
    first, *lines = timeline_at(anna_client, found.get_absolute_url())
    assert first["took"] is None
    assert {one["actor"] for one in (first, *lines)} == {"anna", "Poolwright", "The cloud"}
    assert all(re.fullmatch(r"\d+:\d\d:\d\d", one["took"]) for one in lines)
    assert {one["actor"] for one in timeline_at(anna_client, at)} == {"The cloud"}
