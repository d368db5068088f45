"""The three ways to sign in, and a personal API token."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest

from webapp.accounts.http import UserRequest
from webapp.accounts.models import User
from webapp.cloud import iam
from webapp.cloud.errors import CloudError, TokenRejected
from webapp.cloud.places import places
from webapp.cloud.tokens import CloudSession
from webapp.portal import throttling


class RegionForm(forms.Form):
    """Asks for the region where there are several."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = places()
        if len(known) > 1:
            self.fields["region"] = forms.ChoiceField(choices=[(one.name, one.name) for one in known])


class CloudForm(RegionForm):
    """Cloud user and password."""

    domain = forms.CharField(label="Domain (account name)", max_length=200)
    user = forms.CharField(label="User", max_length=200)
    password = forms.CharField(label="Password", max_length=500, strip=False, widget=forms.PasswordInput)
    passcode = forms.CharField(label="Code of your second factor, if you have one", max_length=10, required=False)
    project = forms.CharField(label="Project", max_length=200)

    session: CloudSession

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean(self) -> dict[str, Any]:
        """Ask the cloud, unless too many passwords were wrong."""
        said = self.cleaned_data
        if self.errors:
            return said
        who = throttling.cloud_user(said["user"], said["domain"])
        if throttling.may_try(self.request, who):
            self._ask(who)
        else:
            self.add_error("password", "Too many passwords were wrong.")
        return said

    def _ask(self, who: str) -> None:
        try:
            self.session = iam.sign_in(**self.cleaned_data)
        except TokenRejected:
            throttling.note_failure(self.request, who)
            self.add_error("password", "The cloud does not accept this user, domain and password.")
        except CloudError as exc:
            self.add_error("project" if exc.status == 404 else None, _sentence(exc))
        else:
            throttling.note_success(self.request, who)


class TokenForm(RegionForm):
    """A token that the person has already."""

    token = forms.CharField(label="Token", max_length=16384, widget=forms.PasswordInput)

    session: CloudSession

    def clean(self) -> dict[str, Any]:
        """Ask the cloud whose token it is."""
        if not self.errors:
            try:
                self.session = iam.session_from_token(**self.cleaned_data)
            except CloudError as exc:
                self.add_error(
                    "token", "The cloud does not accept this token." if exc.status in (401, 404) else _sentence(exc)
                )
        return self.cleaned_data


class PortalForm(forms.Form):
    """An account of this portal, without the cloud."""

    username = forms.CharField(label="User", max_length=150)
    password = forms.CharField(label="Password", max_length=500, strip=False, widget=forms.PasswordInput)

    person: User

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean(self) -> dict[str, Any]:
        """Check the password."""
        if not self.errors:
            found = authenticate(self.request, **self.cleaned_data)
            if isinstance(found, User):
                self.person = found
            else:
                self.add_error("password", "This user and password do not fit.")
        return self.cleaned_data


def _sentence(error: CloudError) -> str:
    return f"{error.message} {error.remedy}".strip()


class ApiTokenForm(forms.Form):
    """A new personal API token."""

    name = forms.CharField(label="What is it for?", max_length=60)
    days = forms.IntegerField(label="Days until it expires", min_value=1, max_value=365, initial=30)


class PasswordForm(PasswordChangeForm):
    """A new password for a portal account; wrong old ones are counted like those of a sign-in."""

    def __init__(self, *args: Any, request: UserRequest, **kwargs: Any) -> None:
        super().__init__(request.user, *args, **kwargs)
        self.request = request
        self.fields["old_password"].label = "Your password now"
        self.fields["new_password1"].help_text = " ".join(password_validators_help_texts())
        self.fields["new_password2"].label, self.fields["new_password2"].help_text = "The new password once more", ""

    def clean_old_password(self) -> str:
        """Check the password that there is."""
        password = str(self.cleaned_data["old_password"])
        if authenticate(self.request, username=self.user.get_username(), password=password) is None:
            raise forms.ValidationError("This is not your password.")
        return password
