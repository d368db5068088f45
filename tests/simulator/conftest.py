"""A client of the local cloud that knows nothing but HTTP."""

import pytest
import requests

from tests.conftest import ANNA

PROJECT = "7a2b4c6d8e0f41238a9bacbdcedfe0f1"


@pytest.fixture
def cce(local_cloud):
    """A session of requests with a token, and the address of CCE."""
    user = {"name": "anna", "password": ANNA["password"], "domain": {"name": ANNA["domain"]}}
    auth = {
        "identity": {"methods": ["password"], "password": {"user": user}},
        "scope": {"project": {"name": ANNA["project"]}},
    }
    answer = requests.post(f"{local_cloud.url}/v3/auth/tokens", json={"auth": auth}, timeout=5)
    assert answer.status_code == 201
    with requests.Session() as session:
        session.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]
        session.base = f"{local_cloud.url}/api/v3/projects/{PROJECT}"
        session.catalogue = answer.json()["token"]["catalog"]
        items = session.get(f"{session.base}/clusters").json()["items"]
        session.clusters = {one["metadata"]["name"]: one["metadata"]["uid"] for one in items}
        yield session


def pools_of(cce, cluster="prod-standard"):
    return f"{cce.base}/clusters/{cce.clusters[cluster]}/nodepools"
