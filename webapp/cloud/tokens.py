"""A person's session with the cloud: the token, how long it lives, and where the services are."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Self


@dataclass(frozen=True)
class CloudSession:
    """A token for one project, and what its description says. The token never shows in a repr."""

    token: str = field(repr=False)
    expires_at: datetime
    user_id: str
    user_name: str
    domain_id: str
    domain_name: str
    project_id: str
    project_name: str
    endpoints: Mapping[str, str]
    auth_url: str = ""

    @classmethod
    def from_description(cls, token: str, body: Mapping[str, Any], auth_url: str = "") -> Self:
        """Read what an IAM answers about a token (docs/cloud-api.md 4.1). Raises KeyError, ValueError."""
        said = body["token"]
        project = said.get("project") or {"id": "", "name": ""}
        region = project["name"].partition("_")[0]
        return cls(
            token=token,
            expires_at=datetime.fromisoformat(said["expires_at"].replace("Z", "+00:00")).astimezone(UTC),
            user_id=said["user"]["id"],
            user_name=said["user"]["name"],
            domain_id=said["user"]["domain"]["id"],
            domain_name=said["user"]["domain"]["name"],
            project_id=project["id"],
            project_name=project["name"],
            endpoints=_endpoints(said.get("catalog") or (), region),
            auth_url=auth_url,
        )

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave."""
        return cls(**{**values, "expires_at": datetime.fromisoformat(values["expires_at"])})

    def to_json(self) -> dict[str, Any]:
        """Return everything, the token too: for sealing, never for showing."""
        return {**asdict(self), "expires_at": self.expires_at.isoformat()}

    @property
    def region(self) -> str:
        """The region: the project's name up to the underscore."""
        return self.project_name.partition("_")[0]

    def seconds_left(self, now: datetime) -> float:
        """Return how long the token lives from `now` on."""
        return (self.expires_at - now).total_seconds()


def _endpoints(catalogue: Any, region: str) -> dict[str, str]:
    """Return the first public address of each type in the region."""
    found: dict[str, str] = {}
    for service in catalogue:
        for endpoint in service.get("endpoints") or ():
            if endpoint.get("interface") == "public" and endpoint.get("region") in (region, "*"):
                found.setdefault(service["type"], endpoint["url"].rstrip("/"))
    return found
