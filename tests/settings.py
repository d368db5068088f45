"""The project's settings, made quick and closed for tests."""

import os
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

os.environ["SECRET_KEY"] = "a-key-for-tests-only-" * 3
os.environ["CLOUD_TOKEN_KEYS"] = Fernet.generate_key().decode()
os.environ["HTTPS"] = "0"
# Playwright keeps an event loop in the thread of the tests; the database is still used by one thread at a time.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
os.environ["CLOUD_ALLOWED_HOSTS"] = "127.0.0.1"
# The embedded default, or the services that the tests are told of; what a developer has set is not touched.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
for name in ("DATABASE_URL", "REDIS_URL"):
    os.environ[name] = os.environ.get(f"TEST_{name}", "")
    if not os.environ[name] and os.environ.get("REQUIRE_SERVICES") == "1":
        raise RuntimeError(f"REQUIRE_SERVICES=1 needs TEST_{name}.")
os.environ["BROKER_URL"] = ""
if url := os.environ["REDIS_URL"]:  # a database of Redis for each worker: clearing the cache clears all of it
    os.environ["REDIS_URL"] = f"{url.rpartition('/')[0]}/{10 + WORKER}"

from webapp.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
INSTALLED_APPS += ["django_migration_linter"]  # noqa: F405
MIGRATION_LINTER_OPTIONS = {"exclude_apps": ["axes", "auth", "contenttypes", "sessions"]}  # not ours
FOLDER = Path(tempfile.mkdtemp(prefix="poolwright-tests-"))
STATIC_ROOT = FOLDER
# Tests deliver themselves: a thread of its own would write while the next test empties the database.
DELIVER_IN_PROCESS = False
# A file, as in the embedded default: many threads on one in-memory database would not be the real thing.
if "sqlite3" in DATABASES["default"]["ENGINE"]:  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": FOLDER / "test.sqlite3"}  # noqa: F405
