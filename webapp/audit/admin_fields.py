"""Fields of forms in the admin that several rooms use."""

from typing import Any

from django import forms

_LONGEST, _MOST = 100, 100


class PatternsField(forms.CharField):
    """A list of patterns, typed one a line."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 40})

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines."""
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return the lines. Raises ValidationError for one that matches nothing."""
        lines = _lines(super().to_python(value) or "")
        if len(lines) > _MOST or any(len(line) > _LONGEST or not line.isprintable() for line in lines):
            raise forms.ValidationError(f"Give at most {_MOST} patterns of at most {_LONGEST} characters, one a line.")
        if spaced := next((line for line in lines if " " in line or "," in line), None):
            raise forms.ValidationError(f"One pattern a line, without blanks and commas: “{spaced}”.")
        return lines

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the lines are others."""
        return (initial or []) != _lines(data or "")


class SecretField(forms.CharField):
    """A password that goes in and never comes out; left empty, the one that is there stays."""

    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, strip=False, max_length=500, **kwargs)


def _lines(text: str) -> list[str]:
    """Return the lines of a text without blanks and repetitions, in their order."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
