"""The pages of starting, presets and the API's manual: reached by keyboard, readable, without a violation."""

import json
import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LOOKS, demand_accessible, sign_in
from tests.nodepool.test_rules import T, a_body
from tests.wizard import bodies


def look(page) -> None:
    demand_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} scrolls sideways"


def save_a_preset(page, name: str) -> None:
    page.goto("/sign-in?way=portal")
    page.fill("#id_username", "admin")
    page.fill("#id_password", "admin-demo-1")
    page.click("main button:has-text('Sign in')")
    page.goto("/pools/new")
    page.fill("#text", json.dumps(a_body(**{f"{T}/extendParam/DockerLVMConfigOverride": "a=b;" * 40})))
    page.click("text=Make a draft of it")
    page.get_by_role("link", name="To the review").click()
    page.get_by_role("link", name="Save as a preset").click()
    page.fill("#id_name", name)
    page.check(f'[value="{T}/flavor"]')
    page.get_by_role("button", name="Save the preset").click()
    expect(page.locator(".error-summary")).to_be_focused()
    look(page)
    page.locator(".error-summary").get_by_role("link").click()
    page.keyboard.type("We have a contract for it.")
    page.keyboard.press("Enter")
    page.wait_for_url("**/presets#*")  # the browser keeps the place that the link led to
    look(page)


@pytest.mark.parametrize("wishes", LOOKS)
def test_an_admin_saves_a_preset_and_a_person_starts_from_it(open_page, wishes):
    name = f"Worker {uuid.uuid4().hex[:6]}"
    save_a_preset(open_page(**wishes), name)
    page = open_page(**wishes)
    sign_in(page)
    page.goto("/pools/new")
    page.click("text=Show its pools")
    look(page)
    page.locator("li", has_text=name).get_by_role("button").click()
    page.wait_for_url("**/decisions")
    look(page)
    page.get_by_role("link", name=re.compile("^Key pair: ")).click()
    page.wait_for_url("**/node-template?**")
    flavor = page.locator(f'[data-at="{T}/flavor"]')
    expect(flavor).to_have_attribute("readonly", "")
    expect(page.get_by_text("Fixed by admin: We have a contract for it.")).to_be_visible()
    look(page)


@pytest.mark.parametrize("wishes", LOOKS)
def test_the_manual_of_the_api_is_accessible(open_page, wishes):
    page = open_page(**wishes)
    page.goto("/api/v1/docs/")
    look(page)
    page.get_by_role("link", name="Replace a draft").click()
    expect(page.locator("#drafts_replace")).to_be_in_viewport()


@pytest.mark.parametrize("looks", LOOKS)
def test_a_draft_is_taken_along_in_formats_that_lack_much(portal, chromium, looks):
    page = chromium.new_context(base_url=portal, **looks).new_page()
    sign_in(page)
    page.goto("/pools/new")
    page.fill("#text", json.dumps(bodies.WIDE))
    page.click("text=Make a draft of it")
    page.goto(re.search(r"/pools/new/[0-9a-f-]{36}/", page.url)[0] + "export/json")
    for label in ("Terraform", "Ansible"):
        page.get_by_role("navigation", name="Formats").get_by_role("link", name=label).click()
        expect(page.get_by_role("heading", name=f"What {label} cannot express")).to_be_visible()
        look(page)
