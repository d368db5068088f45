"""Addresses of the portal."""

from django.urls import path

from webapp.portal import single_sign_on, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/single-sign-on", single_sign_on.start, name="single-sign-on"),
    path("sign-in/back", single_sign_on.come_back, name="single-sign-on-back"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("password", views.password, name="password"),
    path("api-tokens", views.api_tokens, name="api-tokens"),
    path("api-tokens/<slug:key>/revoke", views.revoke_api_token, name="revoke-api-token"),
]
