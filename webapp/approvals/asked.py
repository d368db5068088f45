"""What a request asks for, in the terms in which policies and people judge it."""

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from typing import Any

from webapp.nodepool import Cluster, pointers
from webapp.nodepool.facts import Flavor
from webapp.nodepool.layout import layout
from webapp.nodepool.pointers import JSON
from webapp.nodepool.shells import without_shells
from webapp.nodepool.totals import Totals, totals

_TEMPLATE = "/spec/nodeTemplate"


def _has_public_address(body: JSON) -> bool:
    return bool(pointers.get(body, f"{_TEMPLATE}/publicIP"))


def _has_open_disk(body: JSON) -> bool:
    made = layout(body)
    return any(not disk.is_encrypted for disk in ((made.root,) if made.root else ()) + made.disks)


def _has_scripts(body: JSON) -> bool:
    extend = pointers.get(body, f"{_TEMPLATE}/extendParam", {})
    return isinstance(extend, dict) and any(extend.get(f"alpha.cce/{name}Install") for name in ("pre", "post"))


def _has_own_groups(body: JSON) -> bool:
    return bool(pointers.get(body, "/spec/customSecurityGroups"))


# Choices that matter for security: id, in words, and how they show in a body.
MARKS: dict[str, tuple[str, Callable[[JSON], bool]]] = {
    "public-address": ("Nodes get public addresses (EIP)", _has_public_address),
    "unencrypted-disk": ("A disk is not encrypted", _has_open_disk),
    "script": ("Scripts run on the nodes", _has_scripts),
    "own-security-groups": ("Security groups of its own replace the cluster's", _has_own_groups),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to be judged; `author_teams` are ids of teams."""

    kind: str
    cluster: Cluster
    project: str
    body: JSON
    totals: Totals
    author_teams: frozenset[int]

    @property
    def flavor_family(self) -> str:
        """The family of the flavor: `c7n` of `c7n.xlarge.2`."""
        flavor = pointers.get(self.body, f"{_TEMPLATE}/flavor")
        return flavor.partition(".")[0] if isinstance(flavor, str) else ""

    @property
    def marks(self) -> list[str]:
        """The security-sensitive choices in it; taking something away has none."""
        return [] if self.kind == "delete" else [name for name, (_, shows) in MARKS.items() if shows(self.body)]


def asked_for(  # noqa: PLR0913 - one keyword each
    *, kind: str, cluster: Cluster, project: str, body: JSON, flavor: Flavor | None, author_teams: Collection[int] = ()
) -> Asked:
    """Return what a body asks for, whole and without the empty shells that clients send."""
    plain = without_shells(body)
    return Asked(kind, cluster, project, plain, totals(plain, flavor), frozenset(author_teams))


def amounts_of(said: Totals) -> dict[str, Any]:
    """Return totals as JSON keeps them."""
    return asdict(said)


def digest_of(body: JSON, *place: str) -> str:
    """Return the SHA-256 of what is asked: the body in normal form (shells left out, keys in order), and where.

    `place` is what is done, in which cluster, and with which pool.
    """
    normal = json.dumps([*place, without_shells(body)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(normal.encode()).hexdigest()
