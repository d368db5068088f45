"""The local cloud: a process of its own that speaks the documented protocol (docs/local-cloud.md)."""
