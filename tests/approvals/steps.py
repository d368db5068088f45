"""The steps of a launch at which whoever launches can be killed: where each lies, and whether after it is done.

`LAUNCH` are those of a new pool, `AGAIN` those of one whose order was queued again, `CHANGE` those of the change or
deletion of a live one.
"""

from webapp.approvals import changing, launching, outcomes
from webapp.cloud.client import Cloud
from webapp.pools import actions as creations
from webapp.pools import changes

LAUNCH = (
    (launching, "_carry_out", False),
    (creations, "refused_of", True),
    (launching, "problems_now", True),
    (launching, "_create", False),
    (creations, "begin", True),
    (launching, "_order", True),
    (launching, "_make_and_send", False),
    (creations, "post", False),
    (Cloud, "create_node_pool", True),
    (outcomes, "accepted", False),
    (launching, "settle", True),
    (creations, "post", True),
    (launching, "_make_and_send", True),
)
AGAIN = (
    (launching, "_create", False),
    (creations, "send", False),
    (creations, "_is_wanted", False),
    (creations, "_is_wanted", True),
    (creations, "_goes_out", True),
    (Cloud, "create_node_pool", True),
    (creations, "post", True),
    (outcomes, "accepted", False),
    (launching, "settle", True),
)
CHANGE = (
    (launching, "problems_now", True),
    (launching, "change", False),
    (changes, "update", False),
    (Cloud, "update_node_pool", True),
    (changes, "update", True),
    (changes, "delete", False),
    (Cloud, "delete_node_pool", True),
    (changes, "delete", True),
    (changing, "accepted", False),
)
