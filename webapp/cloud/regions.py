"""The regions of the cloud: where a token is got, and which hosts may be called (docs/cloud-api.md 4.3)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Region:
    """A region's IAM address, and the pattern of its hosts."""

    auth_url: str
    hosts: str


REGIONS = {
    "eu-de": Region("https://iam.eu-de.otc.t-systems.com/v3", "*.eu-de.otc.t-systems.com"),
    "eu-nl": Region("https://iam.eu-nl.otc.t-systems.com/v3", "*.eu-nl.otc.t-systems.com"),
    "eu-ch2": Region("https://iam-pub.eu-ch2.sc.otc.t-systems.com/v3", "*.eu-ch2.sc.otc.t-systems.com"),
}
