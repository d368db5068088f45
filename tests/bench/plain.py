"""The yardstick of lists: a bare Django page of fifty rows of a plain table, beside the portal's in one process.

Its settings are those of the process that imports it, but for middleware and addresses, which are the bare site's.
"""

from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.test import Client, override_settings
from django.test.client import ClientHandler
from django.urls import path

from tests.bench import servers
from webapp.approvals.models import PoolRequest
from webapp.approvals.queries import PAGE

_COLUMNS = ("id", "name", "kind", "state", "project_name", "created_at")
_LIST = Engine().from_string(
    "<!doctype html><title>Rows</title><p>{{ person }}</p><table>{% for row in rows %}<tr><td>{{ row.pk }}</td>"
    "<td>{{ row.name }}</td><td>{{ row.kind }}</td><td>{{ row.state }}</td><td>{{ row.project_name }}</td>"
    "<td>{{ row.created_at }}</td></tr>{% endfor %}</table>"
)


class Row(models.Model):
    """What a list shows of a request."""

    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=20)
    project_name = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "plain"

    def __str__(self) -> str:
        return self.name


def fill() -> None:
    """Make a row for each request."""
    table, columns = Row._meta.db_table, ", ".join(_COLUMNS)
    if table not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(Row)
    with connection.cursor() as cursor:
        known = f"SELECT COALESCE(MAX(id), 0) FROM {table}"
        requests = f"SELECT {columns} FROM {PoolRequest._meta.db_table} WHERE id > ({known})"
        cursor.execute(f"INSERT INTO {table} ({columns}) {requests}")


def rows(request: HttpRequest) -> HttpResponse:
    """Show the newest rows to whoever has a session."""
    context = {"person": request.session.get("person"), "rows": Row.objects.order_by("-pk")[:PAGE]}
    return HttpResponse(_LIST.render(Context(context)))


def client() -> Client:
    """Return a browser with a session on the bare site."""
    found = Client(SERVER_NAME="127.0.0.1")
    found.handler = _BareHandler()
    with override_settings(MIDDLEWARE=servers.MIDDLEWARE):
        found.handler.load_middleware()
    session = found.session
    session["person"] = "anna"
    session.save()
    return found


class _BareHandler(ClientHandler):
    def get_response(self, request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__
        return super().get_response(request)


urlpatterns = [path("", rows)]
