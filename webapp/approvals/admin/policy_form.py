"""The form of a policy: checkboxes for what can be counted, patterns typed one a line."""

from typing import Any

from django import forms

from webapp.approvals.asked import MARKS
from webapp.approvals.models import Kind, Policy
from webapp.approvals.policy import LIMITS
from webapp.audit.admin_fields import PatternsField


def _several(choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(choices=choices, required=False, widget=forms.CheckboxSelectMultiple)


def _patterns(example: str) -> PatternsField:
    return PatternsField(required=False, help_text=f"One pattern a line, such as {example}; empty for any.")


class PolicyForm(forms.ModelForm):
    """A policy."""

    kinds = _several(Kind.choices)
    marks = _several([(name, text) for name, (text, _) in MARKS.items()])
    clusters = _patterns("prod-* (name or id)")
    projects = _patterns("eu-de_prod*")
    flavor_families = _patterns("p2* (what stands before the first point)")

    class Meta:
        model = Policy
        fields = "__all__"  # noqa: DJ007 - the admin names them
        labels = {
            "is_active": "In force",
            "requester_team": "Team of the author",
            "over_nodes": "Nodes",
            "over_vcpus": "vCPU",
            "over_memory_gib": "GiB of memory",
            "over_disk_gib": "GiB of disk",
            "over_eips": "EIPs",
            "approvals": "How many approvals",
            "team": "From which team",
            "refusal": "Reason of a refusal",
            "is_last": "Look no further when this one matches",
            "allows_bulk": "Several requests may be decided in one go",
            "expires_after_h": "Hours until a request expires",
            "remind_before_h": "Hours before that to remind",
            "escalate_after_h": "Hours until it is passed on",
            "escalation": "To which team",
        }
        help_texts = {
            "order": "Policies are tried from the smallest number on.",
            "team": "None: any approver.",
            **dict.fromkeys((*LIMITS, "is_last", "allows_bulk"), ""),
        }

    def clean(self) -> dict[str, Any]:
        """Ask for what belongs together."""
        said = super().clean() or {}
        outcome = said.get("outcome")
        if outcome == Policy.Outcome.REFUSE and not said.get("refusal"):
            self.add_error("refusal", "Give the reason: people have to know why.")
        if outcome == Policy.Outcome.APPROVALS and not said.get("approvals"):
            self.add_error("approvals", "One approval is the least.")
        if bool(said.get("escalate_after_h")) != bool(said.get("escalation")):
            self.add_error("escalation", "Give the hours and the team, or neither.")
        if outcome == Policy.Outcome.APPROVALS:
            self._demand_in_time(said)
        return said

    def _demand_in_time(self, said: dict[str, Any]) -> None:
        """Refuse hours after which nothing is left to wait for."""
        expires = said.get("expires_after_h")
        if expires is not None and (said.get("remind_before_h") or 0) >= expires:
            self.add_error("remind_before_h", f"Remind later: a request expires {expires} hours after it was sent.")
        if expires is not None and (said.get("escalate_after_h") or 0) >= expires:
            self.add_error("escalate_after_h", f"Pass it on before it expires, {expires} hours after it was sent.")
