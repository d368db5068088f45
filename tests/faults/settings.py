"""The settings of a site whose processes can be told where to die. Its static files are not collected."""

from webapp.config.settings import *  # noqa: F403

STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
INSTALLED_APPS += ["tests.faults.dying.Dying"]  # noqa: F405
