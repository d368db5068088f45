"""At which steps who dies: web servers launch what needs no approval, workers the rest and what was left lying."""

from tests.approvals.steps import CHANGE, LAUNCH
from webapp.approvals import actions, deciding
from webapp.pools import actions as creations

_IN_WEB = ((actions, "submit", True), (deciding, "approve", True))
STEPS = {
    "launch": {"web": (*LAUNCH, *_IN_WEB), "worker": (*LAUNCH, (creations, "_recognise", True))},
    "change": {"web": CHANGE, "worker": CHANGE},
}
