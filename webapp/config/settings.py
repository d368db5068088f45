"""Settings: every value that differs between places comes from the environment (docs/configuration.md)."""

import sys
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from webapp.cloud.regions import REGIONS
from webapp.config import environment as env

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))

DEBUG = env.flag("DEBUG")
# Commands that need no site (the local cloud, checks of a body, collecting static files) run without secrets.
_COMMANDS_WITHOUT_SECRETS = {
    "check_body",
    "cloud",
    "collectstatic",
    "convert",
    "makemessages",
    "makemigrations",
    "rules",
}
if set(sys.argv[1:2]) & _COMMANDS_WITHOUT_SECRETS and not env.text("SECRET_KEY_FILE"):
    SECRET_KEY, CLOUD_TOKEN_KEYS = "not-used-by-this-command" * 3, []
else:
    SECRET_KEY = env.secret("SECRET_KEY")
    # Fernet keys that seal cloud tokens, newest first; the older ones still open what they sealed.
    CLOUD_TOKEN_KEYS = [key.strip() for key in env.secret("CLOUD_TOKEN_KEYS").split(",") if key.strip()]

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "webapp.config.admin.OperatorAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "webapp.simulator",
    "webapp.audit",
    "webapp.cloud",
    "webapp.accounts",
    "webapp.notices",
    "webapp.pools",
    "webapp.approvals",
    "webapp.wizard",
    "webapp.portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "webapp.audit.middleware.AuditAddressMiddleware",
    "webapp.accounts.middleware.CloudSessionMiddleware",
]

ROOT_URLCONF = "webapp.config.urls"
WSGI_APPLICATION = "webapp.config.wsgi.application"
APPEND_SLASH = False

_TEMPLATE_LOADERS = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",  # the admin's
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "webapp.portal.context.cloud",
                "webapp.portal.context.notices",
                "webapp.portal.context.roles",
            ],
            "loaders": [
                ("django.template.loaders.cached.Loader", _TEMPLATE_LOADERS),
            ],
        },
    },
]
if DEBUG:
    TEMPLATES[0]["OPTIONS"]["loaders"] = _TEMPLATE_LOADERS

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR_DIR / "poolwright.sqlite3",
        "OPTIONS": {
            # One writer at a time, readers beside it; a writer waits instead of failing.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        },
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "webapp.accounts.backends.RoleBackend"]
# Roles of people who come from the cloud or from single sign-on for the first time.
DEFAULT_ROLES = env.words("DEFAULT_ROLES", "requester")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "portal:sign-in"
LOGIN_REDIRECT_URL = "portal:home"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# HTTPS is what every deployment has; the local start alone turns it off.
HTTPS = env.flag("HTTPS", default=True)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_SSL_REDIRECT = False  # the proxy in front does it
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LANGUAGE_CODE = "en"
TIME_ZONE = env.text("TIME_ZONE", "Europe/Berlin")
USE_I18N = False
USE_TZ = True

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "webapp.api.authentication.PersonalToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["webapp.api.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.text("API_RATE", "1200/min")},
    "DEFAULT_METADATA_CLASS": None,  # the OpenAPI document says what OPTIONS would
    "EXCEPTION_HANDLER": "webapp.api.errors.as_problem",
    "UNICODE_JSON": False,  # a lone surrogate that somebody sent must not break the answer
}
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105 - the name of a model
REST_KNOX = {"TOKEN_MODEL": KNOX_TOKEN_MODEL, "TOKEN_PREFIX": "pw_"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Poolwright",
    "DESCRIPTION": "Node pools of CCE clusters: check them, lay them out, carry them over.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
}

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR_DIR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
}

# The cloud. The addresses of all services come from the token's catalogue; only these hosts are ever called.
_REGION = REGIONS[env.text("CLOUD_REGION", "eu-de")]
CLOUD_AUTH_URL = env.text("CLOUD_AUTH_URL", _REGION.auth_url)
CLOUD_ALLOWED_HOSTS = env.words("CLOUD_ALLOWED_HOSTS", _REGION.hosts)
CLOUD_TIMEOUT_S = env.number("CLOUD_TIMEOUT_S", 20)
# How often a pool is asked for while something moves; everything slower is a multiple of it.
POLL_INTERVAL_S = env.number("POLL_INTERVAL_S", 5)
# How long an approved request may wait for its launch before it expires.
LAUNCH_WITHIN_H = env.number("LAUNCH_WITHIN_H", 168)
# Mails and webhooks. Without a mail server mails are printed; without a broker the web process delivers.
PORTAL_URL = env.text("PORTAL_URL", "http://127.0.0.1:8000")
WEBHOOK_ALLOWED_HOSTS = env.words("WEBHOOK_ALLOWED_HOSTS")
DELIVER_IN_PROCESS = env.flag("DELIVER_IN_PROCESS", default=not env.text("BROKER_URL"))
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = int(env.number("EMAIL_PORT", 587))
EMAIL_HOST_USER = env.text("EMAIL_USER")
EMAIL_HOST_PASSWORD = env.secret("EMAIL_PASSWORD") if EMAIL_HOST_USER else ""
EMAIL_USE_SSL = EMAIL_PORT == 465  # TLS from the first byte; at every other port by STARTTLS
EMAIL_USE_TLS = not EMAIL_USE_SSL and env.flag("EMAIL_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "poolwright@localhost")
# People of the demonstration, shown at the sign-in page; never set where real people sign in.
DEMO = env.flag("DEMO")
