"""Whether a pool that the cloud answers is the one that a body asked for (docs/cloud-api.md 2.2)."""

from webapp.nodepool import pointers
from webapp.nodepool.formats.cleaning import cleaned
from webapp.nodepool.pointers import JSON
from webapp.nodepool.rules.shape import BODY
from webapp.nodepool.rules.structure import UNKNOWN_KEY, held
from webapp.nodepool.shells import as_the_cloud_keeps_it

_SCALES = "/spec/autoscaling/enable"
# What the cloud fills in by itself where nothing is said; that a pool scales by itself is not among it.
_FILLED_IN = (
    "/spec/type",
    "/spec/autoscaling/",
    "/spec/nodeTemplate/billingMode",
    "/spec/nodeTemplate/os",
    "/spec/nodeTemplate/runtime/",
)


def is_echo_of(live: JSON, body: JSON) -> bool:
    """Whether a live pool is what a good body asks for: no more and no less, but for what the cloud fills in.

    Passwords are not held against each other: the cloud tells nobody. Keys that nobody knows count on neither side.
    """
    have, asked = _said(live), _said(as_the_cloud_keeps_it(body))
    added = {at for at in have.keys() - asked.keys() if at == _SCALES or not at.startswith(_FILLED_IN)}
    return not added and asked.items() <= have.items()


def _said(document: JSON) -> dict[str, JSON]:
    """Return what a document says of a pool, by place, without what stands for nothing; read as an answer is."""
    body = cleaned({**document, "status": {}}).body
    unknown = tuple(f"{one.pointer}/" for one in held(BODY, body).problems if one.code == UNKNOWN_KEY)
    leaves = pointers.leaves(body.get("spec"), ("spec",))
    return {at: value for at, value in leaves if value and not f"{at}/".startswith(unknown)}
