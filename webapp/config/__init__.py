"""Settings and wiring."""

from webapp.config import environment

if environment.address("BROKER_URL"):
    from webapp.config.celery import app as celery_app  # noqa: F401 - so that tasks know where to be sent
