"""Whoever knows docs/wizard.md alone types a body by `data-at`, and it arrives as it was typed."""

import base64
import json
import re

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.conftest import sign_in, start_blank
from tests.browser.test_walk import at, go_on
from tests.conftest import EXAMPLES
from tests.wizard.bodies import WIDE
from webapp.nodepool import pointers

STEPS = ("basics", "node-template", "disks", "networking", "autoscaling", "review")
LABELS = "/spec/nodeTemplate/k8sTags"
CASES = [
    pytest.param(json.loads((EXAMPLES / "request-cce.json").read_text()), "legacy-standard", True, id="example"),
    pytest.param(
        json.loads((EXAMPLES / "request-cce-turbo.json").read_text()), "turbo", False, id="Turbo without JavaScript"
    ),
    pytest.param(WIDE, "prod-standard", True, id="every field"),
]


def typed(body):
    """Yield data-at and text of everything that a person types."""
    for pointer, value in pointers.leaves(body):
        if pointer.startswith(f"{LABELS}/") or pointer in ("/kind", "/apiVersion"):
            continue
        if pointer.endswith("Install"):
            value = base64.b64decode(value).decode()
        yield pointer, {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else str(value)
    for index, (key, value) in enumerate(pointers.get(body, LABELS, {}).items()):
        yield f"{LABELS}/{index}/key", key
        yield f"{LABELS}/{index}/value", value


def add_rows_for(page, pointer):
    """Press the add buttons of the lists that a pointer leads through, until its control is there."""
    steps = pointer.split("/")
    for length in range(2, len(steps)):
        add = page.locator(f'[data-add="{"/".join(steps[:length])}"]')
        row = "/".join(steps[: length + 1])
        if add.count() and not page.locator(f'[data-at="{row}"], [data-at^="{row}/"]').count():
            add.click()
            expect(page.locator(f'[data-at="{row}"], [data-at^="{row}/"]').first).to_be_visible()


def put(control, text):
    kind = control.first.evaluate("one => one.type")
    if kind == "radio":
        control.and_(control.page.locator(f'[value="{text}"]')).check()
    elif kind.startswith("select"):
        control.select_option(text)
    else:
        control.fill(text)


def fill_in(page, answers):
    for pointer, text in answers.items():
        add_rows_for(page, pointer)
        if at(page, pointer).count():
            put(at(page, pointer), text)
    for control in page.locator("[data-at^='/']").all():
        if control.get_attribute("data-at") not in answers and control.evaluate(
            "one => one.type !== 'radio' && one.value"
        ):
            put(control, "")


@pytest.mark.parametrize(("body", "cluster", "script"), CASES)
def test_a_body_that_is_typed_by_its_places_arrives_exactly(open_page, cloud_url, body, cluster, script):
    requests.put(f"{cloud_url}/_reset", timeout=5).raise_for_status()
    page, answers = open_page(java_script_enabled=script), dict(typed(body))
    sign_in(page)
    start_blank(page)
    label = page.locator("#cluster option", has_text=re.compile(f"^{cluster}:")).inner_text()
    page.select_option("#cluster", label=label)
    for following in STEPS[1:]:
        fill_in(page, answers)
        go_on(page, following)
    page.click("text=Create node pool now")
    page.wait_for_url(lambda url: not url.endswith("/review"))
    sent = []
    for _ in range(50):
        log = requests.get(f"{cloud_url}/_log", timeout=5).json()
        sent = [one["body"] for one in log if one["method"] == "POST" and one["path"].endswith("/nodepools")]
        if sent:
            break
        page.wait_for_timeout(100)
    assert sent == [body]


def test_a_row_is_added_though_a_save_is_under_way_and_takes_the_keyboard(open_page):
    page = open_page()
    sign_in(page)
    start_blank(page)
    page.click("button:has-text('Disks and storage')")
    held = []
    page.route("**/preview", lambda route: held.append(route))
    at(page, "/spec/nodeTemplate/rootVolume/size").fill("77")
    for _ in range(40):
        if held:
            break
        page.wait_for_timeout(50)
    page.click('[data-add="/spec/nodeTemplate/dataVolumes"]')
    expect(at(page, "/spec/nodeTemplate/dataVolumes/1/volumetype")).to_be_focused()
    expect(at(page, "/spec/nodeTemplate/rootVolume/size")).to_have_value("77")


def test_a_save_that_fails_is_told_and_the_next_one_takes_the_words_back(open_page):
    page = open_page()
    sign_in(page)
    start_blank(page)
    page.route("**/preview", lambda route: route.fulfill(status=401))
    at(page, "/metadata/name").fill("lost")
    expect(page.locator("#save-trouble")).to_be_visible()
    page.unroute("**/preview")
    at(page, "/metadata/name").fill("kept")
    expect(page.locator("#save-trouble")).to_be_hidden(timeout=30_000)


def test_a_page_that_is_loaded_again_in_mid_word_has_kept_it(open_page):
    page = open_page()
    sign_in(page)
    start_blank(page)
    at(page, "/metadata/name").fill("mid-wor")
    for _ in range(20):  # what the closing page sent may arrive after the new page was asked for
        page.reload()
        if at(page, "/metadata/name").input_value():
            break
        page.wait_for_timeout(200)
    expect(at(page, "/metadata/name")).to_have_value("mid-wor")
