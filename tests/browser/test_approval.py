"""A request is sent, understood, decided and launched by three people in three browsers."""

import subprocess
import sys
import uuid

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOOKS, demand_accessible, demand_fitting, sign_in
from tests.browser.test_walk import at, walk_to_review
from tests.conftest import ROOT


def sign_in_here(page: Page, name: str) -> None:
    page.goto("/sign-in?way=portal")
    page.fill("#id_username", name)
    page.fill("#id_password", f"{name}-demo-1")
    page.click("main button:has-text('Sign in')")
    page.wait_for_url("**/")


@pytest.fixture
def policy(portal, portal_environment):
    """A policy for requests of the one project, switched off again at the end."""
    script = """
from django.contrib.auth.models import Group
from webapp.approvals.models import Policy
Policy.objects.update_or_create(name="Tests", defaults={
    "outcome": "approvals", "is_active": %s, "team": Group.objects.get(name="platform"), "marks": ["unencrypted-disk"]})
"""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c"]
    environment = portal_environment
    subprocess.run([*command, script % True], cwd=ROOT, env=environment, check=True)
    yield
    subprocess.run([*command, script % False], cwd=ROOT, env=environment, check=True)


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_request_is_sent_approved_and_launched(open_page, policy, script):
    anna, approver = (open_page(java_script_enabled=script) for _ in range(2))
    sign_in(anna)
    name = walk_to_review(anna)
    expect(anna.locator("main")).to_contain_text("This needs 1 approval by the team platform.")
    anna.fill("#reason", "For the shop")
    anna.click("text=Send for approval")
    sign_in_here(approver, "approver")
    approver.click("text=Waiting for me")
    approver.get_by_role("row", name=name).get_by_role("link").click()
    expect(approver.locator("main")).to_contain_text(f"asks for the new node pool {name}")
    approver.click("button:has-text('Approve')")
    expect(approver.locator("main")).to_contain_text("It is approved")
    for _ in range(60):
        anna.reload()
        if anna.locator("#progress .badge.is-good", has_text="done").count():
            break
        anna.wait_for_timeout(300)
    expect(anna.locator("#progress .badge").first).to_have_text("done")


@pytest.mark.parametrize("wishes", LOOKS)
def test_no_page_of_requests_has_an_accessibility_violation_or_scrolls_sideways(open_page, policy, wishes):
    anna, approver = (open_page(**wishes) for _ in range(2))

    def look(page: Page) -> None:
        demand_accessible(page)
        demand_fitting(page)

    sign_in(anna)
    walk_to_review(anna)
    look(anna)
    anna.click("text=Send for approval")
    look(anna)
    sign_in_here(approver, "approver")
    look(approver)
    for path in ("/requests/waiting", anna.url, "/requests?whose=all"):
        approver.goto(path)
        look(approver)
    approver.goto(anna.url)
    approver.get_by_label("As JSON").check()
    expect(approver.get_by_label("Difference in JSON")).to_contain_text('"flavor": "c7n.xlarge.2"')
    look(approver)
    approver.click("button:has-text('Ask for changes')")
    look(approver)
    approver.goto("/password")
    look(approver)


@pytest.mark.parametrize("wishes", LOOKS)
def test_for_want_of_quota_the_admins_are_asked_and_support_gets_everything_at_once(open_page, cloud_url, wishes):
    page = open_page(permissions=["clipboard-read", "clipboard-write"], **wishes)
    sign_in(page)
    name = walk_to_review(page)
    expect(page.locator("main")).to_contain_text("Quota left then")
    fault = {"kind": "quota", "method": "POST", "path": "nodepools$", "times": 1}
    requests.put(f"{cloud_url}/_faults", json=fault, timeout=5).raise_for_status()
    page.click("text=Create node pool now")
    expect(page.locator("#progress")).to_contain_text("The quota of servers is used up.")
    page.click("text=For support")
    page.click("text=Copy all")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "CCE.01400008" in copied
    assert f'"name": "{name}"' in copied
    demand_accessible(page)
    page.click("text=Ask for quota")
    expect(page.locator("#progress")).to_contain_text("The admins were asked for quota.")
    expect(page.get_by_role("button", name="Ask for quota")).to_have_count(0)


def test_a_live_pool_is_scaled_after_a_look_at_the_change(open_page):
    page = open_page()
    sign_in(page)
    walk_to_review(page)
    page.click("text=Create node pool now")
    page.click("text=Open the pool")
    page.get_by_role("link", name="Scale").click()
    at(page, "/spec/initialNodeCount").fill("2")
    demand_accessible(page)
    page.click("text=Look at the change")
    demand_accessible(page)
    page.click("text=Change it now")
    expect(page.locator("h1")).to_contain_text("scale")
    page.goto(f"/requests?words={uuid.uuid4().hex}")
    expect(page.locator("main")).to_contain_text("No request is like this")
