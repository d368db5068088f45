"""Traces: each request with its calls of the cloud, and its tasks, sent by OTLP where an operator says where to.

What the OpenTelemetry SDK reads from its `OTEL_...` variables (endpoint, headers, service name, sampler) is up to it.
"""

import os
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from webapp.telemetry import request_ids

_AFTER_OURS = 1  # RequestMiddleware comes first: it gives the request its id
_DEFAULTS = {"OTEL_SERVICE_NAME": "poolwright", "OTEL_PYTHON_DJANGO_EXCLUDED_URLS": "healthz,readyz,metrics,static/"}


def send_if_wanted() -> None:
    """Trace this process from now on, where TRACES is on; to be called before Django loads its middleware."""
    if settings.TRACES:
        _send()


def _send() -> None:
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
    os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "http"  # names of the attributes that are cleaned below
    # They take memory, and read the variables while they are loaded.
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.django import DjangoInstrumentor
    from opentelemetry.instrumentation.requests import RequestsInstrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument(request_hook=_clean_request, middleware_position=_AFTER_OURS)
    RequestsInstrumentor().instrument(request_hook=_clean_call)
    if settings.BROKER_URL:
        from opentelemetry.instrumentation.celery import CeleryInstrumentor

        CeleryInstrumentor().instrument()


def _clean_request(span: Any, _: Any) -> None:
    """Name the request's id, and leave out the query: it may hold the code of a sign-in."""
    span.set_attributes({"url.query": "", "request_id": request_ids.current()})


def _clean_call(span: Any, call: Any) -> None:
    """Name the request's id, and leave out the query."""
    address = urlunsplit((*urlsplit(str(call.url))[:3], "", ""))
    span.set_attributes({"url.full": address, "request_id": request_ids.current()})
