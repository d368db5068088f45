"""Admin pages of requests, policies and failures."""

from webapp.approvals.admin import failures, policies, requests

__all__ = ["failures", "policies", "requests"]
