"""Browsers at a site, as far as their cookies go."""

import re

import requests

from tests.conftest import ANNA


def signed_in(url: str) -> dict[str, str]:
    """Return the cookies of a browser in which Anna is signed in."""
    with requests.Session() as browser:
        page = browser.get(f"{url}/sign-in", timeout=30)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
        answer = browser.post(f"{url}/sign-in", {"way": "cloud", "csrfmiddlewaretoken": token, **ANNA}, timeout=30)
        assert answer.url.endswith("/")
        return browser.cookies.get_dict()
