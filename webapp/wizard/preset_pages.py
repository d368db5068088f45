"""Pages on which admins keep presets."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.accounts.access import role_needed
from webapp.accounts.http import UserRequest
from webapp.wizard import presets
from webapp.wizard.models import Draft, Preset
from webapp.wizard.preset_form import PresetForm

managers_only = role_needed(*presets.MANAGERS)


@managers_only
@require_GET
def listed(request: UserRequest) -> HttpResponse:
    """List all presets, those that are not offered too."""
    return render(request, "wizard/presets.html", {"presets": Preset.objects.select_related("author")})


@managers_only
@require_http_methods(["GET", "POST"])
def make(request: UserRequest, pk: uuid.UUID) -> HttpResponse:
    """Save a draft of one's own as a preset."""
    draft = get_object_or_404(Draft.objects.of(request.user), pk=pk)
    before = {at: one["reason"] for at, one in draft.fixed.items()}
    body = presets.body_to_keep(draft.body)
    form = PresetForm(_posted(request), body=body, fixed=before, instance=Preset(author=request.user))
    return _take(request, form, "Save as a preset", draft.url_of("review"))


@managers_only
@require_http_methods(["GET", "POST"])
def edit(request: UserRequest, pk: uuid.UUID) -> HttpResponse:
    """Change what a preset is called and what it fixes; drafts that began with it stay as they are."""
    preset = get_object_or_404(Preset, pk=pk)
    form = PresetForm(_posted(request), body=preset.body, fixed=preset.fixed, instance=preset)
    return _take(request, form, f"Change the preset “{preset}”", "")


@managers_only
@require_POST
def set_active(request: UserRequest, pk: uuid.UUID) -> HttpResponse:
    """Offer a preset, or offer it no more."""
    preset = get_object_or_404(Preset, pk=pk)
    presets.set_active(preset, is_active=request.POST.get("is_active") == "1", by=request.user)
    said = "is offered to everybody" if preset.is_active else "is not offered any more"
    messages.success(request, f"The preset “{preset}” {said}.")
    return redirect("wizard:presets")


def _posted(request: UserRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _take(request: UserRequest, form: PresetForm, title: str, back: str) -> HttpResponse:
    if form.is_bound and form.is_valid():
        preset = form.save()
        messages.success(request, f"The preset “{preset}” is saved.")
        return redirect("wizard:presets")
    context = {"form": form, "title": title, "back": back}
    return render(request, "wizard/preset.html", context, status=422 if form.is_bound else 200)
