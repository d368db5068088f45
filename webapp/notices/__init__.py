"""Telling people and programs: notices in the portal, mail, webhooks."""
