"""Request and response of node pool creation as typed models, one class per table of the API reference.

The models say what the members are called and of which type they are; what is allowed, and what to do about
it, is said by the rules. Keys that nobody knows are kept.
"""

from webapp.nodepool.schema.request import NodePoolRequest
from webapp.nodepool.schema.response import Node, NodePool

__all__ = ["Node", "NodePool", "NodePoolRequest"]
