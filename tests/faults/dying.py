"""Processes that die at a step of a launch. A file named for a role and a step is a trap for one of them."""

import functools
import os
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.apps import AppConfig

Step = tuple[Any, str, bool]


class Dying(AppConfig):
    """Lays the traps in a process that has a role."""

    name = "tests.faults.dying"

    def ready(self) -> None:
        from tests.faults.steps import STEPS

        role = os.environ.get("SITE_ROLE")
        every = dict.fromkeys(step for roles in STEPS.values() for step in roles.get(role, ()))
        for holder, name, after in every:
            trap = Path(os.environ["SITE_TRAPS"], trap_name(role, (holder, name, after)))
            setattr(holder, name, _dying(getattr(holder, name), trap, after))


def trap_name(role: str | None, step: Step) -> str:
    holder, name, after = step
    place = ".".join(holder.__name__.split(".")[-2:])
    return f"{role} {'after' if after else 'before'} {place}.{name}"


def trap_names(steps: dict[str, Iterable[Step]]) -> dict[str, list[str]]:
    """Return the names of the traps for the steps of each role."""
    return {role: [trap_name(role, one) for one in theirs] for role, theirs in steps.items()}


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
