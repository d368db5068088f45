"""The flavor table."""

from datetime import UTC, datetime

import pytest

from webapp.cloud.picklists import PickList
from webapp.nodepool.facts import Flavor
from webapp.wizard import flavors


@pytest.mark.parametrize("name", ["s3.large.2", "a&b", "a'b", 'a"b'])
def test_the_flavor_that_was_chosen_is_checked_whatever_it_is_called(name):
    found = PickList((Flavor("c7n.large.2", 2, 4096), Flavor(name, 2, 4096)), datetime.now(UTC))
    rows = flavors.table({"flavors": found}, {"spec": {"nodeTemplate": {"flavor": name}}}, "").rows
    assert rows
    assert rows.count("checked") == 1
