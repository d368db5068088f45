"""What can go wrong with the cloud, as one family that carries a sentence and a remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_TEMPLATE = "/spec/nodeTemplate"


class CloudError(Exception):
    """A call that did not do what was asked.

    `message` says what happened, `remedy` what to do, `detail` is the cloud's own text; `pointer` is the place
    of the body to blame, where that is known. No secret is in any of them.
    """

    def __init__(  # noqa: PLR0913 - one keyword each
        self,
        message: str,
        *,
        remedy: str = "",
        status: int | None = None,
        code: str = "",
        request_id: str = "",
        detail: str = "",
        pointer: str = "",
    ) -> None:
        super().__init__(message)
        self.message, self.remedy, self.status, self.code = message, remedy, status, code
        self.request_id, self.detail, self.pointer = request_id, detail, pointer

    def as_dict(self) -> dict[str, Any]:
        """Return the error as JSON keeps it."""
        names = ("message", "remedy", "status", "code", "request_id", "detail", "pointer")
        return {name: getattr(self, name) for name in names}


class CloudUnreachable(CloudError):
    """No answer; nothing was changed."""


class OutcomeUnknown(CloudError):
    """A change was sent and its answer never came: it may have been done or not."""


class TokenRejected(CloudError):
    """The token is not or no longer valid."""


class Throttled(CloudError):
    """Too many requests; nothing was done. `retry_after_s` says how long to wait."""

    retry_after_s: float = 60.0


class Refused(CloudError):
    """The cloud said no."""


class HostNotAllowed(CloudError):
    """An address outside of what the operator allows; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code of the cloud means for a person."""

    message: str
    remedy: str
    pointer: str = ""


# docs/cloud-api.md 3.2 and 3.4
MEANINGS: dict[str, Meaning] = {
    "CCE.01400002": Meaning(
        "The subnet is not in the cluster's VPC.",
        "Choose another subnet.",
        f"{_TEMPLATE}/nodeNicSpec/primaryNic/subnetId",
    ),
    "CCE.01400008": Meaning(
        "The quota of servers is used up.", "Ask your admin to raise the quota, or delete servers."
    ),
    "CCE.01400009": Meaning("The quota of vCPU is used up.", "Ask your admin to raise it, or choose a smaller flavor."),
    "CCE.01400010": Meaning(
        "The quota of memory is used up.", "Ask your admin to raise it, or choose a smaller flavor."
    ),
    "CCE.01400011": Meaning("The quota of security groups is used up.", "Ask your admin to raise it."),
    "CCE.01400012": Meaning("The quota of EIPs is used up.", "Ask your admin to raise it, or do without new EIPs."),
    "CCE.01400013": Meaning("The quota of disks is used up.", "Ask your admin to raise it, or use fewer disks."),
    "CCE.01400014": Meaning("The cluster does not take so many nodes.", "Enter fewer nodes.", "/spec/initialNodeCount"),
    "CCE.01400016": Meaning(
        "This kind of cluster does not take the flavor.", "Choose another flavor.", f"{_TEMPLATE}/flavor"
    ),
    "CCE.01400018": Meaning(
        "The operating system is not offered for this cluster.", "Choose another system.", f"{_TEMPLATE}/os"
    ),
    "CCE.01400021": Meaning(
        "The flavor cannot be had in this zone.", "Choose another flavor or zone.", f"{_TEMPLATE}/flavor"
    ),
    "CCE.01400022": Meaning(
        "A disk type cannot be had in this zone.", "Choose another type.", f"{_TEMPLATE}/rootVolume/volumetype"
    ),
    "CCE.01403001": Meaning(
        "The cloud does not allow this, or the cluster is busy.",
        "Check that the cluster is Available and that you may create node pools in it.",
    ),
    "CCE.01404001": Meaning("The cloud does not know this cluster or pool (any more).", "Go back to the list."),
    "CCE.01409001": Meaning(
        "A node pool of this name exists in the cluster already.", "Choose another name.", "/metadata/name"
    ),
    "CCE.01409002": Meaning("Somebody else changed this in the meantime.", "Load the page again and repeat."),
    "Ecs.0314": Meaning(
        "The key pair does not exist, or belongs to another user.",
        "Choose one of your own key pairs.",
        f"{_TEMPLATE}/login/sshKey",
    ),
    "Ecs.0319": Meaning("The cloud has no capacity for this flavor now.", "Choose another flavor or zone."),
    "VPC.0202": Meaning("The subnet does not exist.", "Choose another subnet."),
}

BY_STATUS: dict[int, Meaning] = {
    400: Meaning("The cloud refused the request.", "See the cloud's own words, mend the value and try again."),
    401: Meaning("The cloud does not accept your sign-in.", "Sign in again."),
    403: Meaning("You may not do this in the cloud.", "Ask your admin for the right."),
    404: Meaning("The cloud does not know this.", "Go back to the list and choose again."),
    409: Meaning("This is in conflict with something that exists.", "Look what exists, then change the request."),
    429: Meaning("The cloud asks to slow down.", "Wait a minute and try again."),
}
