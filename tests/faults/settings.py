"""The settings of a site whose processes can be told where to die."""

from webapp.config.settings import *  # noqa: F403

INSTALLED_APPS += ["tests.faults.dying.Dying"]  # noqa: F405
