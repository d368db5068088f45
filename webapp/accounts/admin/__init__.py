"""Admin pages of people, teams, service accounts, API tokens and regions."""

from webapp.accounts.admin import api_tokens, people, regions, service_accounts, teams

__all__ = ["api_tokens", "people", "regions", "service_accounts", "teams"]
