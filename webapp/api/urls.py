"""Addresses of the API."""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter
from drf_spectacular.views import SpectacularJSONAPIView

from webapp.api import acts, audit, changes, drafts, lists, pages, pools, presets, requests, views


class ActConverter(StringConverter):
    """The name of an act on a request."""

    regex = "|".join(acts.ACT_NAMES)


register_converter(ActConverter, "act")
app_name = "api"
urlpatterns = [
    path("schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    path("docs/", pages.docs, name="docs"),
    path("clusters", pools.ClustersView.as_view(), name="clusters"),
    path("clusters/<slug:cluster_id>/node-pools", pools.PoolsView.as_view(), name="node-pools"),
    path("clusters/<slug:cluster_id>/node-pools/<slug:pool_id>", changes.PoolView.as_view(), name="node-pool"),
    path("clusters/<slug:cluster_id>/node-pools/<slug:pool_id>/scale", changes.ScaleView.as_view(), name="scale"),
    path("clusters/<slug:cluster_id>/node-pools/<slug:pool_id>/nodes", pools.NodesView.as_view(), name="nodes"),
    path("clusters/<slug:cluster_id>/node-pools/<slug:pool_id>/status", pools.StatusView.as_view(), name="status"),
    path("clusters/<slug:cluster_id>/node-pools/<slug:pool_id>/events", pools.EventsView.as_view(), name="events"),
    path("pick-lists/<slug:name>", lists.PickListView.as_view(), name="pick-list"),
    path("presets", presets.PresetsView.as_view(), name="presets"),
    path("drafts", drafts.DraftsView.as_view(), name="drafts"),
    path("drafts/<uuid:pk>", drafts.DraftView.as_view(), name="draft"),
    path("submissions", requests.SubmissionsView.as_view(), name="submissions"),
    path("submissions/<slug:reference>", requests.SubmissionView.as_view(), name="submission"),
    path("requests", requests.RequestsView.as_view(), name="requests"),
    path("requests/verdict", requests.PolicyVerdictView.as_view(), name="verdict"),
    path("requests/<slug:reference>", requests.RequestView.as_view(), name="request"),
    path("requests/<slug:reference>/timeline", requests.TimelineView.as_view(), name="timeline"),
    path("requests/<slug:reference>/<act:act>", acts.ActView.as_view(), name="act"),
    path("audit", audit.AuditView.as_view(), name="audit"),
    path("node-pools/validate", views.ValidateView.as_view(), name="validate"),
    path("node-pools/export", views.ExportView.as_view(), name="export"),
    path("node-pools/import", views.ImportView.as_view(), name="import"),
    path("node-pools/layout", views.LayoutView.as_view(), name="layout"),
    re_path(r"", views.NothingView.as_view(), name="nothing"),
]
