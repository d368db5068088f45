"""What a page weighs on its way to the browser."""

import gzip

import pytest

from webapp.pools.models import PoolStatus
from webapp.wizard.models import Draft

pytestmark = pytest.mark.django_db(transaction=True)
PACKED = {"Accept-Encoding": "gzip"}


def test_the_largest_page_of_the_wizard_weighs_less_than_20_kilobytes(anna_client):
    anna_client.post("/pools/new")
    at = Draft.objects.get().url_of("node-template")
    packed, plain = anna_client.get(at, headers=PACKED), anna_client.get(at)
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < 20_000 < len(plain.content)
    assert b"c7n.xlarge.2" in gzip.decompress(packed.content)


def test_an_answer_of_the_api_is_not_packed_and_keeps_its_etag(anna_client):
    anna_client.post("/pools/new")
    found = anna_client.get(f"/api/v1/drafts/{Draft.objects.get().pk}", headers=PACKED)
    assert (found.status_code, found["ETag"]) == (200, '"1"')
    assert "Content-Encoding" not in found


def test_who_was_given_a_packed_page_hears_that_nothing_has_changed(anna_client, anna, local_cloud):
    row = PoolStatus.objects.create(project_id=anna.project_id, cluster_id="c", pool_id="p", is_gone=True)
    at = f"/clusters/{row.cluster_id}/pools/{row.pool_id}/status"
    first = anna_client.get(at, headers=PACKED)
    assert first["ETag"].startswith("W/")
    assert anna_client.get(at, headers=PACKED | {"If-None-Match": first["ETag"]}).status_code == 304
