"""What the admin's first page shows."""

from typing import Any

from webapp.approvals.queries import numbers


def dashboard() -> dict[str, Any]:
    """Return the context of the dashboard."""
    return {"numbers": numbers()}
