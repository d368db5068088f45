"""The admin in a real Chromium: usable by everybody, in light and dark, under the strict policy for content."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOOKS, demand_accessible, demand_fitting

PAGES = (
    "/admin/",
    "/admin/approvals/policy/",
    "/admin/approvals/policy/add/",
    "/admin/approvals/catalogueentry/?q=CCE",
    "/admin/accounts/user/",
    "/admin/accounts/user/1/change/",
    "/admin/audit/auditline/",
    "/admin/audit/auditline/verify/",
    "/admin/notices/webhook/add/",
    "/admin/cloud/region/add/",
    "/admin/accounts/serviceaccount/add/",
)


def look_closely(page: Page) -> None:
    # Not preloaded: axe-core would put what Django's style sheets import inline, which the policy refuses it.
    demand_accessible(page, preload=False)


def come_in(page: Page) -> None:
    page.goto("/admin/")
    expect(page).to_have_url(re.compile("/sign-in"))
    page.fill("#id_username", "admin")
    page.fill("#id_password", "admin-demo-1")
    page.click("main button:has-text('Sign in')")
    page.wait_for_url("**/admin/")


@pytest.mark.parametrize("wishes", LOOKS)
def test_no_admin_page_has_an_accessibility_violation_or_scrolls_sideways(open_page, wishes):
    page = open_page(**wishes)
    come_in(page)
    for path in PAGES:
        page.goto(path)
        look_closely(page)
        demand_fitting(page)


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_admin_tries_a_policy_saves_it_and_deletes_it(open_page, script):
    page = open_page(java_script_enabled=script)
    come_in(page)
    page.goto("/admin/approvals/policy/add/")
    page.fill("#id_name", "Production")
    page.fill("#id_clusters", "prod-*")
    page.select_option("#id_outcome", "approvals")
    page.click("text=Dry run: what would change?")
    expect(page.locator("#dry-run-result")).to_contain_text("nothing is saved yet")
    expect(page.locator("#id_clusters")).to_have_value("prod-*")
    if script:  # axe-core is one
        look_closely(page)
    page.click("input[name=_save]")
    expect(page.locator("#result_list")).to_contain_text("Production")
    page.click("#result_list >> text=Production")
    page.click(".deletelink")
    page.click("input[type=submit][value^=Yes]")
    expect(page.locator(".messagelist")).to_contain_text("was deleted")


def test_a_refused_form_leads_to_its_fields(open_page):
    page = open_page()
    come_in(page)
    page.goto("/admin/approvals/policy/add/")
    page.select_option("#id_outcome", "refuse")
    page.click("input[name=_save]")
    expect(page.locator(".errorlist").first).to_be_visible()
    assert page.title().startswith("Error: ")
    look_closely(page)
