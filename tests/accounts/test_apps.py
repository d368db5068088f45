import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured


def test_a_default_role_that_does_not_exist_stops_the_start(settings):
    settings.DEFAULT_ROLES = ["requester", "boss"]
    with pytest.raises(ImproperlyConfigured, match="requester, approver, admin, auditor, not 'boss'"):
        apps.get_app_config("accounts").ready()
