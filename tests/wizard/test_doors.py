"""Texts and live pools become drafts; drafts and pools become texts."""

import json

import pytest

from tests.nodepool.test_rules import T, a_body
from tests.wizard import bodies
from tests.wizard.test_views import walked
from webapp.nodepool.formats import FORMATS, Target
from webapp.pools.models import Creation
from webapp.wizard import steps
from webapp.wizard.models import Draft

pytestmark = pytest.mark.django_db(transaction=True)
IMPORT = "/pools/new/import"


@pytest.mark.parametrize("name", ["json", "yaml", "terraform"])
def test_a_pasted_text_becomes_a_draft_that_opens_on_its_review(anna_client, name):
    text = FORMATS[name].write(a_body(), Target()).text
    answer = anna_client.post(IMPORT, {"format": name, "text": text})
    draft = Draft.objects.get()
    assert answer["Location"] == draft.url_of("review")
    assert draft.body == a_body()


def test_a_file_is_taken_as_well(anna_client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("body.json", json.dumps(bodies.WIDE).encode())
    anna_client.post(IMPORT, {"format": "json", "file": file})
    assert Draft.objects.get().body == bodies.WIDE


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1, "a": 2}'])
def test_a_text_that_cannot_be_read_is_kept_and_the_reason_said(anna_client, text):
    answer = anna_client.post(IMPORT, {"format": "json", "text": text})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#text"' in page
    assert not Draft.objects.exists()


def test_what_was_not_taken_over_is_listed_and_problems_lead_to_their_fields(anna_client):
    body = a_body(**{f"{T}/flavor": "", "/metadata/uid": "x", f"{T}/k8sTags": {"cce.cloud.com/x": "y"}})
    page = anna_client.post(IMPORT, {"format": "json", "text": json.dumps(body)}, follow=True).content.decode()
    assert "Not taken over: /metadata/uid, /spec/nodeTemplate/k8sTags/cce.cloud.com~1x." in page
    assert "#/spec/nodeTemplate/flavor" in page
    step = anna_client.get(Draft.objects.get().url_of("node-template")).content.decode()
    assert 'href="#/spec/nodeTemplate/flavor"' in step


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
    for slug in [step.slug for step in steps.STEPS] + ["review"]:
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
    creation = Creation.objects.get()
    assert anna_client.get(f"/pools/{creation.pk}/export/curl").status_code == 200
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

    from webapp.accounts.models import User

    anna_client.post(IMPORT, {"format": "json", "text": json.dumps(a_body())})
    stranger = Client()
    stranger.force_login(User.objects.create_user("stranger"))
    assert stranger.get(f"/pools/new/{Draft.objects.get().pk}/export/json").status_code == 404
