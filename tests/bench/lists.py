"""Lists of requests at a number of rows, beside a bare list of as many: time, queries, with --explain their plans.

python -m tests.bench.lists 100000        (environment as of the portal, see servers.portal_environment)
"""

import itertools
import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from tests.bench import plain  # noqa: E402
from webapp.accounts.granting import grant  # noqa: E402
from webapp.accounts.models import User  # noqa: E402
from webapp.accounts.roles import Role  # noqa: E402
from webapp.approvals.models import PoolRequest  # noqa: E402
from webapp.approvals.policy import teams_in  # noqa: E402
from webapp.approvals.workflow import State  # noqa: E402
from webapp.nodepool.defaults import blank_body  # noqa: E402

PAGES = {
    "mine": ("requester", "/requests"),
    "all": ("approver", "/requests?whose=all"),
    "all, by state": ("approver", "/requests?whose=all&state=failed"),
    "all, a rare state": ("approver", "/requests?whose=all&state=expired"),
    "all, a rare kind": ("approver", "/requests?whose=all&kind=delete"),
    "all, words of none": ("approver", "/requests?whose=all&words=nowhere"),
    "all, second page": ("approver", "/requests?whose=all&before={middle}"),
    "all, by words": ("approver", "/requests?whose=all&words=pool-7"),
    "waiting for me": ("approver", "/requests/waiting"),
    "admin, requests": ("admin", "/admin/approvals/poolrequest/"),
    "admin, a rare state": ("admin", "/admin/approvals/poolrequest/?state__exact=expired"),
    "admin, front page": ("admin", "/admin/"),
}
_AUTHORS, _BATCH, _TURNS = 50, 2000, 7
_DEMANDS = [{"team": None, "team_name": "any approver", "count": 1}]
_STATES = (
    *itertools.repeat(State.ACTIVE, 90),
    *itertools.repeat(State.FAILED, 5),
    *itertools.repeat(State.REJECTED, 5),
)


def fill(count: int) -> None:
    """Make so many requests of fifty people; all but thirty are at their end."""
    authors = [User.objects.get_or_create(username=f"author-{number}")[0] for number in range(_AUTHORS)]
    for start in range(PoolRequest.objects.count(), count, _BATCH):
        rows = (_row(number, count, authors) for number in range(start, min(count, start + _BATCH)))
        PoolRequest.objects.bulk_create(rows)
    plain.fill()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measured(count: int, *, explains: bool = False) -> Iterator[dict[str, Any]]:
    """Yield time and queries of each page, and of the bare page that is asked for in turn with it."""
    people, bare = _people(), (plain.client(), "/")
    for name, (who, path) in PAGES.items():
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(people[who], backend="webapp.accounts.backends.PersonBackend")
        asked = (client, path.format(middle=1000 + count // 2))
        ms, bare_ms = _medians(asked, bare)
        said = _queries(*asked)
        row = {"list": name, "rows": count, "ms": ms, "queries": len(said)}
        row |= {"bare_ms": bare_ms, "bare_queries": len(_queries(*bare))}
        yield row | {"plans": [_plan(sql) for sql in said] if explains else []}


def _medians(*pages: tuple[Client, str]) -> list[float]:
    """Return how long each page takes, in ms; they take turns, the first one to warm up."""
    times = defaultdict(list)
    for turn, (client, path) in itertools.product(range(_TURNS + 1), pages):
        started = time.perf_counter()
        answer = client.get(path)
        if turn:
            times[path].append(time.perf_counter() - started)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
    return [round(statistics.median(took) * 1000, 2) for took in times.values()]


def _queries(client: Client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        client.get(path)
    return [one["sql"] for one in seen.captured_queries]


def _plan(sql: str) -> str:
    if not sql.startswith("SELECT"):
        return ""
    how = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    with connection.cursor() as cursor:
        cursor.execute(how + sql.replace("%", "%%") if connection.vendor == "sqlite" else how + sql)
        return f"{sql[:400]}\n    " + "\n    ".join(str(row[-1]) for row in cursor.fetchall())


def _people() -> dict[str, User]:
    people = {}
    for name, role in (("requester", Role.REQUESTER), ("approver", Role.APPROVER), ("admin", Role.ADMIN)):
        person = User.objects.get_or_create(username=f"author-{len(people)}")[0]
        person.is_staff = role == Role.ADMIN
        person.save()
        grant(person, role, by=None)
        people[name] = User.objects.get(pk=person.pk)
    return people


def _row(number: int, count: int, authors: list[User]) -> PoolRequest:
    now, author = timezone.now(), authors[number % _AUTHORS]
    is_new = number >= count - 30
    amounts = {"nodes": 1, "vcpus": 4, "memory_mib": 8192, "disk_gib": 140, "volumes": 2, "eips": 0}
    return PoolRequest(
        kind="create",
        state=State.SUBMITTED if is_new else _STATES[number % 100],
        author=author,
        last_editor=author,
        key=f"bench-{number}",
        project_id=f"project-{number % 5}",
        project_name="eu-de_sandbox",
        cluster_id=f"cluster-{number % 20}",
        cluster_facts={"id": f"cluster-{number % 20}", "name": "prod", "category": "standard", "version": "v1.29"},
        name=f"pool-{number}",
        body=blank_body(),
        digest="0" * 64,
        amounts={"node": amounts, "start": amounts, "most": amounts},
        demands=_DEMANDS,
        asked_teams=teams_in(_DEMANDS),
        submitted_at=now,
        launched_at=None if is_new else now,
        ended_at=None if is_new else now,
    )


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    ROWS = int(sys.argv[1])
    fill(ROWS)
    print(json.dumps(list(measured(ROWS, explains="--explain" in sys.argv))))  # noqa: T201
