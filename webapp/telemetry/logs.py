"""The log: as lines for people, or as JSON for machines; always with the request's id, never with a secret."""

import logging
import time
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from webapp.telemetry import request_ids
from webapp.telemetry.redaction import redacted

FORMATS = ("line", "json")
LEVELS = ("INFO", "DEBUG", "WARNING", "ERROR", "CRITICAL")


class WithRequestId(logging.Filter):
    """Gives each record the id of the request that it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record through."""
        record.request_id = getattr(record, "request_id", request_ids.current()) or "-"
        return True


class WithoutTracebackOfRefusals(logging.Filter):
    """Leaves out the traceback of what Django refuses: whoever may not see a page has broken nothing."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record through."""
        if record.name == "django.request" and record.levelno < logging.ERROR:
            record.exc_info = record.exc_text = None
        return True


class LineFormatter(logging.Formatter):
    """A line, and the traceback if there is one."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the text without secrets."""
        return redacted(super().format(record))


class JsonLineFormatter(JsonFormatter):
    """One JSON object in a line; what was given as `extra` becomes its members."""

    def __init__(self) -> None:
        names = {"asctime": "time", "levelname": "level", "name": "logger"}
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s", rename_fields=names)
        self.default_time_format, self.default_msec_format = "%Y-%m-%dT%H:%M:%S", "%s.%03dZ"
        self.converter = time.gmtime

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Return the members without secrets."""
        log_data.pop("request", None)  # Django's own records carry the whole request
        return {name: redacted(value) if isinstance(value, str) else value for name, value in log_data.items()}


def logging_settings(form: str, level: str) -> dict[str, Any]:
    """Return Django's `LOGGING`."""
    formatters = {
        "line": {"()": "webapp.telemetry.logs.LineFormatter"},
        "json": {"()": "webapp.telemetry.logs.JsonLineFormatter"},
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request_id": {"()": "webapp.telemetry.logs.WithRequestId"},
            "refusals": {"()": "webapp.telemetry.logs.WithoutTracebackOfRefusals"},
        },
        "formatters": formatters,
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": form, "filters": ["request_id", "refusals"]}
        },
        "root": {"handlers": ["console"], "level": level},
        # Django's own handlers would write each record a second time, or by mail.
        "loggers": {"django": {"handlers": [], "propagate": True}},
    }
