"""Addresses of requests."""

from django.urls import path

from webapp.approvals import views

app_name = "approvals"
urlpatterns = [
    path("requests", views.requests_list, name="list"),
    path("requests/waiting", views.inbox, name="inbox"),
    path("requests/waiting/approve", views.decide_many, name="decide-many"),
    path("requests/NP-<int:number>", views.request_page, name="request"),
    path("requests/NP-<int:number>/progress", views.request_progress, name="progress"),
    path("requests/NP-<int:number>/export/<slug:name>", views.export, name="export"),
    path("requests/NP-<int:number>/<slug:name>", views.act, name="act"),
]
