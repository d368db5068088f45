"""A real OpenID provider, as a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from tests.conftest import end, free_port, wait_until_answering

CLIENT = {"id": "poolwright", "secret": "secret-of-the-client"}
CARLA = {"given_name": "Carla", "family_name": "Weber", "email": "carla@example.com", "email_verified": True}


class OidcProvider:
    """The provider as its people and its operator use it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def knows(self, subject: str, **claims) -> None:
        requests.put(f"{self.url}/users/{subject}", json=claims, timeout=5).raise_for_status()

    def confirm(self, authorization_url: str, subject: str) -> str:
        """Sign in as somebody; return where the provider sends the browser back to."""
        return self._post(authorization_url, {"sub": subject})

    def deny(self, authorization_url: str) -> str:
        return self._post(authorization_url, {"action": "deny"})

    def _post(self, url: str, form: dict) -> str:
        answer = requests.post(url, data=form, allow_redirects=False, timeout=5)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


@contextmanager
def running_provider() -> Iterator[OidcProvider]:
    """Start a provider that knows Carla, and end it."""
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"]
    command += ["--user-claims", json.dumps({"sub": "carla", **CARLA})]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            wait_until_answering(url, process)
            yield OidcProvider(url)
        finally:
            end(process)
