"""The language of the pages: Jinja2, with the functions and filters of Django's own that they use.

The admin's pages extend Django's, and are in Django's language: templates/django.
"""

from datetime import datetime, tzinfo
from functools import cache, lru_cache
from typing import Any

from django.template import defaultfilters
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone, localtime
from jinja2 import ChainableUndefined, Environment, Template

from webapp.portal.tables import table

_FILTERS = (
    defaultfilters.capfirst,
    defaultfilters.default_if_none,
    defaultfilters.floatformat,
    defaultfilters.linebreaks_filter,
    defaultfilters.linebreaksbr,
    defaultfilters.pluralize,
    defaultfilters.timesince_filter,
    defaultfilters.truncatechars,
    defaultfilters.urlencode,
)


class _Page(Template):
    """A template whose result is not escaped again where another one shows it."""

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        return mark_safe(super().render(*args, **kwargs))  # noqa: S308 - what it shows is escaped


class _Pages(Environment):
    template_class = _Page


def environment(**options: Any) -> Environment:
    """Return the environment of the pages; what a context lacks is empty, as in Django's language.

    Otherwise than there it is not None: ask `is defined`, or whether it is true. Nor can it be compared or counted.
    """
    made = _Pages(**options | {"undefined": ChainableUndefined})
    made.globals |= {"static": static if options.get("auto_reload") else cache(static), "table": table, "url": _url}
    made.filters |= {one.__name__.removesuffix("_filter"): one for one in _FILTERS} | {"date": _date}
    return made


def _url(name: str, *args: Any) -> str:
    return reverse(name, args=args) if args else _address(name, get_script_prefix())


@cache
def _address(name: str, prefix: str) -> str:  # noqa: ARG001 - what it depends on
    return reverse(name)


def _date(at: datetime | None, form: str) -> str:
    return _written(at, form, get_current_timezone()) if at else ""


@lru_cache(maxsize=4096)
def _written(at: datetime, form: str, zone: tzinfo) -> str:
    """Return a time in words, kept as pages show the same ones again: when a token ends, when something happened."""
    return defaultfilters.date(localtime(at, zone), form)
