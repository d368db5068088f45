"""Addresses of clusters and pools."""

from django.urls import path

from webapp.pools import views

app_name = "pools"
urlpatterns = [
    path("clusters", views.clusters, name="clusters"),
    path("clusters/<str:cluster_id>/pools", views.pools, name="list"),
    path("clusters/<str:cluster_id>/pools/<str:pool_id>", views.pool, name="pool"),
    path("clusters/<str:cluster_id>/pools/<str:pool_id>/status", views.pool_status, name="pool-status"),
    path("clusters/<str:cluster_id>/pools/<str:pool_id>/export/<slug:name>", views.export_pool, name="export-pool"),
]
