"""The pages of notices in a real Chromium."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LOOKS, demand_accessible, demand_fitting, sign_in


@pytest.mark.parametrize("wishes", LOOKS)
def test_no_page_of_notices_has_an_accessibility_violation_or_scrolls_sideways(open_page, wishes):
    page = open_page(**wishes)
    sign_in(page)
    for path in ("/notices", "/notices/preferences"):
        page.goto(path)
        demand_accessible(page)
        demand_fitting(page)


def test_a_choice_is_kept_without_javascript(open_page):
    page = open_page(java_script_enabled=False)
    sign_in(page)
    page.get_by_role("link", name="Notices").click()
    page.get_by_role("link", name="What I am told of").click()
    choice = page.locator('[name="mail"][value="commented"]')
    is_wanted = choice.is_checked()
    choice.set_checked(not is_wanted)
    page.get_by_role("button", name="Keep this choice").click()
    expect(page.get_by_role("status").first).to_contain_text("Your choice is kept")
    expect(choice).to_be_checked(checked=not is_wanted)
