"""What a request asks for in sentences: on its page, and in what is told to those who decide."""

from collections.abc import Iterator

from django.utils.dateformat import format as formatted
from django.utils.timezone import localtime

from webapp.approvals.asked import MARKS
from webapp.approvals.models import Kind, PoolRequest
from webapp.approvals.workflow import State
from webapp.nodepool import pointers

_FLAVOR = "/spec/nodeTemplate/flavor"


def sentence(found: PoolRequest) -> str:
    """Return in one sentence what is asked."""
    start, most = (found.amounts[name]["nodes"] for name in ("start", "most"))
    where = f"{found.cluster.name} ({found.project_name})"
    flavor = pointers.get(found.body, _FLAVOR) or "an unknown flavor"
    if found.kind == Kind.DELETE:
        return f"{found.author} asks to delete the node pool {found.name} with its {start} nodes in {where}."
    if found.kind == Kind.CREATE:
        grows = f", growing to {most}" if most > start else ""
        nodes = f"{start} {'node' if start == 1 else 'nodes'}"
        return f"{found.author} asks for the new node pool {found.name}: {nodes} of {flavor}{grows}, in {where}."
    before = pointers.get(found.baseline, "/spec/initialNodeCount")
    steps = f"from {before} to {start} nodes" if before != start else f"with {start} nodes"
    word = "scale" if found.kind == Kind.SCALE else "change"
    return f"{found.author} asks to {word} the node pool {found.name}, {steps} of {flavor}, in {where}."


def policy_said(found: PoolRequest) -> str:
    """Return what policy said about a request; in the past once nothing is to be decided any more."""
    said = str(found.verdict.get("sentence", ""))
    if found.state in (State.SUBMITTED, State.CHANGES):
        return said
    return said.replace("This needs", "This needed").replace("No approval is needed", "No approval was needed")


def to_decide(found: PoolRequest) -> str:
    """Return what somebody needs to know who is asked to decide: who wants what, why that is asked, until when."""
    return "\n\n".join(_to_decide(found))


def _to_decide(found: PoolRequest) -> Iterator[str]:
    yield sentence(found)
    if found.reason:
        yield f"What it is for: {found.reason}"
    why = [f"- policy {one['policy']}: {'; '.join(one['because'])}" for one in found.verdict.get("reasons", ())]
    yield "\n".join([str(found.verdict.get("sentence", "")), *why])
    if found.marks:
        yield "\n".join(["Look out for:", *(f"- {MARKS[one][0]}" for one in found.marks)])
    if found.expires_at:
        yield f"It expires {formatted(localtime(found.expires_at), 'j M Y, H:i T')}."
