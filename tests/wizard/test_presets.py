"""An admin keeps a draft as a preset; people start from it, and what it fixes stays fixed on every way in."""

import json

import pytest
from django.test import Client

from tests.approvals.building import a_policy
from tests.nodepool.test_rules import T, a_body
from tests.wizard import bodies
from tests.wizard.test_views import cluster_id, form_of
from webapp.accounts.models import User
from webapp.approvals.models import PoolRequest
from webapp.nodepool import pointers
from webapp.nodepool.defaults import blank_body
from webapp.wizard import presets, steps
from webapp.wizard.models import Draft, Preset

pytestmark = pytest.mark.django_db(transaction=True)
FLAVOR, DISKS, LABELS, TAINTS = f"{T}/flavor", f"{T}/dataVolumes", f"{T}/k8sTags", f"{T}/taints"
BODY = a_body(**{LABELS: {"cost": "42", "tier": "web"}, f"{T}/rootVolume": {"volumetype": "SSD", "size": 60}})
FIXED = {FLAVOR: "The flavor we have a contract for.", DISKS: "Backed up as they are.", f"{LABELS}/cost": "Billing."}


@pytest.fixture
def admin(db):
    return User.objects.create_superuser("admin", first_name="Ada")


@pytest.fixture
def admin_client(admin):
    client = Client()
    client.force_login(admin)
    return client


@pytest.fixture
def preset(admin):
    return Preset.objects.create(name="Worker", body=presets.body_to_keep(BODY), fixed=FIXED, author=admin)


@pytest.fixture
def started(anna_client, preset):
    anna_client.post(f"/pools/new/preset/{preset.pk}")
    return Draft.objects.get()


def a_draft_of(person):
    return Draft.objects.create(owner=person, body=BODY)


def test_an_admin_saves_a_draft_as_a_preset_without_what_is_personal(admin_client, admin):
    at = f"/pools/new/{a_draft_of(admin).pk}/preset"
    assert f'href="{at}"' in admin_client.get(at.replace("/preset", "/review")).content.decode()
    page = admin_client.get(at).content.decode()
    assert f'value="{FLAVOR}"' in page
    assert 'value="/metadata/name"' not in page
    form = {"name": "Worker", "description": "For web tiers", "reason": "Because.", "fix": [FLAVOR, DISKS]}
    answer = admin_client.post(at, form | {f"reason {DISKS}": "Backed up."})
    assert answer["Location"] == "/presets"
    made = Preset.objects.get()
    assert (made.name, made.description, made.author) == ("Worker", "For web tiers", admin)
    assert made.fixed == {FLAVOR: "Because.", DISKS: "Backed up."}
    assert "metadata" not in made.body
    assert "login" not in made.body["spec"]["nodeTemplate"]
    assert made.body["spec"]["nodeTemplate"]["flavor"] == BODY["spec"]["nodeTemplate"]["flavor"]


def test_a_reason_and_a_name_are_demanded_and_nothing_typed_is_lost(admin_client, admin, preset):
    form = {"name": "Worker", "description": "kept text", "fix": [FLAVOR]}
    answer = admin_client.post(f"/pools/new/{a_draft_of(admin).pk}/preset", form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Flavor: Say why this is fixed" in page
    assert "Preset with this Name already exists" in page
    assert "kept text" in page
    assert f'value="{FLAVOR}" checked' in page
    assert Preset.objects.count() == 1


def test_a_list_that_is_fixed_as_a_whole_needs_no_reasons_for_its_entries(admin_client, admin):
    form = {"name": "Worker", "reason": "Why.", "fix": [LABELS, f"{LABELS}/cost"]}
    admin_client.post(f"/pools/new/{a_draft_of(admin).pk}/preset", form)
    assert Preset.objects.get().fixed == {LABELS: "Why."}


def test_presets_are_managed_by_admins_alone(anna_client, preset):
    draft = a_draft_of(User.objects.get(iam_user_id__gt=""))
    assert "Save as a preset" not in anna_client.get(draft.url_of("review")).content.decode()
    for path in ("/presets", f"/presets/{preset.pk}", f"/pools/new/{draft.pk}/preset"):
        assert anna_client.get(path).status_code == 403
    assert anna_client.post(f"/presets/{preset.pk}/active", {"is_active": "0"}).status_code == 403
    assert anna_client.post(f"/presets/{preset.pk}", {"name": "Mine"}).status_code == 403
    preset.refresh_from_db()
    assert (preset.name, preset.is_active) == ("Worker", True)


def test_an_admin_changes_and_deactivates_a_preset(admin_client, anna_client, preset):
    page = admin_client.get(f"/presets/{preset.pk}").content.decode()
    assert "Backed up as they are." in page
    admin_client.post(f"/presets/{preset.pk}", {"name": "Big worker", "fix": [FLAVOR], f"reason {FLAVOR}": "New."})
    preset.refresh_from_db()
    assert (preset.name, preset.fixed) == ("Big worker", {FLAVOR: "New."})
    assert "Big worker" in admin_client.get("/presets").content.decode()
    admin_client.post(f"/presets/{preset.pk}/active", {"is_active": "0"})
    assert "Big worker" not in anna_client.get("/pools/new").content.decode()
    assert anna_client.post(f"/pools/new/preset/{preset.pk}").status_code == 404


def test_a_person_starts_from_a_preset_and_is_told_what_is_left_to_decide(anna_client, preset):
    assert "Start from it" in anna_client.get("/pools/new").content.decode()
    answer = anna_client.post(f"/pools/new/preset/{preset.pk}", follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[0][0] == f"/pools/new/{Draft.objects.get().pk}/decisions"
    for place in ("#cluster", "#/metadata/name", f"#{T}/login/sshKey"):
        assert f'?return=review{place}"' in page
    assert "Fixed by Ada: Backed up as they are." in page


def test_a_fixed_field_is_read_only_and_says_who_fixed_it_and_why(anna_client, started):
    page = anna_client.get(started.url_of("node-template")).content.decode()
    assert f'id="{FLAVOR}" data-at="{FLAVOR}" value="c7n.xlarge.2" readonly' in page
    assert "Fixed by Ada: The flavor we have a contract for." in page
    assert f'data-at="{FLAVOR}" value="c7n.2xlarge.2"' not in page
    assert f'id="{LABELS}/0/value" data-at="{LABELS}/0/value" value="42" readonly' in page
    assert f'name="_remove" value="{LABELS}/0"' not in page
    assert f'name="_remove" value="{LABELS}/1"' in page
    disks = anna_client.get(started.url_of("disks")).content.decode()
    assert f'data-add="{DISKS}"' not in disks
    assert f'data-add="{T}/storage/storageGroups"' in disks


@pytest.mark.parametrize("way", ["", "/preview"])
def test_a_post_cannot_change_what_is_fixed_and_the_rest_is_taken(anna_client, started, way):
    form = {
        FLAVOR: "s3.large.2",
        f"{LABELS}/0/key": "cost",
        f"{LABELS}/0/value": "0",
        f"{LABELS}/1/key": "own",
        f"{LABELS}/1/value": "x",
        f"{T}/os": "EulerOS 2.9",
        "_to": "disks",
    }
    anna_client.post(started.url_of("node-template") + way, form)
    anna_client.post(started.url_of("disks") + way, {f"{DISKS}/0/size": "32000", f"{T}/rootVolume/size": "70"})
    started.refresh_from_db()
    template = started.body["spec"]["nodeTemplate"]
    assert template["flavor"] == "c7n.xlarge.2"
    assert template["k8sTags"] == {"cost": "42", "own": "x"}
    assert template["os"] == "EulerOS 2.9"
    assert template["dataVolumes"] == BODY["spec"]["nodeTemplate"]["dataVolumes"]
    assert template["rootVolume"]["size"] == 70


def test_review_and_approvers_compare_with_the_preset(anna_client, started, preset, local_cloud):
    a_policy()
    assert ">Key pair: This is needed: fill it in.</a>" in anna_client.get(started.url_of("review")).content.decode()
    cluster = cluster_id(anna_client, started, "prod-standard")
    anna_client.post(started.url_of("basics"), form_of(steps.BASICS, a_body()) | {"cluster": cluster})
    anna_client.post(started.url_of("node-template"), form_of(steps.NODE_TEMPLATE, a_body()) | {"_to": "review"})
    page = anna_client.get(started.url_of("review")).content.decode()
    assert "Show only what differs from the preset “Worker”" in page
    Preset.objects.update(body={})  # later changes of the preset are not what the draft began with
    answer = anna_client.post(started.url_of("review"), {"_asks": "1"})
    assert answer.status_code == 302, answer.content.decode()
    found = PoolRequest.objects.get()
    page = anna_client.get(found.get_absolute_url()).content.decode()
    assert "What differs from the preset “Worker”" in page
    difference = page[page.index("in-words") : page.index("as-json")]
    assert "pool-1" in difference
    assert "c7n.xlarge.2" not in difference


@pytest.mark.parametrize(
    "form", [{}, {"_remove": f"{LABELS}/0"}, {f"{LABELS}/3/key": "cost", f"{LABELS}/3/value": "1"}]
)
def test_what_is_fixed_can_neither_be_left_out_nor_removed(anna_client, started, form):
    anna_client.post(started.url_of("node-template"), form)
    started.refresh_from_db()
    assert started.body["spec"]["nodeTemplate"]["flavor"] == "c7n.xlarge.2"
    assert started.body["spec"]["nodeTemplate"]["k8sTags"]["cost"] == "42"


def test_a_draft_stays_as_it_began_when_its_preset_changes(anna_client, started, preset):
    Preset.objects.update(fixed={}, is_active=False)
    anna_client.post(started.url_of("node-template"), {FLAVOR: "s3.large.2"})
    started.refresh_from_db()
    assert started.body["spec"]["nodeTemplate"]["flavor"] == "c7n.xlarge.2"


def test_every_value_of_a_wide_body_can_be_fixed_and_every_step_saved(anna_client, admin):
    body = presets.body_to_keep(bodies.WIDE)
    every = [one.at for _, values in presets.fixables(body) for one in values]
    made = Preset.objects.create(name="All", body=body, fixed=dict.fromkeys(every, "Why."), author=admin)
    anna_client.post(f"/pools/new/preset/{made.pk}")
    draft = Draft.objects.get()
    for step in steps.STEPS:
        assert anna_client.get(draft.url_of(step.slug)).status_code == 200
        anna_client.post(draft.url_of(step.slug), form_of(step, a_body()) | {"_to": "review"})
    draft.refresh_from_db()
    for at in every:
        assert pointers.get(draft.body, at) == pointers.get(bodies.WIDE, at)
    assert draft.name == "pool-1"


@pytest.fixture
def api(anna_client):
    from webapp.accounts.actions import make_api_token

    token = make_api_token(User.objects.get(iam_user_id__gt=""), "t", 1)

    def asked(method, path, data=None, **headers):
        content = {} if data is None else {"data": json.dumps(data), "content_type": "application/json"}
        return getattr(Client(), method)(path, headers={"Authorization": f"Token {token}", **headers}, **content)

    return asked


def test_the_api_lists_presets_and_starts_from_one(api, preset):
    Preset.objects.create(name="Old", body={}, author=preset.author, is_active=False)
    (found,) = api("get", "/api/v1/presets").json()["results"]
    assert (found["id"], found["name"], found["fixed"], found["author"]) == (str(preset.pk), "Worker", FIXED, "Ada")
    made = api("post", "/api/v1/drafts", {"preset": found["id"]})
    assert made.status_code == 201
    assert made.json()["body"] == found["body"]
    assert made.json()["fixed"][FLAVOR] == f"Fixed by Ada: {FIXED[FLAVOR]}"


@pytest.mark.parametrize("preset_id", ["x", None, 5, []])
def test_what_is_no_id_of_a_preset_is_refused_at_its_place(api, preset_id):
    answer = api("post", "/api/v1/drafts", {"preset": preset_id})
    assert answer.status_code == 400
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/preset"]


def test_a_preset_that_is_not_offered_is_not_there(api, preset):
    Preset.objects.update(is_active=False)
    assert api("post", "/api/v1/drafts", {"preset": str(preset.pk)}).status_code == 404
    assert not Draft.objects.exists()


def test_a_body_that_comes_with_a_preset_keeps_to_what_is_fixed(api, preset):
    taken = api("post", "/api/v1/drafts", {"preset": str(preset.pk), "body": BODY})
    assert (taken.status_code, taken.json()["body"]) == (201, BODY)
    refused = api("post", "/api/v1/drafts", {"preset": str(preset.pk), "body": a_body(**{FLAVOR: "s3.large.2"})})
    assert refused.status_code == 422
    assert f"/body{FLAVOR}" in [one["pointer"] for one in refused.json()["errors"]]
    assert Draft.objects.count() == 1


def test_a_draft_of_nothing_is_a_blank_one(api):
    assert api("post", "/api/v1/drafts", {}).json()["body"] == blank_body()


@pytest.mark.parametrize(("at", "value"), [(FLAVOR, "s3.large.2"), (DISKS, []), (LABELS, {"tier": "web"})])
def test_the_api_cannot_change_what_is_fixed(api, preset, at, value):
    made = api("post", "/api/v1/drafts", {"preset": str(preset.pk)}).json()
    path = f"/api/v1/drafts/{made['id']}"
    refused = api("put", path, {"body": {**BODY, **a_body(**{at: value})}}, **{"If-Match": '"1"'})
    assert refused.status_code == 422
    assert any(one["pointer"].startswith(f"/body{at}") for one in refused.json()["errors"])
    assert api("get", path).json()["body"] == made["body"]
    assert api("put", path, {"body": BODY}, **{"If-Match": '"1"'}).status_code == 200
