"""Settings: every value that differs between places comes from the environment (docs/configuration.md)."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from webapp.cloud.regions import REGIONS
from webapp.config import environment as env
from webapp.config import services
from webapp.outgoing import LOOPBACK
from webapp.telemetry import logs, redaction

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
    # Keys of before: what they have signed is still good, so that nobody is signed out by a new key.
    SECRET_KEY_FALLBACKS = [key for key in env.optional_secret("SECRET_KEY_FALLBACKS").split(",") if key]
    # Fernet keys that seal cloud tokens, newest first; the older ones still open what they sealed.
    CLOUD_TOKEN_KEYS = env.fernet_keys("CLOUD_TOKEN_KEYS")

# HTTPS is what every deployment has; the local start alone turns it off.
HTTPS = env.flag("HTTPS", default=True)
if HTTPS:
    env.demand_production(SECRET_KEY, debug=DEBUG)

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")

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
    "axes",
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
    "webapp.telemetry.middleware.RequestMiddleware",
    "webapp.portal.operating.OperatorMiddleware",
    "webapp.portal.packing.PackingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "webapp.portal.content_policy.ContentPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "webapp.portal.texts.StorableTextMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "webapp.audit.middleware.AuditAddressMiddleware",
    "webapp.accounts.middleware.CloudSessionMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "webapp.config.urls"
WSGI_APPLICATION = "webapp.config.wsgi.application"
APPEND_SLASH = False

_CONTEXT = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
_OF_THE_PORTAL = ["here", "cloud", "notices", "roles", "form_token"]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "environment": "webapp.portal.jinja.environment",
            "context_processors": [*_CONTEXT, *(f"webapp.portal.context.{name}" for name in _OF_THE_PORTAL)],
        },
    },
    {  # the admin's pages extend Django's
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates" / "django"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _CONTEXT},
    },
]

DATABASES = {
    "default": services.database(env.address("DATABASE_URL"), VAR_DIR, env.whole("DATABASE_POOL_SIZE", 10, least=1)),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "webapp.accounts.backends.PersonBackend",
    "webapp.accounts.backends.RoleBackend",
]
# Roles of people who come from the cloud or from single sign-on for the first time.
DEFAULT_ROLES = env.words("DEFAULT_ROLES", "requester")
# Passwords that one person at one address may get wrong before the next try has to wait.
AXES_FAILURE_LIMIT = env.whole("SIGN_IN_ATTEMPTS", 5, least=1)
AXES_COOLOFF_TIME = timedelta(minutes=env.whole("SIGN_IN_PAUSE_MIN", 15))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # whoever waits is let in, however often somebody else tries
AXES_LOCKOUT_CALLABLE = "webapp.portal.throttling.locked_out"
AXES_CLIENT_IP_CALLABLE = "webapp.telemetry.addresses.client_address"
AXES_SENSITIVE_PARAMETERS = ["username", "user", "domain", "passcode", "token", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = AXES_ENABLE_ADMIN = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "portal:sign-in"
LOGIN_REDIRECT_URL = "portal:home"

# Single sign-on by OpenID Connect; OIDC_RP_... and some others are the names of mozilla-django-oidc.
OIDC_ENABLED = env.flag("OIDC_ENABLED")
OIDC_ISSUER = env.web_address("OIDC_ISSUER") if OIDC_ENABLED else ""
OIDC_RP_CLIENT_ID = env.needed("OIDC_CLIENT_ID") if OIDC_ENABLED else ""
OIDC_RP_CLIENT_SECRET = env.secret("OIDC_CLIENT_SECRET") if OIDC_ENABLED else ""
OIDC_RP_SCOPES = env.text("OIDC_SCOPES", "openid profile email")
OIDC_RP_SIGN_ALGO = env.text("OIDC_SIGN_ALGORITHM", "RS256")
OIDC_TOKEN_USE_BASIC_AUTH = env.flag("OIDC_BASIC_AUTH")
OIDC_USE_PKCE = True
OIDC_TIMEOUT = 10
OIDC_AUTHENTICATION_CALLBACK_URL = "portal:single-sign-on-back"
# What is empty comes from the issuer's discovery document.
OIDC_ENDPOINTS = {
    "authorization_endpoint": env.text("OIDC_AUTHORIZATION_ENDPOINT"),
    "token_endpoint": env.text("OIDC_TOKEN_ENDPOINT"),
    "userinfo_endpoint": env.text("OIDC_USERINFO_ENDPOINT"),
    "jwks_uri": env.text("OIDC_JWKS_ENDPOINT"),
    "end_session_endpoint": env.text("OIDC_END_SESSION_ENDPOINT"),
}
# Where the browser may be sent from a form; by default only to the issuer.
OIDC_ORIGINS = env.origins("OIDC_ORIGINS", "/".join(OIDC_ISSUER.split("/")[:3]))
# Where the portal itself may go, beside the endpoints above; and which of these hosts may be at private addresses.
OIDC_ALLOWED_HOSTS = env.words("OIDC_ALLOWED_HOSTS", ",".join(urlsplit(one).hostname or "" for one in OIDC_ORIGINS))
OIDC_PRIVATE_HOSTS = env.words("OIDC_PRIVATE_HOSTS")
OIDC_GROUPS_CLAIM = env.text("OIDC_GROUPS_CLAIM", "groups")
OIDC_LINK_BY_EMAIL = env.flag("OIDC_LINK_BY_EMAIL")

SESSION_ENGINE = "webapp.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env.whole("HSTS_SECONDS", 31536000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("HSTS_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.flag("HSTS_PRELOAD")
SECURE_SSL_REDIRECT = False  # the proxy in front does it
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # see SECURE_SSL_REDIRECT
    "security.W021",  # to be preloaded is a decision about a whole domain: HSTS_PRELOAD makes it
]
# A proxy of ours is in front: its word counts for the scheme and for the address of who calls.
BEHIND_PROXY = env.flag("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "webapp.portal.csrf.send_again"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *OIDC_ORIGINS],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}

CACHES = {"default": services.cache(env.address("REDIS_URL"), env.text("CACHE_PREFIX", "poolwright"))}

# Workers, where there is a broker; without one the web process does the work itself.
BROKER_URL = CELERY_BROKER_URL = services.broker(env.address("BROKER_URL"))
CELERY_BROKER_USE_SSL = services.broker_tls(BROKER_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker for as long as that is away
CELERY_BROKER_TRANSPORT_OPTIONS = services.broker_options(BROKER_URL)
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2}
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# What happens by itself, and after how many seconds again: beat has it done by workers, else `manage.py sweep` does it.
SWEEPS = {
    "webapp.approvals.tasks.launch_due": 5.0,
    "webapp.approvals.tasks.follow_due": 5.0,
    "webapp.notices.tasks.deliver_due": 10.0,
    "webapp.approvals.tasks.expire_due": 60.0,
    "webapp.approvals.tasks.remind_due": 60.0,
    "webapp.approvals.tasks.escalate_due": 60.0,
    "webapp.accounts.tasks.clear_sessions": 3600.0,
}
# A round that no worker has begun before the next one is due is left out.
CELERY_BEAT_SCHEDULE = {
    task: {"task": task, "schedule": every, "options": {"expires": every}} for task, every in SWEEPS.items()
}

# What one request may bring: a text of the size that is read, each character of it percent-encoded.
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
LARGEST_REQUEST = 2 * DATA_UPLOAD_MAX_MEMORY_SIZE  # whatever it is
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # far above what any step of the wizard has
DATA_UPLOAD_MAX_NUMBER_FILES = 1

LANGUAGE_CODE = "en"
TIME_ZONE = env.time_zone("TIME_ZONE", "Europe/Berlin")
USE_I18N = False
FORMAT_MODULE_PATH = "webapp.config.formats"
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
    "DEFAULT_THROTTLE_RATES": {"user": env.rate("API_RATE", "1200/min")},
    "DEFAULT_METADATA_CLASS": None,  # the OpenAPI document says what OPTIONS would
    "EXCEPTION_HANDLER": "webapp.api.errors.as_problem",
    "UNICODE_JSON": False,  # a lone surrogate that somebody sent must not break the answer
}
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105 - the name of a model
MIGRATION_MODULES = {"knox": None}  # its own table, which ours stands for, is never made
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
    "staticfiles": {"BACKEND": "webapp.portal.statics.StaticFiles"},
}

LOGGING = logs.logging_settings(env.one_of("LOG_FORMAT", logs.FORMATS), env.one_of("LOG_LEVEL", logs.LEVELS))
redaction.hide(SECRET_KEY, *CLOUD_TOKEN_KEYS, *env.passwords())
# Where traces go, as the OpenTelemetry SDK reads it; nowhere by default.
TRACES = bool(env.text("OTEL_EXPORTER_OTLP_ENDPOINT") or env.text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"))
# Who may see /metrics: whoever is at one of these addresses, or brings the token.
METRICS_ALLOWED = env.networks("METRICS_ALLOWED", "127.0.0.0/8,::1/128")
METRICS_TOKEN = env.optional_secret("METRICS_TOKEN")
# Where a worker, which serves no pages, tells its numbers.
METRICS_PORT = env.port("METRICS_PORT", 0)
# Where the processes of one server keep what each has counted, so that any of them can tell it all.
METRICS_FOLDER = env.folder("PROMETHEUS_MULTIPROC_DIR")

# The cloud. The addresses of all services come from the token's catalogue; only these hosts are ever called.
_REGION = REGIONS[env.one_of("CLOUD_REGION", list(REGIONS))]
CLOUD_AUTH_URL = env.text("CLOUD_AUTH_URL", _REGION.auth_url)
CLOUD_ALLOWED_HOSTS = env.words("CLOUD_ALLOWED_HOSTS", _REGION.hosts)
# Of these, hosts that may be at private addresses and spoken to without TLS: a local cloud in a network of its own.
CLOUD_PRIVATE_HOSTS = env.words("CLOUD_PRIVATE_HOSTS")
CLOUD_TIMEOUT_S = env.number("CLOUD_TIMEOUT_S", 20)
# How often a pool is asked for while something moves; everything slower is a multiple of it.
POLL_INTERVAL_S = env.number("POLL_INTERVAL_S", 5)
# How long a pool whose answer was lost is looked for before it counts as never made.
SETTLE_WITHIN_S = env.number("SETTLE_WITHIN_S", 600)
# How long an approved request may wait for its launch before it expires.
LAUNCH_WITHIN_H = env.number("LAUNCH_WITHIN_H", 168)
# Mails and webhooks. Without a mail server mails are printed; without a broker the web process delivers.
WEBHOOK_ALLOWED_HOSTS = env.words("WEBHOOK_ALLOWED_HOSTS")
# Hosts that may be at private addresses and without TLS; the local start may call this machine.
WEBHOOK_PRIVATE_HOSTS = env.words("WEBHOOK_PRIVATE_HOSTS", "" if HTTPS else ",".join(LOOPBACK))
DELIVER_IN_PROCESS = env.flag("DELIVER_IN_PROCESS", default=not BROKER_URL)
EMAIL_HOST = env.text("EMAIL_HOST")
# Where links in them lead: nobody who gets one by mail is at this machine.
PORTAL_URL = env.web_address("PORTAL_URL") if HTTPS and EMAIL_HOST else env.text("PORTAL_URL", "http://127.0.0.1:8000")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = env.port("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_USER")
EMAIL_HOST_PASSWORD = env.secret("EMAIL_PASSWORD") if EMAIL_HOST_USER else ""
EMAIL_USE_SSL = EMAIL_PORT == 465  # TLS from the first byte; at every other port by STARTTLS
EMAIL_USE_TLS = not EMAIL_USE_SSL and env.flag("EMAIL_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "poolwright@localhost")
# People of the demonstration, shown at the sign-in page; never set where real people sign in.
DEMO = env.flag("DEMO")
