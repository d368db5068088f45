"""Which room answers which address."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("webapp.api.urls")),
    path("", include("webapp.portal.urls")),
    path("", include("webapp.wizard.urls")),
    path("", include("webapp.approvals.urls")),
    path("", include("webapp.pools.urls")),
    path("", include("webapp.notices.urls")),
]

handler400 = "webapp.api.errors.bad_request"
handler500 = "webapp.config.breaking.broken"
