"""Addresses of the wizard."""

from django.urls import path

from webapp.wizard import changes, decisions, doors, preset_pages, views

app_name = "wizard"
urlpatterns = [
    path("drafts", views.drafts, name="drafts"),
    path("drafts/<uuid:pk>/delete", views.delete, name="delete"),
    path("clusters/<str:cluster_id>/pools/<str:pool_id>/scale", changes.scale, name="scale"),
    path("clusters/<str:cluster_id>/pools/<str:pool_id>/change", changes.change, name="change"),
    path("clusters/<str:cluster_id>/pools/<str:pool_id>/delete", changes.delete, name="delete-pool"),
    path("pools/new", views.start, name="start"),
    path("pools/new/import", doors.import_text, name="import"),
    path("pools/new/preset/<uuid:pk>", doors.from_preset, name="from-preset"),
    path("pools/new/from/NP-<int:number>", doors.from_request, name="from-request"),
    path("pools/new/from/<str:cluster_id>/<str:pool_id>", doors.copy_pool, name="copy"),
    path("pools/new/<uuid:pk>/export/<slug:name>", doors.export, name="export"),
    path("pools/new/<uuid:pk>/decisions", decisions.show_decisions, name="decisions"),
    path("pools/new/<uuid:pk>/preset", preset_pages.make, name="make-preset"),
    path("pools/new/<uuid:pk>/<slug:slug>", views.step, name="step"),
    path("pools/new/<uuid:pk>/<slug:slug>/preview", views.preview, name="preview"),
    path("presets", preset_pages.listed, name="presets"),
    path("presets/<uuid:pk>", preset_pages.edit, name="preset"),
    path("presets/<uuid:pk>/active", preset_pages.set_active, name="preset-active"),
]
