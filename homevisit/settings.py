"""Configuration comes from environment variables only (README, "Configuration").

`make run` writes data/env; a variable set in the environment wins over that file.
"""

from pathlib import Path

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from kombu.utils.url import url_to_parts

from core.storage import storage_of

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "data")))
if (DATA_DIR / "env").exists():
    env.read_env(DATA_DIR / "env")

DEBUG = env.bool("DEBUG", default=False)
TESTING = env.bool("HOMEVISIT_TESTING", default=False)
DEMO = env.bool("HOMEVISIT_DEMO", default=False)  # plain http on this machine, demo logins on the sign-in page


def required(name, repair):
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {repair}")
    return value


SECRET_KEY = required("SECRET_KEY", "a random text of at least 50 characters (make run writes one to data/env)")
FIELD_KEYS = required("FIELD_KEYS", "id:base64 of 32 random bytes, comma separated, newest first").split(",")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# A fixed clock for tests and proofs; a production process refuses to start with it.
HOMEVISIT_CLOCK = env.str("HOMEVISIT_CLOCK", default="")
if HOMEVISIT_CLOCK and not TESTING:
    raise ImproperlyConfigured("HOMEVISIT_CLOCK is for tests only: unset it")

ROOMS = ["core", "schools", "programmes", "students", "visits", "honesty", "works", "reports", "reminders"]  # docs/structure.md
INSTALLED_APPS = [
    *ROOMS,
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django_htmx",
    "django_structlog",
    "import_export",
    "rules.apps.AutodiscoverRulesConfig",
    "homevisit",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.request_facts",
    "csp.middleware.CSPMiddleware",
    "core.middleware.private_pages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.refusals",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "programmes.views.notice.notice_of_address",
    "django_structlog.middlewares.RequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "homevisit.urls"
WSGI_APPLICATION = "homevisit.wsgi.application"
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
                "homevisit.context.shell",
            ],
        },
    }
]

# ── Database: SQLite in WAL mode unless DATABASE_URL says PostgreSQL ──
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'homevisit.sqlite3'}")}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=300)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: a writer waits its turn at the start instead of failing in the middle.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        transaction_mode="IMMEDIATE",
        timeout=20,
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-64000;",
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": DATA_DIR / "cache",
        }
    }

# ── Files: private folder; nothing below it is ever served by path ──
try:
    folder, private_storage = storage_of(env.str("STORAGE_URL", default=f"file://{DATA_DIR / 'media'}"))
except ValueError as error:
    raise ImproperlyConfigured(str(error)) from error
MEDIA_ROOT = Path(folder or DATA_DIR / "media")
MEDIA_URL = ""
X_ACCEL_PREFIX = env.str("X_ACCEL_PREFIX", default="")  # nginx's internal location of the folder (decision 0009)
SOFFICE = env.str("SOFFICE", default="soffice")  # LibreOffice turns papers into PDF; empty: only Word is offered
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": private_storage,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# ── Jobs ──
BROKER_URL = env.str("BROKER_URL", default="filesystem://localhost")
CELERY_BROKER_URL = BROKER_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    # One tick a minute reads what is due from the database, so a missed tick heals itself.
    "tick": {"task": "reports.tasks.tick", "schedule": 60.0, "options": {"expires": 55}},
    "reminders": {"task": "reminders.tasks.tick", "schedule": 60.0, "options": {"expires": 55}},
    "registers": {"task": "visits.tasks.refresh_registers", "schedule": crontab(hour=3, minute=10)},
    "locks": {"task": "visits.tasks.lock_records", "schedule": crontab(hour=3, minute=20)},
    "files": {"task": "reports.tasks.sweep", "schedule": crontab(hour=3, minute=30)},
    "honesty": {"task": "honesty.tasks.look_through", "schedule": crontab(hour=4, minute=0)},
    "told": {"task": "reminders.tasks.purge", "schedule": crontab(hour=3, minute=50)},
    "drafts": {"task": "visits.tasks.purge_drafts", "schedule": crontab(hour=3, minute=40)},
}
if url_to_parts(BROKER_URL).scheme == "filesystem":
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(DATA_DIR / "broker" / "queue"),
        "data_folder_out": str(DATA_DIR / "broker" / "queue"),
        "processed_folder": str(DATA_DIR / "broker" / "processed"),
        "control_folder": str(DATA_DIR / "broker" / "control"),
        "store_processed": False,
        "polling_interval": 0.05,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}

# ── Who may come in ──
AUTH_USER_MODEL = "schools.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "schools.backends.StaffBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "staff_no")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "schools.adapter.StaffAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
# A whole school signs in from one address at eight; what is limited is failing.
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "login_failed": "50/15m/ip"}
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # a school shares one address
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "schools.adapter.typed_name"
AXES_LOCKOUT_CALLABLE = "schools.adapter.locked_out"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_IPWARE_PROXY_COUNT = env.int("PROXY_COUNT", default=0)
AXES_CLIENT_IP_CALLABLE = "core.middleware.client_address"

# ── HTTP ──
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "homevisit.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PLAIN_HTTP = env.bool("PLAIN_HTTP", default=DEMO or TESTING)
if not PLAIN_HTTP:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
    if env.int("PROXY_COUNT", default=0):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# ── Language, forms, admin ──
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False
IMPORT_EXPORT_FORMATS = []  # each admin names its own: schools.admin
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = False  # strips only "=": our sheets write text cells instead
IMPORT_EXPORT_SKIP_ADMIN_CONFIRM = False
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 30  # seconds: a mail server that takes the call and says nothing holds no worker for ever
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="homevisit@localhost")
SITE_URL = env.str("SITE_URL", default="")  # https://… as people open it: the links in mails and in group chats
# Where a school's robot may be called: nothing else is, whatever an office types in (security.md §6).
ROBOT_ADDRESSES = {
    "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
    "dingtalk": "https://oapi.dingtalk.com/robot/send",
}
PACKAGE_MAIL_LIMIT = 15 * 1024 * 1024  # a larger package is only announced: mail servers refuse it

# ── Logs: JSON lines, ids only ──
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # core.middleware sets it anew on every request
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "core.logs.json_lines"}},
    "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stream"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {
        "homevisit": {"level": "INFO"},
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "WARNING"},
        "axes": {"level": "ERROR"},
    },
}
