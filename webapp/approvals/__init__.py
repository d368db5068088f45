"""Requests: what somebody wants done, who agrees, and what came of it."""
