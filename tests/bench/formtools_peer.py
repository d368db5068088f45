"""The peer: an ordinary form wizard (django-formtools) with the portal's fields, templates and pick lists.

It has the middleware of a new project and somebody who is signed in, as the portal has; it is kept cheap elsewhere:
pick lists are fetched once, one post leads to the next step, a launch is not held against what is now.
Run as a program it makes its database; granian serves `application`.
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import django
from django.conf import settings

from tests.bench import servers
from webapp.config import services

settings.configure(
    SECRET_KEY="only-for-this-bench-" * 3,
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "formtools",
        "webapp.cloud",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    DATABASES={"default": services.database("", Path(os.environ["VAR_DIR"]), 0) | servers.CONNECTIONS},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    CLOUD_AUTH_URL=os.environ["CLOUD_AUTH_URL"],
    CLOUD_ALLOWED_HOSTS=["127.0.0.1"],
    CLOUD_PRIVATE_HOSTS=[],
    CLOUD_TIMEOUT_S=20,
)
django.setup()

from django import forms  # noqa: E402
from django.contrib.auth import get_user_model, login  # noqa: E402
from django.contrib.auth.decorators import login_required  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect  # noqa: E402
from django.shortcuts import get_object_or_404  # noqa: E402
from django.template import engines  # noqa: E402
from django.urls import path  # noqa: E402
from formtools.wizard.views import NamedUrlSessionWizardView, SessionWizardView  # noqa: E402

from tests.conftest import ANNA  # noqa: E402
from webapp.cloud import picklists  # noqa: E402
from webapp.cloud.client import Cloud  # noqa: E402
from webapp.cloud.iam import sign_in  # noqa: E402
from webapp.cloud.tokens import CloudSession  # noqa: E402
from webapp.nodepool import Cluster  # noqa: E402
from webapp.wizard import options, steps  # noqa: E402
from webapp.wizard.answers import body_of, tree_of  # noqa: E402
from webapp.wizard.places import Kind, Place, Rows  # noqa: E402

_SHELL = (
    "<!doctype html><html lang=en><head><title>Wizard</title></head><body><p>{{ user.username }}</p>"
    "<nav><ul>{% for one in steps %}<li>{{ one }}</li>{% endfor %}</ul></nav><main>MAIN</main></body></html>"
)
_STEP = (
    '<h1>{{ wizard.steps.current }}</h1><form method="post" id="step">{% csrf_token %}{{ wizard.management_form }}'
    "{{ form }}<button>Next</button></form>"
)
_SAID = "<dl>{% for name, value in said %}<dt>{{ name }}</dt><dd>{{ value }}</dd>{% endfor %}</dl>"


class Order(models.Model):
    """What somebody has ordered."""

    body = models.JSONField()
    pool_id = models.CharField(max_length=64, blank=True)

    class Meta:
        app_label = "formtools_peer"

    def __str__(self) -> str:
        return f"Order {self.pk}"


@lru_cache
def _session() -> CloudSession:
    return sign_in(**ANNA)


@lru_cache
def _cluster() -> Cluster:
    found = picklists.pick_lists(_session(), ["clusters"])["clusters"].items
    return next(one for one in found if one.name == "prod-standard")


@lru_cache
def _picks(name: str) -> tuple[tuple[str, str], ...]:
    if name == "operating_systems":
        return options.options(name, {}) or ()
    lists = picklists.pick_lists(_session(), [name], cluster=_cluster())
    if name == "flavors":
        return tuple((one.id, f"{one.id}: {one.vcpus} vCPU, {one.memory_mib // 1024} GiB") for one in lists[name].items)
    return options.options(name, lists) or ()


def _field(place: Place) -> forms.Field:
    common = {"label": place.label, "help_text": place.hint, "required": False}
    if place.kind is Kind.NUMBER:
        return forms.IntegerField(**common)
    if place.kind is Kind.SCRIPT:
        return forms.CharField(widget=forms.Textarea, **common)
    if place.kind is Kind.YES_NO:
        return forms.ChoiceField(choices=(("", "Not set"), ("true", "Yes"), ("false", "No")), **common)
    if place.kind in (Kind.CHOICE, Kind.FLAVOR):
        choices = place.choices or _picks(place.picks)
        return forms.ChoiceField(choices=(("", "Not set"), *choices), **common)
    return forms.CharField(**common)


def _fields(places: tuple[Place | Rows, ...], under: str = "") -> dict[str, forms.Field]:
    """Return a field for each place; lists have one row where the portal shows one."""
    made: dict[str, forms.Field] = {}
    for one in places:
        if isinstance(one, Place):
            made[under + one.at] = _field(one)
        elif one.first:
            made |= _fields(one.places, f"{under}{one.at}/0")
    return made


class _StepForm(forms.Form):
    slug = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(_fields(steps.BY_SLUG[self.slug].places))


def _form_of(slug: str) -> type[forms.Form]:
    return type("StepForm", (_StepForm,), {"slug": slug})


class _OfPools:
    """What both wizards have: the steps, their pages, and what is done at the end."""

    form_list = [*((slug, _form_of(slug)) for slug in steps.BY_SLUG), (steps.REVIEW, forms.Form)]

    def get_context_data(self, form: forms.Form, **more: Any) -> dict[str, Any]:
        context = super().get_context_data(form, **more)
        if self.steps.current == steps.REVIEW:
            context["said"] = self.get_all_cleaned_data().items()
        return context | {"steps": [*steps.BY_SLUG, steps.REVIEW]}

    def render_to_response(self, context: dict[str, Any], **_: Any) -> HttpResponse:
        return HttpResponse((_REVIEW if "said" in context else _FORM).render(context, self.request))

    def done(self, form_list: Any, **_: Any) -> HttpResponse:
        said = {name: "" if value is None else str(value) for name, value in self.get_all_cleaned_data().items()}
        body = {"kind": "NodePool", "apiVersion": "v3", **body_of(steps.EVERY_PLACE, tree_of(said))}
        order, cloud = Order.objects.create(body=body), Cloud(_session())
        if cloud.find_pool(_cluster().id, body["metadata"]["name"]) is None:
            order.pool_id = cloud.create_node_pool(_cluster().id, body)["metadata"]["uid"]
            order.save()
        return HttpResponseRedirect(f"/orders/{order.pk}")


class NodePoolWizard(_OfPools, SessionWizardView):
    """All steps have one address, and a post shows the next step."""


class AddressedWizard(_OfPools, NamedUrlSessionWizardView):
    """Each step has an address of its own, as in the portal, and a post leads to the next one."""


_ENGINE = engines["django"]
_FORM = _ENGINE.from_string(_SHELL.replace("MAIN", _STEP))
_REVIEW = _ENGINE.from_string(_SHELL.replace("MAIN", _SAID + _STEP))
_ORDER = _ENGINE.from_string(_SHELL.replace("MAIN", "<h1>{{ order.pk }}</h1><pre>{{ order.body }}</pre>"))
_OPEN = _ENGINE.from_string(_SHELL.replace("MAIN", '<form method="post">{% csrf_token %}<button>Go</button></form>'))


def start(request: HttpRequest) -> HttpResponse:
    """Sign in without a password."""
    login(request, get_user_model().objects.get_or_create(username="anna")[0])
    return HttpResponse("ok")


def open_page(request: HttpRequest) -> HttpResponse:
    """Show where one starts."""
    return HttpResponse(_OPEN.render({}, request))


def order(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an order."""
    return HttpResponse(_ORDER.render({"order": get_object_or_404(Order, pk=pk)}, request))


def poll(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that nothing changed, as an ordinary page does: by drawing the order again."""
    return order(request, pk)


def health(_: HttpRequest) -> HttpResponse:
    """Say that the process works."""
    return HttpResponse("ok")


urlpatterns = [
    path("healthz", health),
    path("start", start),
    path("open", login_required(open_page)),
    path("wizard/", login_required(NodePoolWizard.as_view())),
    path("steps/", login_required(AddressedWizard.as_view(url_name="step"))),
    path("steps/<slug:step>", login_required(AddressedWizard.as_view(url_name="step")), name="step"),
    path("orders/<int:pk>", login_required(order)),
    path("orders/<int:pk>/poll", login_required(poll)),
]
application = WSGIHandler()

if __name__ == "__main__":
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Order)
