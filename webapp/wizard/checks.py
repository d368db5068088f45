"""Asking the rules about a draft, with the live facts that are at hand."""

from collections.abc import Iterable

from webapp.cloud import picklists
from webapp.cloud.errors import CloudError, TokenRejected
from webapp.cloud.tokens import CloudSession
from webapp.nodepool import Cluster, Problem, check
from webapp.nodepool.pointers import JSON
from webapp.wizard import steps
from webapp.wizard.options import Lists
from webapp.wizard.places import Step

CHECK_AGAIN = "Chosen as another person or in another project: check it again."
ALL_LISTS = tuple(dict.fromkeys(name for step in steps.STEPS for name in ("clusters", *step.lists)))


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


def left_unchecked(lists: Lists) -> CloudError | None:
    """Return why some lists could not be had now, so that nothing is held against them; None where all could."""
    return next((one.error for one in lists.values() if one.error and one.error.is_passing), None)


def problems_of(body: JSON, cluster: Cluster | None, lists: Lists) -> list[Problem]:
    """Return what is wrong with a body; what is not known of cluster and cloud is not held against it."""
    return check(body, cluster or Cluster(), picklists.facts_from(lists))


def blamed_on(step: Step, problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that a step can mend."""
    return [problem for problem in problems if steps.owner(problem.pointer) is step]


def scope_of(session: CloudSession | None) -> str:
    """Return whose cloud a session shows: a project, as one person sees it; empty without a session."""
    return f"{session.project_id}:{session.user_id}" if session else ""


def cluster_problem(cluster: Cluster | None, lists: Lists) -> str:
    """Return what is wrong with the choice of the cluster itself; empty where nothing is."""
    if cluster is None:
        return "Choose the cluster that the pool is for."
    found = lists.get("clusters")
    if found is None or found.error or any(one.id == cluster.id for one in found.items):
        return ""
    return f"The cluster {cluster.name} is not in this project now. Choose another."
