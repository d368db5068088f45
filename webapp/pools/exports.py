"""A page that shows a body in one of the formats, and the same as a file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from webapp.cloud.tokens import CloudSession
from webapp.nodepool import check, pointers
from webapp.nodepool.formats import FORMATS, Target
from webapp.nodepool.pointers import JSON


def target_of(session: CloudSession | None, cluster_id: str) -> Target:
    """Return where exported programs create the pool, as far as the cloud session says."""
    if session is None:
        return Target(cluster_id)
    return Target(cluster_id, session.project_id, session.endpoints.get("ccev2.0", "").rstrip("/"))


def export_page(request: HttpRequest, name: str, body: JSON, target: Target, *, back: str) -> HttpResponse:
    """Show a body in the named format; `?download` answers with the text as a file.

    Formats that lay the body out anew need one of the right form: until then the page says so.
    """
    found = FORMATS.get(name)
    if found is None:
        raise Http404
    is_ready = not found.needs_form or not any(one.is_error for one in check(body, {}))
    made = found.write(body, target) if is_ready else None
    if made and "download" in request.GET:
        title = str(pointers.get(body, "/metadata/name") or "node-pool")[:64]
        response = HttpResponse(made.text, content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(True, f"{title}.{found.suffix}")
        return response
    context = {"formats": FORMATS.values(), "format": found, "made": made, "back": back}
    return render(request, "pools/export.html", context)
