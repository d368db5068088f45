"""Processes that die at a step of a launch. A file named for a role and a step is a trap for one of them."""

import functools
import os
import signal
from pathlib import Path
from typing import Any

from django.apps import AppConfig

# What only one of the roles does, beside the steps of a launch that each does.
_OWN = {
    "web": (("webapp.approvals.actions", "submit", True), ("webapp.approvals.deciding", "approve", True)),
    "worker": (("webapp.pools.actions", "_recognise", True),),
}


class Dying(AppConfig):
    """Lays the traps in a process that has a role."""

    name = "tests.faults.dying"

    def ready(self) -> None:
        role = os.environ.get("SITE_ROLE")
        for holder, name, after in steps_of(role) if role in _OWN else ():
            trap = Path(os.environ["SITE_TRAPS"], trap_name(role, holder, name, after))
            setattr(holder, name, _dying(getattr(holder, name), trap, after))


def traps_of(role: str) -> list[str]:
    """Return the names of all traps of a role."""
    return [trap_name(role, *step) for step in steps_of(role)]


def steps_of(role: str) -> list[tuple[Any, str, bool]]:
    from importlib import import_module

    from tests.approvals.steps import LAUNCH

    return [*LAUNCH, *((import_module(holder), name, after) for holder, name, after in _OWN[role])]


def trap_name(role: str, holder: Any, name: str, after: bool) -> str:
    place = ".".join(holder.__name__.split(".")[-2:])
    return f"{role} {'after' if after else 'before'} {place}.{name}"


def _dying(real: Any, trap: Path, after: bool) -> Any:
    @functools.wraps(real)
    def step(*args: Any, **kwargs: Any) -> Any:
        if not after:
            _fall_into(trap)
        answer = real(*args, **kwargs)
        if after:
            _fall_into(trap)
        return answer

    return step


def _fall_into(trap: Path) -> None:
    """Die as by kill -9, with all children, where there is a trap; the first one who takes it away does."""
    if trap.exists():
        try:
            trap.unlink()
        except FileNotFoundError:
            return
        os.killpg(0, signal.SIGKILL)
