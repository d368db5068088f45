"""Addresses of the wizard."""

from django.urls import path

from webapp.wizard import changes, doors, views

app_name = "wizard"
urlpatterns = [
    path("drafts", views.drafts, name="drafts"),
    path("drafts/<uuid:pk>/delete", views.delete, name="delete"),
    path("clusters/<str:cluster_id>/pools/<str:pool_id>/scale", changes.scale, name="scale"),
    path("clusters/<str:cluster_id>/pools/<str:pool_id>/change", changes.change, name="change"),
    path("clusters/<str:cluster_id>/pools/<str:pool_id>/delete", changes.delete, name="delete-pool"),
    path("pools/new", views.start, name="start"),
    path("pools/new/import", doors.import_text, name="import"),
    path("pools/new/from/<str:cluster_id>/<str:pool_id>", doors.copy_pool, name="copy"),
    path("pools/new/<uuid:pk>/export/<slug:name>", doors.export, name="export"),
    path("pools/new/<uuid:pk>/<slug:slug>", views.step, name="step"),
    path("pools/new/<uuid:pk>/<slug:slug>/preview", views.preview, name="preview"),
]
