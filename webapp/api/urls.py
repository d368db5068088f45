"""Addresses of the API."""

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView

from webapp.api import views

app_name = "api"
urlpatterns = [
    path("schema/", SpectacularJSONAPIView.as_view(), name="schema"),
    path("node-pools/validate", views.ValidateView.as_view(), name="validate"),
    path("node-pools/export", views.ExportView.as_view(), name="export"),
    path("node-pools/import", views.ImportView.as_view(), name="import"),
    path("node-pools/layout", views.LayoutView.as_view(), name="layout"),
]
