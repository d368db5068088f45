"""Who asks, who approves and who launches, made in the database of a site; prints the API tokens of the people."""

import json
import os
import sys

import django

TEAM = "careful"
ACCOUNT = {"user": "anna", "domain": "OTC-EU-DE-00000000001000012345", "project_name": "eu-de_sandbox"}


def make(project_id: str) -> dict[str, str]:
    from tests.approvals.building import a_policy, a_team
    from tests.people import a_person
    from webapp.accounts.actions import make_api_token
    from webapp.accounts.models import ServiceAccount
    from webapp.accounts.roles import Role

    a_policy("careful people need an approval", requester_team=a_team(TEAM))
    account = ServiceAccount(project_id=project_id, **ACCOUNT)
    account.set_password("anna-demo-1")
    account.save()
    people = {
        "quick": a_person("quick", Role.REQUESTER),
        "careful": a_person("careful", Role.REQUESTER, teams=(TEAM,)),
        "approver": a_person("approver", Role.APPROVER),
    }
    return {name: make_api_token(one, "faults", 1) for name, one in people.items()}


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "webapp.config.settings"
    django.setup()
    print(json.dumps(make(sys.argv[1])))  # noqa: T201 - that is what it is for
