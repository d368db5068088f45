"""The body of a node pool: its structure, its rules and its disks. Pure Python."""

from webapp.nodepool.cluster import Cluster
from webapp.nodepool.facts import Facts
from webapp.nodepool.problems import Problem, Severity
from webapp.nodepool.rules import check

__all__ = ["Cluster", "Facts", "Problem", "Severity", "check"]
