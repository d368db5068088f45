"""Addresses of the API."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView

from webapp.api import drafts, lists, pools, presets, views

app_name = "api"
urlpatterns = [
    path("schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    path("clusters", pools.ClustersView.as_view(), name="clusters"),
    path("clusters/<slug:cluster_id>/node-pools", pools.PoolsView.as_view(), name="node-pools"),
    path("clusters/<slug:cluster_id>/node-pools/<slug:pool_id>", pools.PoolView.as_view(), name="node-pool"),
    path("clusters/<slug:cluster_id>/node-pools/<slug:pool_id>/nodes", pools.NodesView.as_view(), name="nodes"),
    path("clusters/<slug:cluster_id>/node-pools/<slug:pool_id>/status", pools.StatusView.as_view(), name="status"),
    path("clusters/<slug:cluster_id>/node-pools/<slug:pool_id>/events", pools.EventsView.as_view(), name="events"),
    path("pick-lists/<slug:name>", lists.PickListView.as_view(), name="pick-list"),
    path("presets", presets.PresetsView.as_view(), name="presets"),
    path("drafts", drafts.DraftsView.as_view(), name="drafts"),
    path("drafts/<uuid:pk>", drafts.DraftView.as_view(), name="draft"),
    path("submissions", drafts.SubmissionsView.as_view(), name="submissions"),
    path("submissions/<uuid:pk>", drafts.SubmissionView.as_view(), name="submission"),
    path("node-pools/validate", views.ValidateView.as_view(), name="validate"),
    path("node-pools/export", views.ExportView.as_view(), name="export"),
    path("node-pools/import", views.ImportView.as_view(), name="import"),
    path("node-pools/layout", views.LayoutView.as_view(), name="layout"),
    re_path(r"", views.NothingView.as_view(), name="nothing"),
]
