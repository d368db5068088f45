"""Policies in the admin: typed with real widgets, versioned, audited, and tried before they are saved."""

import json

import pytest
from django.contrib.auth.models import Group

from tests.admin.rows import a_request
from tests.nodepool.test_rules import a_body
from tests.people import a_person
from webapp.accounts.roles import Role
from webapp.approvals.models import Policy
from webapp.audit.models import AuditLine

ADD = "/admin/approvals/policy/add/"
LIST = "/admin/approvals/policy/"
pytestmark = pytest.mark.django_db


def page_of(policy) -> str:
    return f"{LIST}{policy.pk}/change/"


def typed(**values):
    known = {
        "name": "Production",
        "order": "10",
        "is_active": "on",
        "clusters": "prod-*",
        "outcome": "approvals",
        "approvals": "1",
        "expires_after_h": "168",
        "remind_before_h": "24",
    }
    return known | values


def a_policy(**facts) -> Policy:
    known = {"name": "Production", "order": 10, "clusters": ["prod-*"], "outcome": "approvals"}
    return Policy.objects.create(**{**known, **facts})


def last_line() -> AuditLine:
    return AuditLine.objects.order_by("-number")[0]


def errors_of(answer):
    return answer.context["adminform"].form.errors


def test_a_new_policy_takes_patterns_one_a_line_and_leaves_a_line_in_the_trail(at_desk):
    several = {"kinds": ["create", "scale"], "marks": ["script"]}
    answer = at_desk.post(ADD, typed(clusters=" prod-* \r\n\r\nlive\nprod-*", **several))
    assert answer.status_code == 302
    policy = Policy.objects.get()
    assert policy.clusters == ["prod-*", "live"]
    assert policy.kinds == ["create", "scale"]
    assert policy.marks == ["script"]
    assert policy.version == 1
    line = last_line()
    assert (line.act, line.actor, line.about, line.before) == ("policy.created", "ada", "policy Production", "")
    assert json.loads(line.after)["clusters"] == ["prod-*", "live"]


def test_a_change_is_a_new_version_with_before_and_after_in_the_trail(at_desk):
    policy = a_policy()
    at_desk.post(page_of(policy), typed(approvals="2"))
    policy.refresh_from_db()
    assert (policy.approvals, policy.version) == (2, 2)
    line = last_line()
    assert line.act == "policy.changed"
    assert [json.loads(text)["approvals"] for text in (line.before, line.after)] == [1, 2]


def test_saving_without_a_change_is_no_version_and_no_line(at_desk):
    policy = a_policy()
    at_desk.post(page_of(policy), typed())
    policy.refresh_from_db()
    assert policy.version == 1
    assert not AuditLine.objects.filter(act__startswith="policy").exists()


def test_the_order_is_changed_in_the_list_and_audited(at_desk):
    policy, other = a_policy(), a_policy(name="Other", order=20)
    rows = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "_save": "Save"}
    for index, (one, order) in enumerate([(policy, 30), (other, 20)]):
        rows |= {f"form-{index}-id": str(one.pk), f"form-{index}-order": str(order)}
    assert at_desk.post(LIST, rows).status_code == 302
    assert list(Policy.objects.values_list("name", "version")) == [("Other", 1), ("Production", 2)]
    assert AuditLine.objects.filter(act="policy.changed").count() == 1


def test_a_deletion_is_audited_with_what_was_there(at_desk):
    policy = a_policy()
    at_desk.post(f"{LIST}{policy.pk}/delete/", {"post": "yes"})
    assert not Policy.objects.exists()
    assert json.loads(last_line().before)["clusters"] == ["prod-*"]
    assert last_line().act == "policy.deleted"


@pytest.mark.parametrize(
    ("values", "blamed"),
    [
        ({"outcome": "refuse"}, "refusal"),
        ({"approvals": "0"}, "approvals"),
        ({"escalate_after_h": "5"}, "escalation"),
        ({"expires_after_h": "24", "remind_before_h": "24"}, "remind_before_h"),
        ({"expires_after_h": "10", "remind_before_h": "2", "escalate_after_h": "10"}, "escalate_after_h"),
        ({"clusters": "prod-*, live"}, "clusters"),
        ({"clusters": "x" * 101}, "clusters"),
        ({"kinds": ["explode"]}, "kinds"),
        ({"marks": ["x"]}, "marks"),
    ],
)
def test_what_does_not_fit_together_is_refused_at_its_field(at_desk, values, blamed):
    answer = at_desk.post(ADD, typed(**values))
    assert answer.status_code == 200
    assert blamed in errors_of(answer)
    assert not Policy.objects.exists()


def warnings_of(answer):
    return [str(one) for one in answer.context["messages"] if one.level_tag == "warning"]


def test_more_approvals_than_there_are_approvers_are_saved_with_a_warning(at_desk):
    a_person("approver", Role.APPROVER, teams=("Platform",))
    a_person("other", Role.APPROVER)
    team = str(Group.objects.get(name="Platform").pk)
    (warning,) = warnings_of(at_desk.post(ADD, typed(approvals="2", team=team), follow=True))
    assert "asks for 2 approvals by the team Platform; approvers in the team Platform: 1." in warning
    assert Policy.objects.get().approvals == 2


@pytest.mark.parametrize("values", [{"approvals": "1"}, {"approvals": "9", "is_active": ""}, {"outcome": "auto"}])
def test_what_can_be_met_is_saved_without_a_warning(at_desk, values):
    a_person("approver", Role.APPROVER)
    assert warnings_of(at_desk.post(ADD, typed(**values), follow=True)) == []
    assert Policy.objects.exists()


@pytest.fixture
def past(admin):
    """Three requests: for production, for a test cluster, and one with scripts of somebody in a team."""
    anna = a_person("anna", Role.REQUESTER, teams=("Platform",))
    scripted = a_body(**{"/spec/nodeTemplate/extendParam": {"alpha.cce/preInstall": "ZWNobyBoaQ=="}})
    made = [
        a_request(admin, 1),
        a_request(admin, 2, cluster_facts={"name": "test-1"}),
        a_request(anna, 3, cluster_facts={"name": "test-1"}, body=scripted),
    ]
    for one in made:
        one.save()
    return made


def tried(client, policy, **values):
    where = f"{page_of(policy)}dry-run/" if policy else f"{ADD}dry-run/"
    answer = client.post(where, typed(**values))
    assert answer.status_code == 200
    found = answer.context["dry_run"]["differences"]
    return [(one.request.pk, one.before.sentence, one.after.sentence, one.why) for one in found]


BY_ITSELF = "No approval is needed."
ONE = "This needs 1 approval by any approver."


def test_a_dry_run_of_a_new_policy_lists_whom_it_would_stop_and_why(at_desk, past):
    assert tried(at_desk, None) == [(past[0].pk, BY_ITSELF, ONE, ["Production: the cluster is prod-standard"])]


def test_a_dry_run_puts_what_is_typed_in_place_of_what_is_saved_and_saves_nothing(at_desk, past):
    policy = a_policy()
    found = tried(at_desk, policy, clusters="test-*", marks=["script"])
    assert found == [
        (
            past[2].pk,
            BY_ITSELF,
            ONE,
            ["Production: the cluster is test-1, scripts run on the nodes"],
        ),
        (past[0].pk, ONE, BY_ITSELF, ["Production does not match any more"]),
    ]
    policy.refresh_from_db()
    assert (policy.clusters, policy.version) == (["prod-*"], 1)


def test_a_dry_run_of_the_same_finds_nothing(at_desk, past):
    assert tried(at_desk, a_policy()) == []


def test_a_policy_switched_off_is_as_if_it_were_not_there(at_desk, past):
    assert [one[:3] for one in tried(at_desk, a_policy(), is_active="")] == [(past[0].pk, ONE, BY_ITSELF)]


def test_the_order_that_is_typed_counts(at_desk, past):
    a_policy(name="Last word", order=20, outcome="auto", clusters=[], is_last=True)
    policy = a_policy()
    assert [one[:3] for one in tried(at_desk, policy, order="30")] == [(past[0].pk, ONE, BY_ITSELF)]


def test_the_teams_of_the_author_count(at_desk, past):
    team = Group.objects.get(name="Platform")
    assert [one[0] for one in tried(at_desk, None, clusters="", requester_team=str(team.pk))] == [past[2].pk]


def test_limits_are_held_against_the_stored_amounts(at_desk, past):
    assert tried(at_desk, None, clusters="", over_vcpus="4000") == []
    assert len(tried(at_desk, None, clusters="", over_vcpus="0")) == 3


def test_a_dry_run_of_nonsense_shows_the_errors(at_desk, past):
    answer = at_desk.post(f"{ADD}dry-run/", typed(outcome="refuse"))
    assert "refusal" in errors_of(answer)
    assert not answer.context["dry_run"]


def test_a_dry_run_costs_the_same_for_many_requests(at_desk, admin, django_assert_max_num_queries):
    for number in range(30):
        a_request(admin, number).save()
    with django_assert_max_num_queries(20):
        tried(at_desk, a_policy(), clusters="")


def test_an_auditor_sees_a_policy_and_tries_nothing(looking, past):
    policy = a_policy()
    shown = looking.get(page_of(policy)).content.decode()
    assert "prod-*" in shown
    assert "Dry run" not in shown
    assert looking.post(f"{page_of(policy)}dry-run/", typed()).status_code == 403
    assert looking.post(page_of(policy), typed(name="Mine")).status_code == 403
