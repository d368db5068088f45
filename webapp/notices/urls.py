"""Addresses of notices."""

from django.urls import path

from webapp.notices import views

app_name = "notices"
urlpatterns = [
    path("notices", views.notices, name="list"),
    path("notices/read", views.read_all, name="read-all"),
    path("notices/preferences", views.preferences, name="preferences"),
    path("notices/mail-address", views.mail_address, name="mail-address"),
    path("notices/mail-address/<str:token>", views.confirm_mail, name="confirm-mail"),
    path("notices/<int:pk>", views.open_notice, name="open"),
    path("notices/<int:pk>/read", views.read, name="read"),
]
