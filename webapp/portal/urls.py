"""Addresses of the portal."""

from django.urls import path

from webapp.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("healthz", views.health, name="health"),
]
