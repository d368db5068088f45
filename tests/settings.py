"""The project's settings, made quick and closed for tests."""

import os

from cryptography.fernet import Fernet

os.environ["SECRET_KEY"] = "a-key-for-tests-only-" * 3
os.environ["CLOUD_TOKEN_KEYS"] = Fernet.generate_key().decode()
os.environ["HTTPS"] = "0"
os.environ["CLOUD_ALLOWED_HOSTS"] = "127.0.0.1"

from webapp.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
