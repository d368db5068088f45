"""The yardstick: bare Django pages of the same size as the portal's, each with session, CSRF and one database write.

Run as a program it makes its database; granian serves `application`.
"""

import os
import uuid
from pathlib import Path

import django
from django.conf import settings

from tests.bench import servers
from webapp.config import services

FOLDER = Path(os.environ["VAR_DIR"])
settings.configure(
    SECRET_KEY="only-for-this-bench-" * 3,
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.sessions"],
    MIDDLEWARE=servers.MIDDLEWARE,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    DATABASES={"default": services.database("", FOLDER, 0) | servers.CONNECTIONS},
    USE_TZ=True,
)
django.setup()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.db.models import F  # noqa: E402
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect  # noqa: E402
from django.shortcuts import get_object_or_404  # noqa: E402
from django.template import Context, Engine  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils.cache import get_conditional_response  # noqa: E402


class Saved(models.Model):
    """The one row that a person's walk writes to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    typed = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        app_label = "bare"

    def __str__(self) -> str:
        return str(self.pk)


_PAGE = Engine().from_string(
    '<!doctype html><form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="{{ token }}">'
    '<input name="name" value="{{ saved.typed.name }}"></form>{{ filling|safe }}'
)
_STATUS = Engine().from_string("<p>{{ saved.typed.name }}: {{ saved.version }}</p>{{ filling|safe }}")


def start(request: HttpRequest) -> HttpResponse:
    """Sign in, so to speak: a session."""
    request.session["person"] = "anna"
    return HttpResponse("ok")


def page(request: HttpRequest, size: int) -> HttpResponse:
    """Show a form on a page of this size; write what was typed."""
    if request.method == "POST":
        if pk := request.session.get("row"):
            Saved.objects.filter(pk=pk).update(typed=request.POST.dict(), version=F("version") + 1)
        else:
            request.session["row"] = str(Saved.objects.create(typed=request.POST.dict()).pk)
        return HttpResponseRedirect(request.GET["next"])
    saved = Saved.objects.filter(pk=request.session.get("row")).first()
    from django.middleware.csrf import get_token

    context = Context({"token": get_token(request), "saved": saved, "filling": "x" * max(0, size - 250)})
    return HttpResponse(_PAGE.render(context))


def poll(request: HttpRequest) -> HttpResponse:
    """Say that nothing changed, as far as the row of this session says."""
    get_object_or_404(Saved, pk=request.session["row"])
    return HttpResponse(status=204)


def status(request: HttpRequest, size: int) -> HttpResponse:
    """Show the row of this session in a part of this size, or say 304 to whoever has seen it."""
    saved = get_object_or_404(Saved, pk=request.session["row"])
    etag = f'"saved-{saved.version}"'
    if unchanged := get_conditional_response(request, etag=etag):
        return unchanged
    context = Context({"saved": saved, "filling": "x" * max(0, size - 20)})
    return HttpResponse(_STATUS.render(context), headers={"ETag": etag})


def health(_: HttpRequest) -> HttpResponse:
    """Say that the process works."""
    return HttpResponse("ok")


urlpatterns = [
    path("healthz", health),
    path("start", start),
    path("page/<int:size>", page),
    path("poll", poll),
    path("status/<int:size>", status),
]
application = WSGIHandler()

if __name__ == "__main__":
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Saved)
