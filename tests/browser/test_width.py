"""Nothing has to be scrolled sideways to be read: not on a narrow screen, and no list of the admin on a usual one."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.browser.conftest import demand_fitting, environment_of, running_portal
from tests.browser.test_approval import sign_in_here
from tests.conftest import ROOT

NARROW = {"color_scheme": "dark", "viewport": {"width": 320, "height": 700}}
LISTS = (
    "approvals/poolrequest",
    "approvals/policy",
    "wizard/preset",
    "approvals/catalogueentry",
    "approvals/unmatchedfailure",
    "accounts/user",
    "accounts/team",
    "accounts/grouprole",
    "accounts/apitoken",
    "cloud/region",
    "accounts/serviceaccount",
    "notices/webhook",
    "notices/delivery",
    "audit/auditline",
)
ADMIN = ("/admin/", *(f"/admin/{one}/" for one in LISTS))
PORTAL = (
    "/",
    "/requests?whose=all",
    "/requests/waiting",
    "/requests/NP-1001",
    "/requests/NP-1002",
    "/presets",
    "/drafts",
    "/pools/new",
    "/notices",
    "/notices/preferences",
    "/api-tokens",
    "/password",
    "/api/v1/docs/",
)
# One row in each list at least, and names as long as people make them.
SEED = """
from django.core.management import call_command
from tests.admin.rows import one_of_each
from webapp.accounts.models import ServiceAccount, User
from webapp.approvals.models import PoolRequest
from webapp.notices.models import Delivery
call_command("seed_presets")
call_command("seed_requests")
one_of_each(User.objects.get(username="admin"))
PoolRequest.objects.update(name="a-node-pool-for-the-nightly-reports-of-accounting", project_name="eu-de_accounting")
User.objects.filter(username="anna").update(email="anna.of.accounting@department.example.com")
Delivery.objects.update(address="https://hooks.tools.department.example.com", subject="NP-1001 is ready: all is there")
ServiceAccount.objects.update(domain="OTC-EU-DE-00000000001000012345", user="the-robot-that-launches")
"""


@pytest.fixture(scope="module")
def portal_environment(cloud_url, tmp_path_factory, collected_static) -> dict[str, str]:
    return environment_of(tmp_path_factory.mktemp("width"), cloud_url, collected_static)


@pytest.fixture(scope="module")
def portal(portal_environment) -> Iterator[str]:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", SEED]
    with running_portal(portal_environment) as url:
        subprocess.run(command, cwd=ROOT, env=portal_environment, check=True, stdout=subprocess.DEVNULL)
        yield url


@pytest.fixture(scope="module")
def signed_in(chromium, portal):
    """Return what a browser keeps in which the admin has signed in."""
    context = chromium.new_context(base_url=portal)
    sign_in_here(context.new_page(), "admin")
    state = context.storage_state()
    context.close()
    return state


@pytest.mark.parametrize("path", PORTAL + ADMIN)
def test_a_page_is_read_on_a_narrow_screen_without_scrolling_sideways(open_page, signed_in, path):
    page = open_page(storage_state=signed_in, **NARROW)
    assert page.goto(path).ok
    demand_fitting(page)


@pytest.mark.parametrize("path", ADMIN)
def test_no_list_of_the_admin_is_cut_on_a_usual_screen(open_page, signed_in, path):
    page = open_page(storage_state=signed_in, viewport={"width": 1280, "height": 900})
    assert page.goto(path).ok
    demand_fitting(page)


def test_a_cell_stands_beside_the_heading_of_its_column_on_a_narrow_screen(open_page, signed_in):
    page = open_page(storage_state=signed_in, **NARROW)
    page.goto("/requests?whose=all")
    cell = page.get_by_role("row").nth(1).get_by_role("cell").nth(2)
    label = cell.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert label.startswith('"Cluster"')
    assert cell.inner_text() == "prod-standard"
