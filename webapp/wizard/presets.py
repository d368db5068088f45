"""Presets: what an admin keeps of a draft, for others to start from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects

from webapp.accounts.models import User
from webapp.accounts.roles import Role
from webapp.audit.trail import note
from webapp.nodepool import pointers
from webapp.nodepool.formats.base import without_password
from webapp.nodepool.pointers import JSON
from webapp.rows import objects
from webapp.wizard import options, steps
from webapp.wizard.answers import answer_at, answers_of, is_blank, rows_in, without
from webapp.wizard.models import Preset
from webapp.wizard.naming import label_of
from webapp.wizard.places import Place, Rows, Step

_OFFERED = "SELECT * FROM wizard_preset WHERE is_active ORDER BY name"
MANAGERS = (Role.ADMIN,)
# A name is taken once, and a key pair belongs to its user: whoever starts from the preset chooses them.
PERSONAL = ("/metadata/name", "/spec/nodeTemplate/login/sshKey")


@dataclass(frozen=True, slots=True)
class Fixable:
    """A value of a body that a preset can fix."""

    at: str
    label: str
    value: str


def may_manage_presets(person: User) -> bool:
    """Whether somebody may save, change and deactivate presets."""
    return person.has_role(*MANAGERS)


def active_presets() -> QuerySet[Preset]:
    """Return what people can start from."""
    return Preset.objects.filter(is_active=True)


def offered() -> list[Preset]:
    """Return what people can start from, with who made it, by a fixed statement: whoever begins is shown it."""
    found = objects(Preset, _OFFERED, [])
    prefetch_related_objects(found, "author")
    return found


def body_to_keep(body: JSON) -> JSON:
    """Return a copy of a body without what each person chooses alone, and without passwords."""
    return without(tuple(place for place in steps.EVERY_PLACE if place.at in PERSONAL), without_password(body))


def fixables(body: JSON) -> list[tuple[Step, list[Fixable]]]:
    """Return the values of a body that can be fixed, by step; a list is fixed as a whole, a map also by its keys."""
    found = ((step, list(_fixables_of(step, body))) for step in steps.STEPS)
    return [(step, values) for step, values in found if values]


@transaction.atomic
def set_active(preset: Preset, *, is_active: bool, by: User) -> None:
    """Offer a preset, or offer it no more; drafts that began with it stay as they are."""
    before = preset.is_active
    preset.is_active = is_active
    preset.save(update_fields=["is_active", "updated_at"])
    if before != is_active:
        note(f"preset.{'offered' if is_active else 'withdrawn'}", by=by, about=f"preset {preset}")


def _fixables_of(step: Step, body: JSON) -> Iterator[Fixable]:
    for section in step.sections:
        for place in section.places:
            yield from _fixables(place, label_of(section, place), body)


def _fixables(place: Place | Rows, label: str, body: JSON) -> Iterator[Fixable]:
    answer = answer_at(answers_of((place,), body), place.at)
    if is_blank(answer) or place.at in PERSONAL:
        return
    yield Fixable(place.at, label, _told(place, answer))
    entries = pointers.get(body, place.at)
    if isinstance(place, Rows) and place.is_map and isinstance(entries, dict):
        for key, value in entries.items():
            yield Fixable(place.at + pointers.join(key), f"{label}: {key}", str(value))


def _told(place: Place | Rows, answer: Any) -> str:
    """Return an answer as a person reads it."""
    if isinstance(place, Rows):
        rows = (answer[index] for index in rows_in({"rows": answer}, "/rows"))
        return "; ".join(_told_row(place, row) for row in rows)
    return options.told(place, str(answer))


def _told_row(rows: Rows, row: Any) -> str:
    if not isinstance(row, dict):
        return str(row)
    told = ((place.label, answer_at(row, place.at), place) for place in rows.places)
    return ", ".join(f"{label} {_told(place, answer)}" for label, answer, place in told if not is_blank(answer))
