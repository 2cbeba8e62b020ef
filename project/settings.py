"""Every setting of the service desk.

Settings that differ between installations come from the environment, or else from `.env`.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.config import Config
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from dotenv import load_dotenv
from environs import Env, ValidationError, validate

from project.colours import scale

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
ENV_FILE = BASE_DIR / ".env"
load_dotenv(ENV_FILE)
env = Env()
AT_LEAST_ONE, NOT_NEGATIVE = validate.Range(min=1), validate.Range(min=0)


def origin_of(address: str) -> str:
    """Return the scheme and host of an address; empty for one of our own."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def exact_origin(text: str) -> str:
    """Return an origin; raise `ValidationError` unless it is exactly as browsers send it."""
    parts = urlsplit(text)
    is_exact = text == f"{parts.scheme}://{parts.netloc}" == text.lower()
    if not parts.netloc or not is_exact or "*" in text:
        raise ValidationError(f"{text!r} is no origin. Write it as https://app.example.com.")
    return text


# --- The site
# --------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
# No default: a server with neither a key nor DEBUG does not start, since a published key protects
# nothing.
SECRET_KEY = (
    env.str("SECRET_KEY", "for-debugging-only", validate=validate.Length(min=1))
    if DEBUG
    else env.str("SECRET_KEY", validate=validate.Length(min=32))
)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", [], subcast=str)
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000, validate=validate.Range(min=1, max=65535))
SITE_URL = env.str(
    "SITE_URL", f"http://{HOST}:{PORT}", validate=validate.URL(require_tld=False)
).rstrip("/")
SANDBOX = env.bool("SANDBOX", False)  # a copy of an installation: nothing is sent to anyone outside
SITE_NAME = env.str("SITE_NAME", "Gas Service Desk")
SITE_COLOURS = scale(
    env.str("SITE_COLOUR", "#155dfc", validate=validate.Regexp(r"^#[0-9a-fA-F]{6}\Z"))
)
# What people who smell gas call. The default is India's; a real installation names its own.
EMERGENCY_NUMBER_IS_DEFAULT = not env.str("EMERGENCY_NUMBER", "")
EMERGENCY_NUMBER = env.str("EMERGENCY_NUMBER", "") or "1906"
SITE_LOGO = env.str("SITE_LOGO", "")
SITE_LOGO_DARK = env.str("SITE_LOGO_DARK", "")
MAP_URL = env.str("MAP_URL", "")  # with `{place}`; agents' clicks tell that site an address
LOGO_ORIGINS = sorted({origin for origin in map(origin_of, (SITE_LOGO, SITE_LOGO_DARK)) if origin})
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", HOST])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [], subcast=str)
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", [], subcast=str)
ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
# A redirected POST loses its body; a path without its slash returns 404 with an explanation.
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("hi", "हिन्दी")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LOCALE_PATHS = [BASE_DIR / "project" / "locale"]
FORMAT_MODULE_PATH = "project.formats"
# As that of the default calendar, fixtures/catalogue.json.
TIME_ZONE = env.str("TIME_ZONE", "Asia/Kolkata")
USE_TZ = True

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    "project.console.ConsoleConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "corsheaders",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "guardian",
    "anymail",
    "import_export",
    "ninja",  # for the files of the API's pages, so that they work offline
    "simple_history",
    "storages",
    "gasutil",
]

MIDDLEWARE = [
    "project.request_ids.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gasutil.health.HealthMiddleware",
    "gasutil.identity.middleware.OriginMiddleware",
    "gasutil.languages.ApiLanguageMiddleware",
    "gasutil.api.middleware.CacheMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "gasutil.api.middleware.ProblemMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "gasutil.identity.middleware.SessionTimeoutMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gasutil.languages.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Our own templates come before Django's: people's text is typed with dir="auto"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- What is stored, and where
# ------------------------------------------------------------------------------------
DATABASES: dict[str, Any] = {
    "default": env.dj_db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(mode=0o700, exist_ok=True)
    # SQLite has one writer: take the write lock at BEGIN and wait for it, instead of failing
    # half-way through.
    OPTIONS: dict[str, Any] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # Under ASGI each request has a thread of its own, so CONN_MAX_AGE keeps nothing; the pool does.
    # A request that finds no free connection within five seconds fails, instead of waiting while
    # more and more pile up. The pool doubles its pause between two attempts to reconnect, up to
    # `reconnect_timeout` seconds: minutes by default.
    OPTIONS = {
        "pool": {
            "min_size": 1,
            "max_size": env.int("DATABASE_POOL", 10, validate=AT_LEAST_ONE),
            "timeout": 5,
            "reconnect_timeout": 4,
        }
    }
    # It also hands out no connection that a restarted server has cut, without a query for each.
    DATABASES["default"]["ENGINE"] = "project.postgresql"
# What the address says counts.
DATABASES["default"]["OPTIONS"] = OPTIONS | DATABASES["default"].get("OPTIONS", {})

# PgBouncer in transaction mode loses a cursor that outlives its transaction.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = not env.bool("DATABASE_CURSORS", True)
# PgBouncer before 1.21 loses prepared statements between transactions.
DATABASE_PREPARE = env.bool("DATABASE_PREPARE", True)

REDIS_URL = env.str("REDIS_URL", "")
CACHES = {
    "default": (
        {
            "BACKEND": "project.cache.FailOpenRedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
        if REDIS_URL
        # A cache that is full forgets what it likes, the counts of wrong passwords too: no
        # stranger's calls fill this one.
        else {"BACKEND": "project.cache.CountingLocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}}
    )
}

# --- Clients that are slow
# ----------------------------------------------------------------------------------------
# Processes of `deploy/web`; several need REDIS_URL.
WEB_WORKERS = env.int("WEB_WORKERS", 2, validate=AT_LEAST_ONE)
# Requests that a process works on at once.
WEB_THREADS = env.int("WEB_THREADS", 8, validate=AT_LEAST_ONE)
# For a body without files to arrive.
BODY_SECONDS = env.int("BODY_SECONDS", 20, validate=AT_LEAST_ONE)
# A body with files, and a file that is read, may take as long as it keeps this many bytes a second.
TRANSFER_MIN_RATE = env.int("TRANSFER_MIN_RATE", 1024, validate=AT_LEAST_ONE)
# Over which the rate is measured.
TRANSFER_WINDOW_SECONDS = env.int("TRANSFER_WINDOW_SECONDS", 20, validate=AT_LEAST_ONE)
# Transfers in a process that take over 2 seconds.
SLOW_CLIENTS = env.int("SLOW_CLIENTS", 200, validate=AT_LEAST_ONE)
SLOW_CLIENTS_PER_ADDRESS = env.int("SLOW_CLIENTS_PER_ADDRESS", 20, validate=AT_LEAST_ONE)

# The application sends files: no other user reads them.
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = (0o600, 0o700)
FILE_UPLOAD_HANDLERS = ["gasutil.form_data.FormHandler"]
DATA_UPLOAD_MAX_NUMBER_FILES = 1000  # those beyond `FILES_A_CALL` are rejected one by one
FILE_LIMIT = env.int("FILE_LIMIT", 10 * 2**20, validate=AT_LEAST_ONE)  # bytes of a file
FILES_A_CALL = env.int("FILES_A_CALL", 5, validate=AT_LEAST_ONE)
FILES_A_REQUEST = env.int("FILES_A_REQUEST", 20, validate=AT_LEAST_ONE)
# Bytes that one customer may have uploaded in all.
FILES_QUOTA = env.int("FILES_QUOTA", 200 * 2**20, validate=AT_LEAST_ONE)
# From when a file belongs to no row until it is deleted.
FILES_TRASH_DAYS = env.int("FILES_TRASH_DAYS", 30, validate=NOT_NEGATIVE)
# Of all files; beyond, none is deleted.
FILES_SWEEP_PERCENT = env.int("FILES_SWEEP_PERCENT", 5, validate=validate.Range(min=0, max=100))
STREAMS_A_USER = env.int("STREAMS_A_USER", 5, validate=AT_LEAST_ONE)
STREAMS_A_PROCESS = env.int("STREAMS_A_PROCESS", 2000, validate=AT_LEAST_ONE)
WAKEUPS = env.str(
    "WAKEUPS",
    (
        "redis"
        if REDIS_URL
        else "postgresql"
        if DATABASES["default"]["ENGINE"].endswith("postgresql")
        else "process"
    ),
)
if WAKEUPS not in ("process", "redis", "postgresql"):
    raise ImproperlyConfigured("WAKEUPS is none of process, redis and postgresql.")
# ClamAV's daemon; empty = none.
CLAMD_URL = env.str("CLAMD_URL", "", validate=validate.Regexp(r"^(|tcp://[^/]+:\d+|unix:///.+)$"))
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "media")))
AWS_STORAGE_BUCKET_NAME = env.str("AWS_STORAGE_BUCKET_NAME", "")
STORAGES = {
    "default": (
        {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": AWS_STORAGE_BUCKET_NAME,
                "endpoint_url": env.str("AWS_S3_ENDPOINT_URL", None),
                "region_name": env.str("AWS_S3_REGION_NAME", None),
                "querystring_expire": 60,
                "file_overwrite": False,
                "client_config": Config(
                    s3={"addressing_style": "path"},
                    signature_version="s3v4",
                    connect_timeout=3,
                    read_timeout=8,
                    retries={"total_max_attempts": 2},
                ),
            },
        }
        if AWS_STORAGE_BUCKET_NAME
        else {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    ),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
# Files are looked up for each response: a new release replaces them before the server is reloaded
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = False
WHITENOISE_MAX_AGE = 300  # seconds: after an upgrade, no one works a day with yesterday's scripts
WHITENOISE_ALLOW_ALL_ORIGINS = False

# --- Who may come in
# ----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "gasutil.User"
AUTHENTICATION_BACKENDS = [
    "gasutil.identity.backend.ThrottledBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = ["gasutil.identity.hashing.GatedArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# Guardian would make a user row for strangers; nothing here is theirs to own.
ANONYMOUS_USER_NAME = None
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
CSRF_FAILURE_VIEW = "gasutil.admin.accounts.ended_session.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SITE_URL.startswith(
    "https://"
)
# Browsers take such cookies from this host alone, and by https.
COOKIE_PREFIX = "__Host-" if SESSION_COOKIE_SECURE else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CONSOLE_IDLE_MINUTES = env.int(
    "CONSOLE_IDLE_MINUTES", 60, validate=validate.Range(min=1, max=365 * 24 * 60)
)  # without activity, until a session of the console ends
CONSOLE_SESSION_HOURS = env.int(
    "CONSOLE_SESSION_HOURS", 12, validate=validate.Range(min=1, max=365 * 24)
)  # until it ends in any case
SESSION_COOKIE_AGE = CONSOLE_SESSION_HOURS * 60 * 60
MESSAGE_COOKIE_NAME = f"{COOKIE_PREFIX}messages"
MESSAGE_STORAGE = "project.message_cookies.MessageStorage"
SECURE_HSTS_SECONDS = env.int(
    "SECURE_HSTS_SECONDS", 31_536_000 if SESSION_COOKIE_SECURE else 0, validate=NOT_NEGATIVE
)
# Scripts come from our own files only. Alpine evaluates attributes and scripts write styles, hence
# the two exceptions. Alpine's CSP build (3.17.4) does not work with Unfold 0.91.0: the <body> of
# `unfold/layouts/skeleton.html` uses `localStorage`, `$watch` with an arrow function and several
# statements, and `admin/change_form.html` uses `window.location`. See docs/limits.md for the whole
# list.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:", *LOGO_ORIGINS],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SECURE_SSL_REDIRECT = False  # the proxy's job, which alone knows the outer scheme
# What `check --deploy` would have too: subdomains and preloading are the domain's owner's to
# decide, redirecting is the proxy's.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
PASSWORD_RESET_TIMEOUT = 60 * 60
EMAIL_CONFIRMATION_TIMEOUT = 3 * 24 * 60 * 60

JWT_ISSUER = env.str("JWT_ISSUER", "gasutil")
JWT_AUDIENCE = env.str("JWT_AUDIENCE", "gasutil-api")
JWT_ACCESS_SECONDS = env.int("JWT_ACCESS_SECONDS", 5 * 60, validate=AT_LEAST_ONE)
JWT_REFRESH_SECONDS = env.int("JWT_REFRESH_SECONDS", 24 * 60 * 60, validate=AT_LEAST_ONE)
JWT_ROTATION_GRACE_SECONDS = env.int(
    "JWT_ROTATION_GRACE_SECONDS", 24 * 60 * 60, validate=NOT_NEGATIVE
)  # in which a lost response to a refresh can be asked for again
JWT_LOGIN_DAYS = env.int("JWT_LOGIN_DAYS", 30, validate=AT_LEAST_ONE)

SUPPORT_AUTO_APPROVE = env.bool("SUPPORT_AUTO_APPROVE", False)
# The roles that need a second factor: customer, support, manager (and administrator).
SECOND_FACTOR_ROLES = env.list(
    "SECOND_FACTOR_ROLES",
    [],
    subcast=str,
    validate=validate.ContainsOnly(("customer", "support", "manager")),
)
# The days that they have to set it up.
SECOND_FACTOR_DAYS = env.int("SECOND_FACTOR_DAYS", 7, validate=NOT_NEGATIVE)
# Wrong codes in 5 minutes for a user; 0 = no limit.
SECOND_FACTOR_LIMIT = env.int("SECOND_FACTOR_LIMIT", 5, validate=NOT_NEGATIVE)
# Minutes after which the console asks again before approvals, exports and the like; 0 = always.
STEP_UP_MINUTES = env.int("STEP_UP_MINUTES", 10, validate=NOT_NEGATIVE)
# Customers see a safety text only once a manager has approved it.
SAFETY_APPROVAL = env.bool("SAFETY_APPROVAL", True)
SAFETY_TWO_PEOPLE = env.bool("SAFETY_TWO_PEOPLE", False)  # authors can't approve their own text
SUPPORT_EMAIL_DOMAINS = [
    domain.lower() for domain in env.list("SUPPORT_EMAIL_DOMAINS", [], subcast=str)
]
# An hour and address; 0 = no limit.
REGISTER_LIMIT = env.int("REGISTER_LIMIT", 20, validate=NOT_NEGATIVE)
# Failures in 5 minutes for a user at an address; 0 = no limit.
LOGIN_LIMIT_PAIR = env.int("LOGIN_LIMIT_PAIR", 5, validate=NOT_NEGATIVE)
# Failures in 5 minutes for an address; 0 = no limit.
LOGIN_LIMIT_ADDRESS = env.int("LOGIN_LIMIT_ADDRESS", 50, validate=NOT_NEGATIVE)
# Wrong old passwords in 5 minutes for a user; 0 = no limit.
OLD_PASSWORD_LIMIT = env.int("OLD_PASSWORD_LIMIT", 5, validate=NOT_NEGATIVE)
# An hour and account, and an hour and address; 0 = no limit.
EMAIL_CHANGE_LIMIT = env.int("EMAIL_CHANGE_LIMIT", 10, validate=NOT_NEGATIVE)
# Reports an hour and source; those beyond it are unverified; 0 = no limit.
EMERGENCY_LIMIT = env.int("EMERGENCY_LIMIT", 20, validate=NOT_NEGATIVE)
# Addresses that one person enters for accounts in an hour; 0 = no limit.
STAFF_EMAIL_LIMIT = env.int("STAFF_EMAIL_LIMIT", 100, validate=NOT_NEGATIVE)
# Copies of their own data an hour and account; 0 = no limit.
PERSONAL_EXPORT_LIMIT = env.int("PERSONAL_EXPORT_LIMIT", 10, validate=NOT_NEGATIVE)
# An hour and address; 0 = no limit.
PASSWORD_RESET_LIMIT = env.int("PASSWORD_RESET_LIMIT", 20, validate=NOT_NEGATIVE)
# That a line of the security log is stored.
SECURITY_LOG_DAYS = env.int("SECURITY_LOG_DAYS", 365, validate=AT_LEAST_ONE)
# Days from a review of the access list to the next one.
ACCESS_REVIEW_DAYS = env.int("ACCESS_REVIEW_DAYS", 90, validate=AT_LEAST_ONE)
PHONE_REGION = env.str("PHONE_REGION", "IN")  # where a number without a country code is dialled

# --- The API
# --------------------------------------------------------------------------------------------------
API_BODY_LIMIT = env.int("API_BODY_LIMIT", 64 * 1024, validate=AT_LEAST_ONE)  # bytes of JSON
# Characters of a description or of notes.
TEXT_LIMIT = env.int("TEXT_LIMIT", 4000, validate=AT_LEAST_ONE)
ADDRESS_LIMIT = env.int("ADDRESS_LIMIT", 500, validate=AT_LEAST_ONE)  # characters
# Requests an hour and account; 0 = no limit, as for the next ones.
REQUEST_LIMIT = env.int("REQUEST_LIMIT", 300, validate=NOT_NEGATIVE)
# Comments of a customer in 10 minutes.
COMMENT_LIMIT = env.int("COMMENT_LIMIT", 120, validate=NOT_NEGATIVE)
# Uploads of a customer in 10 minutes.
UPLOAD_LIMIT = env.int("UPLOAD_LIMIT", 120, validate=NOT_NEGATIVE)
# Other changes by an account in 10 minutes, and all by support.
UPDATE_LIMIT = env.int("UPDATE_LIMIT", 3000, validate=NOT_NEGATIVE)
# Browser apps on these origins can use the API. It takes no cookies from them.
CORS_ALLOWED_ORIGINS = env.list("CORS_ORIGINS", [], subcast=exact_origin)
CORS_URLS_REGEX = r"^/api/v1/"
CORS_ALLOW_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
CORS_ALLOW_HEADERS = [
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Last-Event-ID",
    "Accept-Language",
    "X-Request-Id",
]
CORS_EXPOSE_HEADERS = [
    "ETag",
    "Location",
    "Retry-After",
    "Idempotency-Replayed",
    "Content-Disposition",
    "X-Request-Id",
]
CORS_PREFLIGHT_MAX_AGE = 600
API_PAGE_SIZE = 20
API_PAGE_SIZE_LIMIT = 100
IDEMPOTENCY_HOURS = 24
# Minutes until supervisors are reminded of an emergency, and of anything else.
ESCALATE_AGAIN_EMERGENCY = env.int("ESCALATE_AGAIN_EMERGENCY", 5, validate=AT_LEAST_ONE)
ESCALATE_AGAIN = env.int("ESCALATE_AGAIN", 240, validate=AT_LEAST_ONE)
REVIEW_TIME = env.str(  # of the business day after a request was closed
    "REVIEW_TIME", "10:00", validate=validate.Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z")
)
# Http:// and private addresses too: for tests, and networks that are closed.
WEBHOOK_ALLOW_PRIVATE = env.bool("WEBHOOK_ALLOW_PRIVATE", False)

# --- The log of changes
# -------------------------------------------------------------------------------------------
SIMPLE_HISTORY_DATE_INDEX = False
# Going back is a change like any other, and goes through a verb.
SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_ENFORCE_HISTORY_MODEL_PERMISSIONS = True

# --- The provable history
# --------------------------------------------------------------------------------------------------
# The key is neither in the database nor derived from SECRET_KEY, which changes now and then.
PROOF_KEY = env.str("PROOF_KEY", "")  # 32 bytes in base64; without it, the file has the key
PROOF_KEY_FILE = env.str("PROOF_KEY_FILE", str(VAR_DIR / "proof.key"))
PROOF_FORMER_KEY = env.str("PROOF_FORMER_KEY", "")  # signs as well while PROOF_KEY replaces it
PROOF_ORIGIN = env.str(  # the name of the log, which never changes
    "PROOF_ORIGIN",
    f"{urlsplit(SITE_URL).netloc}/log/1",
    validate=validate.Regexp(r"^[^\s+]{1,200}\Z"),
)
WITNESSES = env.list("WITNESSES", [], subcast=str)  # `https://host vkey`, separated by commas
WITNESS_QUORUM = env.int("WITNESS_QUORUM", 1, validate=AT_LEAST_ONE)
TIMESTAMP_URL = env.str("TIMESTAMP_URL", "", validate=validate.Length(max=200))  # RFC 3161
TIMESTAMP_CA_FILE = env.str("TIMESTAMP_CA_FILE", "")  # the authority's roots, in PEM
TIMESTAMP_MINUTES = env.int("TIMESTAMP_MINUTES", 60, validate=AT_LEAST_ONE)

# --- Many at once
# -------------------------------------------------------------------------------------------------
BULK_LIMIT = env.int("BULK_LIMIT", 500, validate=AT_LEAST_ONE)  # requests of one run
# Requests that are done within the click; more go to the worker.
BULK_AT_ONCE = env.int("BULK_AT_ONCE", 20, validate=NOT_NEGATIVE)
EXPORT_LIMIT = env.int("EXPORT_LIMIT", 10_000, validate=AT_LEAST_ONE)  # rows of an exported file
IMPORT_LIMIT = env.int("IMPORT_LIMIT", 500, validate=AT_LEAST_ONE)  # rows of an imported file
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "import"
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
IMPORT_EXPORT_SKIP_ADMIN_LOG = True  # each request's own history says it

# --- Mail and background work
# -------------------------------------------------------------------------------------
TASKS = {
    "default": {
        "BACKEND": "gasutil.task_backend.TaskBackend",
        "QUEUES": ["escalation", "default", "webhooks"],
    }
}
# Seconds without a sign of life until a worker counts as dead, and what it was at goes back to the
# queue.
WORKER_SILENCE = env.int("WORKER_SILENCE", 30, validate=AT_LEAST_ONE)
PROVIDERS = [
    "amazon_ses",
    "brevo",
    "mailersend",
    "mailgun",
    "mailjet",
    "mailtrap",
    "mandrill",
    "postal",
    "postmark",
    "resend",
    "scaleway",
    "sendgrid",
    "sparkpost",
    "unisender_go",
]
_mail = env.dj_email_url("EMAIL_URL", "console:")
if "EMAIL_BACKEND" not in _mail:
    raise ImproperlyConfigured(
        "EMAIL_URL is none of submission://, smtp://, file:///, console:, memory: and dummy:."
    )
EMAIL_PROVIDER = env.str("EMAIL_PROVIDER", "", validate=validate.OneOf(["", *PROVIDERS]))
EMAIL_BACKEND = (
    f"anymail.backends.{EMAIL_PROVIDER}.EmailBackend" if EMAIL_PROVIDER else _mail["EMAIL_BACKEND"]
)
if SANDBOX:  # deliveries are not sent anyway; this is for mail that is no delivery
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
ANYMAIL = {
    name.removeprefix("ANYMAIL_"): value
    for name, value in os.environ.items()
    if name.startswith("ANYMAIL_")
}
EMAIL_HOST = _mail["EMAIL_HOST"]
EMAIL_PORT = _mail["EMAIL_PORT"]
EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _mail["EMAIL_USE_TLS"]
EMAIL_USE_SSL = _mail["EMAIL_USE_SSL"]
EMAIL_FILE_PATH = _mail["EMAIL_FILE_PATH"]
# Seconds: a mail server that hangs must not hold up the worker.
EMAIL_TIMEOUT = _mail["EMAIL_TIMEOUT"] or 10
# Of a request in the customers' own app, with {id} or {reference} in it.
CUSTOMER_REQUEST_URL = env.str("CUSTOMER_REQUEST_URL", "")
# For which deliveries are stored.
DELIVERY_DAYS = env.int("DELIVERY_DAYS", 400, validate=AT_LEAST_ONE)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Gas Service Desk <no-reply@localhost>")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "project.log_lines.UtcFormatter",
            "format": "{asctime} {levelname} {name} {request_id}: {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django.request": {
            "level": "ERROR"
        },  # what clients do wrong is theirs to read, in the answer
        "gasutil.security": {"level": "INFO"},
        "django_tasks_db": {"level": "ERROR"},  # a stop is not worth a warning
    },
    "root": {
        "handlers": ["stderr"],
        "level": env.str(
            "LOG_LEVEL", "WARNING", validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"])
        ),
    },
}

# --- The console
# --------------------------------------------------------------------------------------------------


def _file(name: str) -> Callable[[object], str]:
    """Return the function that gives Unfold the URL of a static file."""
    return lambda request: static(f"gasutil/{name}")


UNFOLD = {
    "SITE_TITLE": SITE_NAME,
    "SITE_HEADER": SITE_NAME,
    "SITE_SUBHEADER": _("Support console"),
    "SITE_ICON": {"light": SITE_LOGO, "dark": SITE_LOGO_DARK or SITE_LOGO} if SITE_LOGO else None,
    "SITE_SYMBOL": "local_fire_department",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _file("favicon.svg")}],
    "SITE_URL": None,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_HISTORY": False,
    "SHOW_BACK_BUTTON": True,
    "STYLES": [
        _file(f"{name}.css")
        for name in (
            "console",
            "types",
            "background",
            "bulk",
            "oversight",
            "reports",
            "rights",
            "desk",
            "ticket",
            "deliveries",
            "webhooks",
            "search",
            "alarm",
            "accessibility",
        )
    ],
    "SCRIPTS": [
        lambda request: reverse("console-texts"),
        *(
            _file(f"{name}.js")
            for name in (
                "session",
                "connection",
                "layers",
                "alarm",
                "drafts",
                "dialogs",
                "keyboard_access",
                "clock",
                "live",
                "keys",
                "charts",
                "bulk",
                "composer",
                "canned",
                "presence",
                "people",
                "ticket",
                "search",
                "intake",
                "passkeys",
            )
        ),
    ],
    "COLORS": {"primary": SITE_COLOURS},
    "SHOW_LANGUAGES": True,
    "DASHBOARD_CALLBACK": "gasutil.admin.dashboard.front_page.add_context",
    "ACCOUNT": {"navigation": "gasutil.admin.accounts.preferences.account_links"},
    "TABS": "gasutil.admin.navigation.tabs",
    "SIDEBAR": {"show_search": False, "navigation": "gasutil.admin.navigation.sidebar"},
}
