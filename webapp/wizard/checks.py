"""Asking the rules about a draft, with the live facts that are at hand."""

from collections.abc import Iterable

from webapp.cloud import picklists
from webapp.cloud.errors import TokenRejected
from webapp.cloud.tokens import CloudSession
from webapp.nodepool import Cluster, Problem, check
from webapp.nodepool.pointers import JSON
from webapp.wizard import steps
from webapp.wizard.options import Lists
from webapp.wizard.places import Step

ALL_LISTS = tuple(dict.fromkeys(name for step in steps.STEPS for name in step.lists))


def lists_for(
    session: CloudSession | None, names: Iterable[str], cluster: Cluster | None, *, refresh: bool = False
) -> Lists:
    """Return the pick lists as the cloud has them; none at all without a token.

    Raises TokenRejected where the cloud no longer takes the token: everything was saved before.
    """
    if session is None:
        return {}
    wanted = [name for name in names if cluster or name not in ("pool_names", "subnets")]
    found = picklists.pick_lists(session, wanted, cluster=cluster, refresh=refresh)
    for one in found.values():
        if isinstance(one.error, TokenRejected):
            raise one.error
    return found


def problems_of(body: JSON, cluster: Cluster | None, lists: Lists) -> list[Problem]:
    """Return what is wrong with a body; what is not known of cluster and cloud is not held against it."""
    return check(body, cluster or Cluster(), picklists.facts_from(lists))


def blamed_on(step: Step, problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that a step can mend."""
    return [problem for problem in problems if steps.owner(problem.pointer) is step]
