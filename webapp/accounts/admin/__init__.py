"""Admin pages of people, teams, service accounts, API tokens and regions."""

from webapp.accounts.admin import people, teams

__all__ = ["people", "teams"]
