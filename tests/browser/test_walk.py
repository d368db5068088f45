"""A person walks through the whole wizard in a real Chromium, with and without JavaScript."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOOKS, demand_accessible, demand_fitting, sign_in, start_blank

T = "/spec/nodeTemplate"


def at(page: Page, pointer: str):
    return page.locator(f'[data-at="{pointer}"]')


def go_on(page: Page, step: str) -> None:
    page.click("#step-form .btn-primary")
    page.wait_for_url(f"**/{step}")


def walk_to_review(page: Page, look=lambda _: None) -> str:
    name = f"pool-{uuid.uuid4().hex[:8]}"
    page.goto("/pools/new")
    look(page)
    page.click("text=Start a blank draft")
    look(page)
    page.select_option("#cluster", label="prod-standard: CCE v1.29, Available")
    at(page, "/metadata/name").fill(name)
    go_on(page, "node-template")
    at(page, f"{T}/az").select_option("eu-de-01")
    page.check(f'[data-at="{T}/flavor"][value="c7n.xlarge.2"]')
    at(page, f"{T}/os").select_option("HCE OS 2.0")
    at(page, f"{T}/login/sshKey").select_option("id_rsa")
    at(page, f"{T}/k8sTags/0/key").fill("tier")
    at(page, f"{T}/k8sTags/0/value").fill("web")
    page.click(f'[data-add="{T}/taints"]')
    at(page, f"{T}/taints/1/key").fill("dedicated")
    at(page, f"{T}/taints/1/effect").select_option("NoSchedule")
    look(page)
    go_on(page, "disks")
    page.click("text=Fill in the default layout")
    expect(at(page, f"{T}/storage/storageGroups/0/virtualSpaces/0/size")).to_have_value("90%")
    look(page)
    go_on(page, "networking")
    look(page)
    go_on(page, "autoscaling")
    look(page)
    go_on(page, "review")
    look(page)
    return name


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_person_creates_a_pool_and_watches_it_become_ready(open_page, script):
    page = open_page(java_script_enabled=script)
    sign_in(page)
    name = walk_to_review(page)
    page.click("text=Create node pool now")
    expect(page).to_have_url(re.compile("/requests/NP-[0-9]+$"))
    assert name in page.inner_text("h1")
    for _ in range(60):
        if page.locator("#progress .badge.is-good", has_text="done").count():
            break
        page.wait_for_timeout(200)
        if not script:
            page.reload()
    expect(page.locator("#progress .badge").first).to_have_text("done")
    assert page.inner_text('[data-count="current"]') == "1"


@pytest.mark.parametrize("wishes", LOOKS)
def test_no_page_has_an_accessibility_violation_or_scrolls_sideways(open_page, wishes):
    page = open_page(**wishes)

    def look(shown: Page) -> None:
        demand_accessible(shown)
        demand_fitting(shown)

    page.goto("/sign-in")
    look(page)
    sign_in(page)
    look(page)
    walk_to_review(page, look)
    page.click("text=Create node pool now")
    expect(page).to_have_url(re.compile("/requests/NP-[0-9]+$"))
    look(page)
    for path in ("/pools/new", f"{page.url}/export/terraform", "/drafts", "/api-tokens", "/requests", "/clusters"):
        page.goto(path)
        look(page)
    page.click("text=prod-standard")
    look(page)


def test_an_error_takes_the_focus_and_leads_to_its_field(open_page):
    page = open_page()
    sign_in(page)
    start_blank(page)
    page.click("#step-form .btn-primary")
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    assert page.title().startswith("Error: ")
    demand_accessible(page)
    summary.get_by_role("link").last.click()
    expect(at(page, "/metadata/name")).to_be_focused()


def test_the_body_beside_the_form_follows_as_one_types_and_nothing_typed_is_lost(open_page):
    page = open_page()
    sign_in(page)
    start_blank(page)
    at(page, "/metadata/name").fill("typed-so-far")
    expect(page.locator(".line.lit", has_text="typed-so-far")).to_be_visible()
    page.reload()
    expect(at(page, "/metadata/name")).to_have_value("typed-so-far")


def test_a_second_click_on_create_makes_no_second_pool(open_page, cloud_url):
    page = open_page()
    sign_in(page)
    name = walk_to_review(page)
    page.dblclick("text=Create node pool now")
    expect(page).to_have_url(re.compile("/requests/NP-[0-9]+$"))
    page.go_back()
    page.click("text=Create node pool now")
    expect(page).to_have_url(re.compile("/requests/NP-[0-9]+$"))
    page.goto("/clusters")
    page.click("text=prod-standard")
    assert page.get_by_role("link", name=name).count() == 1


def test_the_flavor_table_narrows_down_as_one_types(open_page):
    page = open_page()
    sign_in(page)
    start_blank(page)
    page.click("button:has-text('Node template')")
    page.fill("#flavor-search", "8 vcpu c7n")
    rows = page.locator("#flavor-table tbody tr:visible")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("c7n.2xlarge.2")


def test_the_wizard_can_be_used_by_keyboard_alone(open_page):
    page = open_page()
    sign_in(page)
    page.goto("/pools/new")
    page.get_by_role("button", name="Start a blank draft").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/basics")
    page.locator("#cluster").focus()
    page.keyboard.type("prod")
    at(page, "/metadata/name").focus()
    page.keyboard.type("by-keyboard")
    page.keyboard.press("Enter")
    page.wait_for_url("**/node-template")
    page.locator('[data-at="/spec/nodeTemplate/k8sTags/0/key"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
