"""The form of a preset: its name, and which of the values of its body are fixed, each with the reason."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from webapp.nodepool.pointers import JSON
from webapp.wizard.models import Preset
from webapp.wizard.places import Step
from webapp.wizard.presets import Fixable, fixables

REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that can be fixed, as the form shows it."""

    id: str
    value: Fixable
    is_fixed: bool
    reason: str
    error: str


class PresetForm(forms.ModelForm):
    """A preset. `fix` are the pointers that were ticked; `reason <pointer>` says why."""

    reason = forms.CharField(
        label="Reason for all that have none of their own", max_length=REASON_LENGTH, required=False
    )

    class Meta:
        model = Preset
        fields = ["name", "description"]
        labels = {"name": "Name", "description": "What is it for?"}
        widgets = {"name": forms.TextInput(), "description": forms.Textarea()}

    def __init__(self, data: Any = None, *, body: JSON, fixed: Mapping[str, str], instance: Preset) -> None:
        super().__init__(data, instance=instance)
        self._values = fixables(body)
        every = [one for _, values in self._values for one in values]
        self._ids = {one.at: f"reason-{number}" for number, one in enumerate(every)}
        self._labels = {one.at: one.label for one in every}
        self._before = fixed
        self.fix_errors: dict[str, str] = {}
        instance.body = body

    def clean(self) -> dict[str, Any]:
        """Demand a reason for each place that is fixed."""
        said = super().clean() or {}
        reasons = {at: self._reason(at) or said.get("reason", "") for at in self._ticked()}
        for at, reason in reasons.items():
            if not reason:
                self.fix_errors[at] = "Say why this is fixed: people see it at the field."
            elif len(reason) > REASON_LENGTH:
                self.fix_errors[at] = f"At most {REASON_LENGTH} characters."
        if self.fix_errors:
            self.add_error(None, "A reason is missing or too long.")
        self.instance.fixed = reasons
        return said

    def choices(self) -> Iterator[tuple[Step, list[Choice]]]:
        """Yield the values that can be fixed, by step, as they were posted or as they are."""
        for step, values in self._values:
            yield step, [self._choice(one) for one in values]

    def summary(self) -> list[tuple[str, str]]:
        """Return the id of each input that is wrong, and what to do."""
        plain = [(f"id_{name}", f"{self.fields[name].label}: {error}") for name, error in self._plain_errors()]
        return plain + [(self._ids[at], f"{self._labels[at]}: {said}") for at, said in self.fix_errors.items()]

    def _plain_errors(self) -> Iterator[tuple[str, str]]:
        for name, errors in self.errors.items():
            if name in self.fields:
                yield from ((name, str(error)) for error in errors)

    def _choice(self, value: Fixable) -> Choice:
        if self.is_bound:
            error = self.fix_errors.get(value.at, "")
            return Choice(self._ids[value.at], value, value.at in self._ticked(), self._reason(value.at), error)
        return Choice(self._ids[value.at], value, value.at in self._before, self._before.get(value.at, ""), "")

    def _ticked(self) -> list[str]:
        """Return what was ticked of what can be fixed; the entries of a map that is fixed as a whole go without."""
        wanted = set(self.data.getlist("fix")) if isinstance(self.data, QueryDict) else set()
        known = [at for at in self._ids if at in wanted]
        return [at for at in known if not any(at.startswith(f"{other}/") for other in known)]

    def _reason(self, at: str) -> str:
        return str(self.data.get(f"reason {at}", "")).strip()
