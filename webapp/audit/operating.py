"""What the admin pages of all rooms share: lists that do not count on, read-only pages, changes that leave a line."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.forms import Media
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.text import capfirst

from webapp.audit import trail

COUNTED = 10_000  # nobody turns further pages; counting on would read the whole table
_BEHIND_ALL = "\U0010ffff"
# What fields are called that many models have.
_WORDS = {"is_active": "active", "created_at": "made", "updated_at": "changed", "user": "person"}


class CappedPaginator(Paginator):
    """Counts up to a limit, so that a list costs the same however long it is."""

    @cached_property
    def count(self) -> int:
        """The number of rows, or the limit."""
        rows: Any = self.object_list
        return rows.order_by()[:COUNTED].count() if isinstance(rows, QuerySet) else len(rows)

    @property
    def is_capped(self) -> bool:
        """Whether there may be more than was counted."""
        return self.count >= COUNTED


class ListAdmin(admin.ModelAdmin):
    """A list of fixed cost.

    `noun` is what the trail calls one object, `called` what its fields are called in lists, and in forms that have no
    label of their own. `when_empty` says what would stand in the list, and what to do for it. `buttons` are acts on one
    object beside its form: the name of the method that does it (given request and object, returning a sentence for the
    person) and the label.
    """

    noun = when_empty = ""
    called: dict[str, str] = {}
    buttons: dict[str, str] = {}
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    view_on_site = False

    def about(self, obj: Any) -> str:
        """Return what the trail calls an object."""
        return f"{self.noun} {obj}"

    @property
    def words(self) -> dict[str, str]:
        """What fields are called in lists and their filters."""
        return {**_WORDS, **self._labels, **self.called}

    @property
    def _labels(self) -> dict[str, str]:
        """What the form calls its fields; Django's plain one has no say."""
        meta: Any = getattr(self.form, "Meta", None)
        return getattr(meta, "labels", None) or {}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Call fields by their words that neither the model nor the form names, those that are only shown too."""
        named = {**_WORDS, **self.called}
        raw = (one for one in self.opts.fields if one.name in named and one.verbose_name == one.name.replace("_", " "))
        labels = {one.name: capfirst(named[one.name]) for one in raw}
        return super().get_form(request, obj, change, **{"labels": {**labels, **self._labels}, **kwargs})

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Say aloud what is typed in a row of the list: the heading of its column is no label."""
        formset = super().get_changelist_formset(request, **kwargs)
        for name in self.list_editable:
            field = formset.form.base_fields[name]
            field.widget.attrs["aria-label"] = capfirst(self.words.get(name, str(field.label)))
        return formset

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Call filters by their words, and offer actions where there is something to choose."""
        found: Any = super().get_changelist_instance(request)
        found.show_admin_actions = bool(found.result_count)
        for one in found.filter_specs:
            title = str(self.words.get(getattr(one, "field_path", ""), one.title))
            one.title = title[:1].lower() + title[1:]
        return found

    @property
    def media(self) -> Media:
        """The one script of Django's that is of use here: it ticks all rows of a list."""
        return Media(js=["admin/js/actions.js"])

    def get_urls(self) -> list[URLPattern]:
        """Add an address for each button."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        mine = [
            path(
                f"<path:object_id>/{act.replace('_', '-')}/",
                self.admin_site.admin_view(partial(self._pressed, act)),
                name=f"{name}_{act}",
            )
            for act in self.buttons
        ]
        return mine + super().get_urls()

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Show the buttons to those who may press them."""
        obj = kwargs.get("obj")
        if obj and self.has_act_permission(request, obj):
            context["buttons"] = [(f"../{act.replace('_', '-')}/", label) for act, label in self.buttons.items()]
        return super().render_change_form(request, context, *args, **kwargs)

    def has_act_permission(self, request: HttpRequest, _obj: Any = None) -> bool:
        """Whether somebody may press buttons and run actions: pages that cannot be edited may have some."""
        person: Any = request.user
        return person.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Call a list by what is in it."""
        title = str(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title[0].upper() + title[1:], **(extra_context or {})})

    def history_view(self, request: HttpRequest, object_id: str, *_: Any, **__: Any) -> HttpResponse:
        """Lead to what the trail knows about an object."""
        found = get_object_or_404(self.get_queryset(request), pk=object_id)
        if not self.has_view_permission(request, found):
            raise PermissionDenied
        return redirect(f"{reverse('admin:audit_auditline_changelist')}?{urlencode({'q': self.about(found)})}")

    def log_addition(self, *_: Any) -> None:  # type: ignore[override]
        """Leave out: the trail tells it, and cannot be edited."""

    log_change = log_deletions = log_addition  # type: ignore[assignment]

    def _pressed(self, act: str, request: HttpRequest, object_id: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        found = get_object_or_404(self.get_queryset(request), pk=object_id)
        if not self.has_act_permission(request, found):
            raise PermissionDenied
        do: Callable[[HttpRequest, Any], str] = getattr(self, act)
        if said := do(request, found):
            messages.info(request, said)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)


class ReadOnlyAdmin(ListAdmin):
    """Pages that only show."""

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Nobody deletes."""
        return False


class AuditedAdmin(ListAdmin):
    """Pages on which changes are made: each leaves a line in the trail, with what was and what is.

    `told` names the attributes that the trail keeps; `secrets` the form's fields of which it keeps only that they
    were set.
    """

    told: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()

    def facts(self, obj: Any) -> dict[str, Any]:
        """Return what the trail keeps of an object."""
        return {name: _plain(getattr(obj, name)) for name in self.told}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save what has changed, and note it."""
        held = self.model._default_manager.select_for_update(no_key=True)  # rows that name it can still be written
        before = self.facts(held.get(pk=obj.pk)) if change else None
        secrets = [name for name in self.secrets if form.cleaned_data.get(name)]
        after = self.facts(obj) | ({"set": secrets} if secrets else {})
        if before != after:
            self.write(obj, form)
            act = f"{self._act()}.{'changed' if change else 'created'}"
            trail.note(act, by=request.user, about=self.about(obj), before=before, after=after)

    def write(self, obj: Any, _form: Any) -> None:
        """Write what is to be saved."""
        obj.save()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete, and note what it was."""
        before, about = self.facts(obj), self.about(obj)
        obj.delete()
        trail.note(f"{self._act()}.deleted", by=request.user, about=about, before=before)

    def _act(self) -> str:
        return self.noun.replace(" ", "_")


def starts_with(field: str, text: str) -> Q:
    """Return the condition that a column begins with a text, in the form for which the database uses its index."""
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": text, f"{field}__lt": text + _BEHIND_ALL})
    return Q(**{f"{field}__startswith": text})


def pretty(value: Any) -> str:
    """Return a JSON value as a block to read."""
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False))


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Model) else value
