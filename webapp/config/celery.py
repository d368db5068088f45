"""The workers' application. Each room has its tasks in `tasks.py`; what runs when stands in the settings."""

import os
from typing import Any

from celery import Celery
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun, worker_init
from kombu.transport import TRANSPORT_ALIASES

from webapp.telemetry import request_ids
from webapp.telemetry.traces import send_if_wanted

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.config.settings")
TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), "webapp.config.broker:Transport"))
app = Celery("poolwright")
app.set_default()  # for the threads that serve requests, too
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Let the log stay as the settings have it."""


@worker_init.connect
def open_metrics_port(**_: Any) -> None:
    """Tell the operator what is counted here: nobody asks a worker for a page."""
    from webapp.portal.metrics_port import open_port_if_any  # has models, for which it is too early above

    open_port_if_any()


@worker_init.connect
def send_traces(**_: Any) -> None:
    """Trace what the worker does, where an operator wants that."""
    send_if_wanted()


@before_task_publish.connect
def send_request_id_along(headers: dict[str, Any], **_: Any) -> None:
    """Give a task the id of the request that asked for it."""
    headers["request_id"] = request_ids.current()


@task_prerun.connect
def take_request_id_over(task: Any, **_: Any) -> None:
    """Let the task's log and calls carry that id."""
    request_ids.begin(getattr(task.request, "request_id", None) or "")


@task_postrun.connect
def forget_request_id(**_: Any) -> None:
    """End what `take_request_id_over` began."""
    request_ids.end()
