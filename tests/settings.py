"""The project's settings, made quick and closed for tests."""

import os
import tempfile
from pathlib import Path

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
FOLDER = Path(tempfile.mkdtemp(prefix="poolwright-tests-"))
STATIC_ROOT = FOLDER
# Tests deliver themselves: a thread of its own would write while the next test empties the database.
DELIVER_IN_PROCESS = False
# A file, as in the embedded default: many threads on one in-memory database would not be the real thing.
DATABASES["default"]["TEST"] = {"NAME": FOLDER / "test.sqlite3"}  # noqa: F405
