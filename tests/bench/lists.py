"""Lists of requests at a number of rows: time, queries and, with --explain, the database's plan of each query.

python -m tests.bench.lists 100000        (environment as of the portal, see servers.portal_environment)
"""

import itertools
import json
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from webapp.accounts.granting import grant  # noqa: E402
from webapp.accounts.models import User  # noqa: E402
from webapp.accounts.roles import Role  # noqa: E402
from webapp.approvals.models import PoolRequest  # noqa: E402
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
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measured(count: int, *, explains: bool = False) -> Iterator[dict[str, Any]]:
    """Yield time and queries of each page."""
    people = _people()
    for name, (who, path) in PAGES.items():
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(people[who], backend="webapp.accounts.backends.PersonBackend")
        yield _one(client, name, path.format(middle=1000 + count // 2), count, explains=explains)


def _one(client: Client, name: str, path: str, rows: int, *, explains: bool) -> dict[str, Any]:
    client.get(path)
    times = []
    for _ in range(_TURNS):
        started = time.perf_counter()
        answer = client.get(path)
        times.append(time.perf_counter() - started)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
    with CaptureQueriesContext(connection) as seen:
        client.get(path)
    plans = [_plan(one["sql"]) for one in seen.captured_queries] if explains else []
    ms = round(statistics.median(times) * 1000, 1)
    return {"list": name, "rows": rows, "ms": ms, "queries": len(seen), "plans": plans}


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
        demands=[{"team": None, "team_name": "any approver", "count": 1}],
        submitted_at=now,
        launched_at=None if is_new else now,
        ended_at=None if is_new else now,
    )


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    ROWS = int(sys.argv[1])
    fill(ROWS)
    print(json.dumps(list(measured(ROWS, explains="--explain" in sys.argv))))  # noqa: T201
