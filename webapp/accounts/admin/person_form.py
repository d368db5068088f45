"""The forms of a person: roles and teams as checkboxes, and a password that only goes in."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password

from webapp.accounts.granting import LastAdmin
from webapp.accounts.models import User
from webapp.accounts.queries import people_with
from webapp.accounts.roles import BY_ADMIN, BY_DEFAULT, Role
from webapp.audit.admin_fields import SecretField

# What was given from here, or to everybody, can be taken here; what follows from a group elsewhere cannot.
OURS = (BY_ADMIN, BY_DEFAULT)


class PersonForm(forms.ModelForm):
    """What an admin changes of a person."""

    given_roles = forms.MultipleChoiceField(
        label="Roles given here", choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    given_teams = forms.ModelMultipleChoiceField(
        label="Teams joined here",
        queryset=Group.objects.order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    new_password = SecretField(
        label="New password", help_text="For portal accounts. It is never shown; empty keeps the one that is there."
    )

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["given_roles"] = sorted(
                {one.role for one in self.instance.role_grants.filter(source__in=OURS)}
            )
            self.initial["given_teams"] = [one.team_id for one in self.instance.team_grants.filter(source__in=OURS)]

    def clean_new_password(self) -> str:
        """Ask for what the portal's rules for passwords ask for."""
        password = str(self.cleaned_data["new_password"])
        if password:
            validate_password(password, self.instance)
        return password

    def clean(self) -> dict[str, Any]:
        """Keep an admin."""
        said = super().clean() or {}
        if self.instance.pk and not self._is_admin_then() and not self._other_admins():
            self.add_error("is_active" if not said.get("is_active") else "given_roles", str(LastAdmin()))
        return said

    def _is_admin_then(self) -> bool:
        """Whether the person will be an admin."""
        person, said = self.instance, self.cleaned_data
        elsewhere = person.role_grants.filter(role=Role.ADMIN).exclude(source__in=OURS).exists()
        has_it = person.is_superuser or elsewhere or Role.ADMIN in said.get("given_roles", ())
        return bool(said.get("is_active")) and has_it

    def _other_admins(self) -> bool:
        return people_with(Role.ADMIN).exclude(pk=self.instance.pk).exists()


class NewPersonForm(PersonForm):
    """A new portal account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password"].required = True
        self.fields["new_password"].help_text = "It is never shown: tell it to the person."
