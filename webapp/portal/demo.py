"""The people of the demonstration; the cloud users among them are those of the local cloud."""

from dataclasses import dataclass

from webapp.accounts.roles import Role

DOMAIN, PROJECT = "OTC-EU-DE-00000000001000012345", "eu-de_sandbox"
# In this project requests need approval; the other one is self-service.
TEAM_PROJECT = "eu-de_team"
# A group of the local cloud, and the team for which it lets its members decide.
APPROVERS_GROUP, APPROVERS_TEAM = "platform-approvers", "platform"
CLOUD, PORTAL = "Cloud user", "Portal account"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to sign in as. Roles of cloud users come from their sign-in, and are told in `hint`."""

    name: str
    way_label: str
    roles: tuple[Role, ...] = ()
    team: str = ""
    hint: str = ""

    @property
    def password(self) -> str:
        """The password, which is no secret."""
        return f"{self.name}-demo-1"

    @property
    def who(self) -> str:
        """What the person may do, in words."""
        roles = ", ".join(role.label.lower() for role in self.roles)
        return self.hint or (f"{roles} in team {self.team}" if self.team else roles)


PEOPLE = (
    DemoPerson("anna", CLOUD, hint=f"requester; what she has asked for is in project {TEAM_PROJECT}"),
    DemoPerson("ben", CLOUD, hint=f"requester, and approver in team {APPROVERS_TEAM} by his IAM group"),
    DemoPerson("admin", PORTAL, (Role.ADMIN,)),
    DemoPerson("approver", PORTAL, (Role.APPROVER,), "platform"),
    DemoPerson("approver2", PORTAL, (Role.APPROVER,), "security"),
    DemoPerson("auditor", PORTAL, (Role.AUDITOR,)),
)
