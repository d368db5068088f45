"""Texts and live pools become drafts; drafts and pools become texts."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.nodepool.test_rules import T, a_body
from tests.wizard import bodies
from tests.wizard.test_views import walked
from webapp.accounts.models import User
from webapp.approvals.models import PoolRequest
from webapp.nodepool.formats import FORMATS, Target
from webapp.nodepool.formats.guessing import guessed
from webapp.wizard import steps
from webapp.wizard.models import Draft

pytestmark = pytest.mark.django_db(transaction=True)
IMPORT = "/pools/new/import"
NO_POOLS = "This cluster has no node pools yet."


@pytest.mark.parametrize("name", ["json", "yaml", "terraform"])
@pytest.mark.parametrize("said", [True, False], ids=["said", "found out"])
def test_a_pasted_text_becomes_a_draft_that_opens_on_what_is_to_decide(anna_client, name, said):
    text = FORMATS[name].write(a_body(), Target()).text
    answer = anna_client.post(IMPORT, {"format": name if said else "", "text": f"\ufeff\n{text}" if not said else text})
    draft = Draft.objects.get()
    assert answer["Location"] == f"/pools/new/{draft.pk}/decisions"
    assert draft.body == a_body()


def test_a_file_is_taken_as_well(anna_client):
    file = SimpleUploadedFile("body.json", json.dumps(bodies.WIDE).encode())
    anna_client.post(IMPORT, {"format": "json", "file": file})
    assert Draft.objects.get().body == bodies.WIDE


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"a": 1, "a": 2}', '{"metadata": {"name": "\\ud800"}}', r'{"\udfff": 1}']
)
def test_a_text_that_cannot_be_read_is_kept_and_the_reason_said(anna_client, text):
    answer = anna_client.post(IMPORT, {"format": "json", "text": text})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#text"' in page
    assert not Draft.objects.exists()


def test_what_was_not_taken_over_is_listed_and_problems_lead_to_their_fields(anna_client):
    body = a_body(**{f"{T}/flavor": "", "/metadata/uid": "x", f"{T}/k8sTags": {"cce.cloud.com/x": "y"}})
    page = anna_client.post(IMPORT, {"format": "json", "text": json.dumps(body)}, follow=True).content.decode()
    assert "Not taken over" in page
    assert "<code>/metadata/uid</code>" in page
    assert "<code>/spec/nodeTemplate/k8sTags/cce.cloud.com~1x</code>" in page
    assert "?return=review#/spec/nodeTemplate/flavor" in page
    assert "2 things need a decision" in page  # the flavor, and the cluster
    step = anna_client.get(Draft.objects.get().url_of("node-template")).content.decode()
    assert 'href="#/spec/nodeTemplate/flavor"' in step


@pytest.mark.parametrize("name", [one.name for one in FORMATS.values() if one.read])
def test_a_format_is_found_out_by_the_signs_of_its_texts(name):
    for body in (a_body(), bodies.WIDE):
        assert guessed(FORMATS[name].write(body, Target()).text.encode()) == name


def test_a_text_that_is_misread_says_what_it_was_taken_for(anna_client):
    page = anna_client.post(IMPORT, {"text": "a: [1"}).content.decode()
    assert "It was taken for YAML" in page
    assert "a: [1" in page


def test_a_file_that_cannot_be_read_is_blamed_at_its_field_and_its_text_kept(anna_client):
    file = SimpleUploadedFile("body.json", b'{"spec": <oops>}')
    answer = anna_client.post(IMPORT, {"file": file})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#file"' in page
    assert "{&#34;spec&#34;: &lt;oops&gt;}" in page


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"{" * 2_000_000], ids=["empty", "binary", "huge"])
def test_any_file_is_taken_or_refused(anna_client, content):
    answer = anna_client.post(IMPORT, {"file": SimpleUploadedFile("x.yaml", content)})
    assert answer.status_code == 422
    assert not Draft.objects.exists()


def test_a_text_beside_a_file_is_not_dropped_in_silence(anna_client):
    answer = anna_client.post(IMPORT, {"text": "{}", "file": SimpleUploadedFile("x.json", b"{}")})
    assert answer.status_code == 422
    assert "not both" in answer.content.decode()
    assert not Draft.objects.exists()


def test_the_start_page_has_four_doors_and_shows_the_pools_of_a_cluster(anna_client, anna):
    from webapp.cloud.client import Cloud

    ids = {one["metadata"]["name"]: one["metadata"]["uid"] for one in Cloud(anna).clusters()}
    pool = Cloud(anna).create_node_pool(ids["prod-standard"], a_body())
    page = anna_client.get("/pools/new").content.decode()
    for door in ("door-blank", "door-preset", "door-copy", "door-text"):
        assert f'id="{door}"' in page
    assert NO_POOLS not in page  # no cluster was asked about yet
    page = anna_client.get(f"/pools/new?cluster={ids['prod-standard']}&pools=1").content.decode()
    assert f"/pools/new/from/{ids['prod-standard']}/{pool['metadata']['uid']}" in page
    trouble = anna_client.get("/pools/new?cluster=nothing&pools=1")
    assert trouble.status_code == 200
    assert NO_POOLS not in trouble.content.decode()


def test_a_cluster_without_pools_to_copy_says_so(anna_client, anna):
    from webapp.cloud.client import Cloud

    ids = {one["metadata"]["name"]: one["metadata"]["uid"] for one in Cloud(anna).clusters()}
    empty = next(uid for uid in ids.values() if not Cloud(anna).node_pools(uid))
    assert NO_POOLS in anna_client.get(f"/pools/new?cluster={empty}&pools=1").content.decode()


def test_the_cluster_that_was_chosen_is_taken_along(anna_client, anna):
    from webapp.cloud.client import Cloud

    cluster = Cloud(anna).clusters()[0]["metadata"]
    anna_client.post(IMPORT, {"text": json.dumps(a_body()), "cluster": cluster["uid"]})
    assert Draft.objects.get().cluster.name == cluster["name"]


def test_decisions_lead_to_their_fields_until_none_is_left(anna_client):
    anna_client.post(IMPORT, {"text": json.dumps(a_body(**{f"{T}/login/sshKey": "nobodys", f"{T}/az": "mars"}))})
    draft = Draft.objects.get()
    at = f"/pools/new/{draft.pk}/decisions"
    page = anna_client.get(at).content.decode()
    assert "things need a decision" in page
    for slug, place in (("basics", "cluster"), ("node-template", f"{T}/login/sshKey"), ("node-template", f"{T}/az")):
        assert f'href="{draft.url_of(slug)}?return=review#{place}"' in page
        assert f'id="{place}"' in anna_client.get(draft.url_of(slug)).content.decode()
    done = walked(anna_client, a_body(), "prod-standard")
    done.refresh_from_db()
    Draft.objects.update(body=done.body, cluster_facts=done.cluster_facts)
    assert "Nothing is left to decide" in anna_client.get(at).content.decode()


def test_what_to_decide_is_for_the_owner_and_asks_to_sign_in_again(anna_client):
    anna_client.post(IMPORT, {"text": "{}"})
    at = f"/pools/new/{Draft.objects.get().pk}/decisions"
    session = anna_client.session
    del session["cloud"]
    session.save()
    assert anna_client.get(at)["Location"].startswith("/sign-in?next=")
    anna_client.force_login(User.objects.create_user("stranger"))
    assert anna_client.get(at).status_code == 404


ODD = [
    {"spec": 1},
    {"metadata": [], "spec": {"nodeTemplate": []}},
    {"spec": {"nodeTemplate": {"dataVolumes": {"a": 1}, "k8sTags": [1], "taints": "x", "storage": 5, "login": 7}}},
    {"spec": {"nodeTemplate": {"dataVolumes": [1, None, []], "rootVolume": {"metadata": "x", "size": [1]}}}},
    {"spec": {"nodeTemplate": {"storage": {"storageGroups": [1, {"virtualSpaces": {}}], "storageSelectors": [[]]}}}},
    {"spec": {"nodeTemplate": {"extendParam": {"alpha.cce/preInstall": 5, "maxPods": "x"}, "k8sTags": {"": None}}}},
    {"spec": {"initialNodeCount": 1e300, "autoscaling": [], "customSecurityGroups": {}}, "x": {"y": ["\u0000"]}},
]


@pytest.mark.parametrize("body", ODD, ids=range(len(ODD)))
def test_an_odd_body_can_be_looked_at_on_every_page(anna_client, body):
    anna_client.post(IMPORT, {"format": "json", "text": json.dumps(body)})
    draft = Draft.objects.get()
    for slug in [step.slug for step in steps.STEPS] + ["review", "decisions"]:
        assert anna_client.get(draft.url_of(slug)).status_code == 200
    for name in FORMATS:
        assert anna_client.get(f"/pools/new/{draft.pk}/export/{name}").status_code == 200
        assert anna_client.get(f"/pools/new/{draft.pk}/export/{name}?download").status_code == 200
    assert anna_client.get("/drafts").status_code == 200


@pytest.mark.parametrize("name", FORMATS)
def test_a_draft_is_shown_and_downloaded_in_every_format(anna_client, local_cloud, name):
    draft = walked(anna_client, bodies.WIDE, "prod-standard")
    page = anna_client.get(f"/pools/new/{draft.pk}/export/{name}")
    assert page.status_code == 200
    file = anna_client.get(f"/pools/new/{draft.pk}/export/{name}?download")
    assert file["Content-Disposition"] == f'attachment; filename="wide-1.{FORMATS[name].suffix}"'
    assert "wide-1" in file.content.decode()
    token = local_cloud.log("POST", "/auth/tokens")
    assert token
    assert anna_client.get(f"/pools/new/{draft.pk}/export/xml").status_code == 404


def test_a_draft_with_problems_says_so_where_a_format_needs_a_good_body(anna_client):
    anna_client.post(IMPORT, {"format": "json", "text": "{}"})
    page = anna_client.get(f"/pools/new/{Draft.objects.get().pk}/export/terraform").content.decode()
    assert "This pool still has problems" in page


def test_a_live_pool_is_copied_without_its_name_and_exported(anna_client, local_cloud):
    draft = walked(anna_client, a_body(), "prod-standard")
    anna_client.post(draft.url_of("review"), {"_submit": "1"}, follow=True)
    creation = PoolRequest.objects.get()
    assert anna_client.get(f"{creation.get_absolute_url()}/export/curl").status_code == 200
    at = f"{creation.cluster_id}/{creation.pool_id}"
    anna_client.post(f"/pools/new/from/{at}")
    copy = Draft.objects.latest("created_at")
    assert copy.name == ""
    assert copy.cluster.name == "prod-standard"
    assert copy.body["spec"]["nodeTemplate"]["flavor"] == "c7n.xlarge.2"
    assert "k8sTags" not in copy.body["spec"]["nodeTemplate"] or not copy.body["spec"]["nodeTemplate"]["k8sTags"]
    cluster, pool = at.split("/")
    page = anna_client.get(f"/clusters/{cluster}/pools/{pool}/export/terraform").content.decode()
    assert "opentelekomcloud_cce_node_pool_v3" in page


def test_another_persons_draft_is_not_exported(anna_client, client, db):
    from django.test import Client

    anna_client.post(IMPORT, {"format": "json", "text": json.dumps(a_body())})
    stranger = Client()
    stranger.force_login(User.objects.create_user("stranger"))
    assert stranger.get(f"/pools/new/{Draft.objects.get().pk}/export/json").status_code == 404
