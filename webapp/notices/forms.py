"""What a person wants to be told of."""

from typing import Any, Self

from django import forms

from webapp.accounts.models import User
from webapp.notices.events import Event
from webapp.notices.models import Preference


class PreferenceForm(forms.Form):
    """Two choices for each event; what is not ticked is opted out of."""

    mail = forms.MultipleChoiceField(label="By mail", choices=Event.choices, required=False)
    notices = forms.MultipleChoiceField(label="In the portal", choices=Event.choices, required=False)

    @classmethod
    def of(cls, person: User) -> Self:
        """Return the form with what a person has chosen so far."""
        kept = Preference.objects.filter(person=person).first() or Preference()
        return cls(
            initial={
                "mail": [one for one in Event.values if one not in kept.no_mail],
                "notices": [one for one in Event.values if one not in kept.no_notices],
            }
        )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One row per event: its value, its label, and whether it is ticked in either column."""
        mail, notices = self["mail"].value() or [], self["notices"].value() or []
        return [
            {"value": value, "label": label, "mail": value in mail, "notices": value in notices}
            for value, label in Event.choices
        ]


class MailForm(forms.Form):
    """Where mails shall go; empty for nowhere."""

    address = forms.EmailField(label="Mail address", max_length=254, required=False)
