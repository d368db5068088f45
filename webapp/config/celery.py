"""The workers' application. Each room has its tasks in `tasks.py`; what runs when stands in the settings."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.config.settings")
app = Celery("poolwright")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
