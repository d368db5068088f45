from hypothesis import given, settings
from hypothesis import strategies as st

from tests.nodepool.test_rules import JSON, USER, a_body, storage
from webapp.nodepool.defaults import blank_body
from webapp.nodepool.facts import Flavor
from webapp.nodepool.layout import layout
from webapp.nodepool.totals import totals

T = "/spec/nodeTemplate"


def two_disks(storage_section):
    disks = [{"volumetype": "SSD", "size": 100}, {"volumetype": "SAS", "size": 400}]
    return a_body(**{f"{T}/dataVolumes": disks, f"{T}/storage": storage_section})


def test_without_storage_the_first_disk_is_split_and_the_others_stay_raw():
    disks = [{"volumetype": "SAS", "size": 200}, {"volumetype": "SSD", "size": 100}]
    made = layout(a_body(**{f"{T}/dataVolumes": disks}))
    assert made.is_default
    assert [(one.space, one.size_gib) for one in made.groups[0].volumes] == [("runtime", 180), ("kubernetes", 20)]
    assert [one.size_gib for one in made.raw] == [100]


def test_a_wide_selector_in_front_swallows_the_disk_of_a_narrow_one():
    wide = {"name": "all", "storageType": "evs"}
    narrow = {"name": "data", "storageType": "evs", "matchLabels": {"size": "400"}}
    section = {**storage(), "storageSelectors": [wide, narrow]}
    assert layout(two_disks(section)).unmatched == (f"{T}/storage/storageSelectors/1",)


def test_a_selector_takes_as_many_disks_as_it_wants_and_no_more():
    disks = [{"volumetype": "SAS", "size": 100}] * 3
    section = storage(**{"/storageSelectors/0/matchLabels/count": "2"})
    made = layout(a_body(**{f"{T}/dataVolumes": disks, f"{T}/storage": section}))
    assert [one.selector for one in made.disks] == ["cceUse", "cceUse", None]
    assert made.groups[0].size_gib == 200


def test_own_data_is_mounted_where_it_was_said():
    group = {"name": "vgdata", "selectorNames": ["data"], "virtualSpaces": [USER]}
    selector = {"name": "data", "storageType": "evs", "matchLabels": {"size": "400"}}
    section = storage()
    section["storageSelectors"].append(selector)
    section["storageGroups"].append(group)
    volume = layout(two_disks(section)).groups[1].volumes[0]
    assert (volume.size_gib, volume.path) == (400, "/opt/data")


def test_totals_count_the_most_nodes_that_autoscaling_allows():
    body = a_body(**{"/spec/autoscaling": {"enable": True, "minNodeCount": 0, "maxNodeCount": 10}})
    found = totals(body, Flavor("c7n.xlarge.2", 4, 8192))
    assert (found.start.vcpus, found.most.vcpus, found.most.disk_gib) == (8, 40, 1500)


def test_a_blank_body_holds_only_what_is_always_sent():
    assert blank_body()["spec"]["nodeTemplate"]["runtime"] == {"name": "containerd"}
    assert "storage" not in blank_body()["spec"]["nodeTemplate"]


@settings(max_examples=100, deadline=None)
@given(disks=JSON, section=JSON)
def test_any_json_value_has_a_layout(disks, section):
    body = a_body(**{f"{T}/dataVolumes": disks, f"{T}/storage": section})
    assert layout(body).disks is not None
    assert totals(body, None).node.nodes == 1


@given(st.lists(st.integers(1, 100), min_size=1, max_size=5))
def test_volumes_never_take_more_than_their_share(percents):
    spaces = [{"name": "user", "size": f"{one}%"} for one in percents]
    made = layout(a_body(**{f"{T}/storage": storage(**{"/storageGroups/0/virtualSpaces": spaces})}))
    assert [one.size_gib for one in made.groups[0].volumes] == percents
