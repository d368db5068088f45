"""Which room answers which address."""

from django.contrib import admin
from django.urls import include, path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

urlpatterns = [
    path("api/v1/", include("webapp.api.urls")),
    path("admin", require_safe(RedirectView.as_view(pattern_name="admin:index")), name="admin"),
    path("admin/", admin.site.urls),
    path("", include("webapp.portal.urls")),
    path("", include("webapp.wizard.urls")),
    path("", include("webapp.approvals.urls")),
    path("", include("webapp.pools.urls")),
    path("", include("webapp.notices.urls")),
]

handler400 = "webapp.api.errors.bad_request"
handler500 = "webapp.config.breaking.broken"
