"""Poolwright: self-service node pools for Open Telekom Cloud's CCE."""
