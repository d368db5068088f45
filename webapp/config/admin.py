"""The admin pages of Django, on a site of our own."""

from django.contrib.admin.apps import AdminConfig


class OperatorAdmin(AdminConfig):
    """Registers what each room's `admin.py` shows at the operator's site."""

    default_site = "webapp.portal.admin_site.OperatorSite"
