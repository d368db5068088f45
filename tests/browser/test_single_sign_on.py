"""A person signs in at another site and comes back: what redirects and policies of a real browser allow."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import demand_accessible, environment_of, running_portal
from tests.oidc import CLIENT, OidcProvider, running_provider


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcProvider]:
    with running_provider() as one:
        yield one


@pytest.fixture(scope="module")
def portal(cloud_url, provider, tmp_path_factory, collected_static) -> Iterator[str]:
    """A portal that is configured for the provider as an operator would do it."""
    wishes = {"OIDC_ENABLED": "1", "OIDC_ISSUER": provider.url}
    wishes |= {"OIDC_CLIENT_ID": CLIENT["id"], "OIDC_CLIENT_SECRET": CLIENT["secret"]}
    environment = environment_of(tmp_path_factory.mktemp("portal-oidc"), cloud_url, collected_static)
    with running_portal(environment | wishes) as url:
        yield url


def go_to_the_provider(page: Page) -> None:
    # The provider's pages want a style sheet from the internet, which tests do without.
    page.route(lambda url: urlsplit(url).hostname != "127.0.0.1", lambda route: route.fulfill(content_type="text/css"))
    page.goto("/drafts")
    page.click("text=Single sign-on")
    page.click("text=Go on to single sign-on")


def test_a_person_signs_in_and_out_at_the_provider(open_page, provider):
    page = open_page()
    go_to_the_provider(page)
    page.get_by_role("button", name="carla").first.click()
    expect(page).to_have_url(re.compile("/drafts$"))
    expect(page.locator(".who")).to_contain_text("Carla Weber")
    page.click("text=Sign out")
    expect(page).to_have_url(re.compile(f"^{provider.url}/oauth2/end_session"))
    page.get_by_role("button", name="End session").click()
    expect(page).to_have_url(re.compile("/sign-in$"))


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_failure_is_told_at_the_sign_in_page(open_page, provider, width, scheme):
    page = open_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    go_to_the_provider(page)
    assert urlsplit(page.url).netloc == urlsplit(provider.url).netloc
    page.get_by_role("button", name="Deny").click()
    expect(page.locator(".error-summary")).to_contain_text("The sign-in was not confirmed")
    expect(page.locator(".error-summary")).to_be_focused()
    demand_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
