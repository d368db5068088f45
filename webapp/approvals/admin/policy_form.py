"""The form of a policy: checkboxes for what can be counted, patterns typed one a line."""

from typing import Any

from django import forms

from webapp.approvals.asked import MARKS
from webapp.approvals.models import Kind, Policy
from webapp.audit.operating import clean_lines

_LONGEST, _MOST = 100, 100


class PatternsField(forms.CharField):
    """A list of patterns, typed one a line."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 40})

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines."""
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        """Return the lines. Raises ValidationError for one that matches nothing."""
        lines = clean_lines(super().to_python(value))
        if len(lines) > _MOST or any(len(line) > _LONGEST or not line.isprintable() for line in lines):
            raise forms.ValidationError(f"Give at most {_MOST} patterns of at most {_LONGEST} characters, one a line.")
        if spaced := next((line for line in lines if " " in line or "," in line), None):
            raise forms.ValidationError(f"One pattern a line, without blanks and commas: “{spaced}”.")
        return lines

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the lines are others."""
        return (initial or []) != clean_lines(data or "")


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
        labels = {"approvals": "How many approvals", "team": "From which team (none: any approver)"}

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
        return said
