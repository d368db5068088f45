"""Addresses of the wizard."""

from django.urls import path

from webapp.wizard import views

app_name = "wizard"
urlpatterns = [
    path("drafts", views.drafts, name="drafts"),
    path("drafts/<uuid:pk>/delete", views.delete, name="delete"),
    path("pools/new", views.start, name="start"),
    path("pools/new/<uuid:pk>/<slug:slug>", views.step, name="step"),
    path("pools/new/<uuid:pk>/<slug:slug>/preview", views.preview, name="preview"),
]
