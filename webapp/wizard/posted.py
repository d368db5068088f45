"""What a posted step says: the answers, and what the person wants to happen."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.http import QueryDict

from webapp.approvals.models import PoolRequest
from webapp.nodepool import pointers
from webapp.nodepool.defaults import default_storage
from webapp.wizard import steps
from webapp.wizard.actions import Seen
from webapp.wizard.answers import Tree, answer_at, answers_of, body_of, rows_in, tree_of

WISHES = ("_asks", "reason", "start_at_once")  # what is said beside a request
_STORAGE = "/spec/nodeTemplate/storage"


class Move(Enum):
    """Where a posted step leads."""

    NEXT = auto()  # this step must be right first
    JUMP = auto()  # anywhere, right or not
    STAY = auto()  # here again: a row added or removed, the flavors searched


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted step; what was asked for (a row more or less) is done to its answers already.

    `target` is the slug of the step to go to, empty for the one that follows; `focus` is the row that is new, or
    the list that has lost one; `cluster` is None where the form does not ask for one.
    """

    tree: Tree
    cluster: str | None
    seen: Seen
    move: Move
    target: str = ""
    focus: str = ""
    search: str = ""


def read(form: QueryDict) -> Posted:
    """Return what a form says; odd values fall back to the harmless reading."""
    target = form.get("_to", "")
    stays = any(name in form for name in ("_add", "_remove", "_tool", "_refresh"))
    known = target in steps.BY_SLUG or target == steps.REVIEW
    jumps = known and target != form.get("_return")
    tree = tree_of({name: form.get(name, "") for name in form})
    focus = _rearrange(tree, form)
    return Posted(
        tree=tree,
        cluster=form.get("cluster"),
        seen=Seen(_number(form, "_version", 2**31), form.get("_page", ""), _number(form, "_sent", 0)),
        move=Move.STAY if stays else Move.JUMP if jumps else Move.NEXT,
        target=target if known else "",
        focus=focus,
        search=form.get("_search", ""),
    )


def wishes(form: QueryDict) -> dict[str, Any]:
    """Return what is said beside a request; a page that does not ask whether to start at once starts it."""
    starts = "_asks" not in form or "start_at_once" in form
    return {"reason": form.get("reason", "").strip(), "start_at_once": starts}


def wishes_shown(form: QueryDict, pending: PoolRequest | None) -> dict[str, Any]:
    """Return what a page shows of what is said beside a request: what was typed, else what the pending one says."""
    if "_asks" not in form and pending:
        return {"reason": pending.reason, "start_at_once": pending.start_at_once}
    return wishes(form)


def _number(form: QueryDict, name: str, otherwise: int) -> int:
    text = form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else otherwise


def _rearrange(tree: Tree, form: QueryDict) -> str:
    """Add or remove a row, or fill in the cloud's default layout, as was asked; return where the keyboard goes on."""
    if add := form.get("_add"):
        return _add_row(tree, str(add))
    if remove := form.get("_remove"):
        return _remove_row(tree, str(remove))
    if form.get("_tool") == "default-storage":
        layout = {"spec": {"nodeTemplate": {"storage": default_storage(body_of(steps.DISKS.places, tree))}}}
        pointers.put(tree, _STORAGE, answer_at(answers_of(steps.DISKS.places, layout), _STORAGE))
        return f"{_STORAGE}/storageSelectors"
    return ""


def _add_row(tree: Tree, at: str) -> str:
    rows = _container(tree, at)
    if rows is None:
        return ""
    index = str(max((int(key) for key in rows if key.isdecimal()), default=-1) + 1)
    rows[index] = {}
    return f"{at}/{index}"


def _remove_row(tree: Tree, at: str) -> str:
    """Remove a row and count the others anew, as the body does."""
    parent, _, index = at.rpartition("/")
    rows = answer_at(tree, parent)
    if isinstance(rows, dict):
        rows.pop(index, None)
        left = [rows[key] for key in rows_in(tree, parent)]
        rows.clear()
        rows.update({str(position): row for position, row in enumerate(left)})
    return parent


def _container(tree: Tree, at: str) -> Tree | None:
    """Return the rows at a pointer, made on the way; None where something else stands there."""
    node = tree
    for step in pointers.split(at):
        node = node.setdefault(step, {})
        if not isinstance(node, dict):
            return None
    return node
