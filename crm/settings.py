"""All settings, in one file. What an installation may vary comes from the environment, through
readers that refuse nonsense; `docs/settings.md` lists the variables."""

import logging
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from crm import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent

# Where and who
ORIGIN = env.origin("ORIGIN", "http://localhost:8000")
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.text("SECRET_KEY_FALLBACKS", " ").split()  # former ones, until all has been renewed
DEBUG = env.flag("ROUNDS_DEBUG", default=False)
_HOST = urlsplit(ORIGIN).hostname or "localhost"
_HTTPS = ORIGIN.startswith("https://")
ALLOWED_HOSTS = [_HOST, "127.0.0.1", "localhost"] if not _HTTPS else [_HOST]
CSRF_TRUSTED_ORIGINS = [ORIGIN]

ROLES = ("rep", "manager", "operations", "compliance", "medical", "safety", "client")

# The company
COMPANY_NAME = env.text("COMPANY_NAME", "Rounds")
COMPANY_TIME_ZONE = env.time_zone("COMPANY_TIME_ZONE", "Asia/Shanghai")
NIGHT_HOUR = env.whole_number("NIGHT_HOUR", 2, low=0, high=23)
SHARED_DATA = Path(env.text("ROUNDS_SHARED_DATA", str(BASE_DIR.parent / "shared" / "data")))

# The house: floors from the ground up, see docs/architecture.md
INSTALLED_APPS = [
    "crm.base",
    "accounts",
    "customers",
    "sales",
    "visits",
    "segmentation",
    "crm",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "pgtrigger",  # with pghistory: the audit trail, crm/base/audit.py
    "pghistory",
]

MIDDLEWARE = [
    "crm.base.headers.guard_responses",  # outermost: errors of the others have their headers, too
    "crm.requests.follow",
    "crm.health.answer_machines",
    "crm.api.door.answer_programs",  # what follows is for people
    "crm.base.methods.refuse_other_methods",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.views.guards.limit_sessions",
    "accounts.views.guards.LeadToSignIn",
    "accounts.views.speak_users_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.views.guards.lead_to_second_step",
    "accounts.views.guards.refuse_attempts",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"

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
                "accounts.views.frame",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Data. `default` is rounds_app, which may not change the schema; `owner` migrates.
DATABASES = {"default": env.postgres("DATABASE_URL")}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
if env.flag("DATABASE_POOLED", default=False):  # by transaction: docs/operations.md, "Connections"
    DATABASES["default"] |= {"CONN_MAX_AGE": 0, "DISABLE_SERVER_SIDE_CURSORS": True}
DATABASES["owner"] = env.postgres("DATABASE_OWNER_URL", env.text("DATABASE_URL")) | {"TEST": {"MIRROR": "default"}}
# Managers' pages may read from a replica, as long as it is no further behind (crm/base/replica.py).
if env.text("DATABASE_REPLICA_URL", " ").strip():
    DATABASES["replica"] = env.postgres("DATABASE_REPLICA_URL", "", connect_timeout="2") | {
        "CONN_MAX_AGE": 60,
        "TEST": {"MIRROR": "default"},
    }
REPLICA_MAY_LAG = env.whole_number("REPLICA_MAY_LAG", 30, low=1, high=3600)  # seconds
DATABASE_ROUTERS = ["crm.base.replica.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.text("REDIS_URL")

# Nights. Redis only wakes workers; what is due stands in the database (docs/architecture.md, "Nights").
# Messages are acknowledged as they begin: one that is lost with its worker is made up for by the next tick.
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # worker and beat outlive any absence of Redis
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 3}
CELERY_TIMEZONE = str(COMPANY_TIME_ZONE)
CELERY_BEAT_SCHEDULE = {
    "tick": {
        "task": "look for work that is due",
        "schedule": float(env.whole_number("ROUNDS_TICK_SECONDS", 60, low=1, high=3600)),
    }
}

# People
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "sign-in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation." + name}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
SESSION_COOKIE_NAME = "__Host-session" if _HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = env.whole_number("ROUNDS_IDLE_HOURS", 12, low=1, high=14 * 24) * 60 * 60  # moves with use
SESSION_LONGEST = timedelta(days=env.whole_number("ROUNDS_SESSION_DAYS", 7, low=1, high=90))
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
_BEHIND_PROXY = env.flag("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _BEHIND_PROXY else None
TRUSTED_PROXIES = env.whole_number("TRUSTED_PROXIES", 1 if _BEHIND_PROXY else 0, low=0, high=8)
DEVICE_COOKIE_NAME = "__Host-device" if _HTTPS else "device"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60
TOKEN_LONGEST = timedelta(days=env.whole_number("ROUNDS_TOKEN_DAYS", 90, low=1, high=366))
X_FRAME_OPTIONS = "DENY"

# django-allauth: its flows, in our pages (accounts/views). Its own limits count in the cache and do not hold for
# parallel attempts; ours are in accounts/actions/attempts.py.
MFA_ROLES = env.several("ROUNDS_MFA_ROLES", "operations,compliance" if _HTTPS else "none", ROLES)
ACCOUNT_ADAPTER = "accounts.views.adapters.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # nobody can: no page of it has an address
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
MFA_ADAPTER = "accounts.views.adapters.SecondStep"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # clocks and slow fingers: half a minute to each side
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "authenticate_webauthn": "accounts.forms.PasskeyStepForm",
    "reauthenticate": "accounts.forms.ConfirmCodeForm",
    "activate_totp": "accounts.forms.AppForm",
    "add_webauthn": "accounts.forms.PasskeyForm",
    "login_webauthn": "accounts.forms.PasskeySignInForm",
    "reauthenticate_webauthn": "accounts.forms.ConfirmPasskeyForm",
    "edit_webauthn": "accounts.forms.PasskeyNameForm",
}

# Mail. Without a server mails are printed on http, to be tried, and dropped on https: they hold links for passwords.
EMAIL_BACKEND = f"django.core.mail.backends.{'dummy' if _HTTPS else 'console'}.EmailBackend"
vars().update(env.mail("MAIL_URL"))
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", f"rounds@{_HOST}")
EMAIL_TIMEOUT = 20

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# Whether calendars that private links open name customers: they leave the house.
CALENDAR_NAMES = env.flag("ROUNDS_CALENDAR_NAMES", default=False)
# The REST API: crm/api. Tokens in the Authorization header alone open it, never a session.
API_MOST_BYTES = 1024 * 1024  # of a body
API_WRONG_TOKENS_A_MINUTE = env.whole_number("ROUNDS_API_WRONG_TOKENS_A_MINUTE", 30, low=1, high=1_000_000)
API_REQUESTS_A_MINUTE = env.whole_number("ROUNDS_API_REQUESTS_A_MINUTE", 600, low=1, high=1_000_000)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["crm.api.tokens.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["crm.api.tokens.MayUse"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["crm.api.bodies.JsonParser"],
    "DEFAULT_SCHEMA_CLASS": "crm.api.openapi.Schema",
    "EXCEPTION_HANDLER": "crm.api.problems.answer",
    "UNAUTHENTICATED_USER": None,
    "UNICODE_JSON": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Rounds",
    "DESCRIPTION": "Customers, visits, and what follows from them. Send `Authorization: Bearer rounds_…`.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SERVERS": [{"url": ORIGIN}],
    "APPEND_COMPONENTS": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    "TAGS": [{"name": name} for name in ("Ground", "Customers", "Relations", "Visits", "Tiers")],
}

# Words
LANGUAGE_CODE = env.choice("ROUNDS_LANGUAGE", "en", ("en", "zh-hans"))
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = _HTTPS
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = str(COMPANY_TIME_ZONE)

# Files
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("ROUNDS_STATIC", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Without `./dev manage collectstatic` (development, tests) files are served where they lie; with it, by the names that
# it wrote down, the first time, too.
WHITENOISE_USE_FINDERS = "collectstatic" not in sys.argv and not (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {  # what users bring in; web and worker share the folder, and nothing serves it
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env.text("ROUNDS_FILES", str(BASE_DIR / ".rounds" / "files")),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "crm.base.sheets.SheetStorage"
    },
}
UPLOAD_MOST_MB = env.whole_number("ROUNDS_UPLOAD_MB", 300, low=1, high=4096)
FILE_UPLOAD_HANDLERS = [  # straight to disk, never into memory
    "crm.imports.uploads.LimitedUpload",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Logs hold ids, never names or notes: crm/base/logs.py. Whoever develops sees all that is to be seen.
_LOG_FORMAT = env.choice("LOG_FORMAT", "text", ("text", "json"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "crm.base.logs.Json"},
        "text": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"} if DEBUG else {"()": "crm.base.logs.Text"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": _LOG_FORMAT}},
    "root": {
        "handlers": ["stderr"],
        "level": env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},  # in place of Django's own handlers
        "django.request": {"level": "ERROR"},  # what was not found or not allowed has its line from crm.requests
        "django.db.backends": {"level": "INFO"},  # its debug lines are statements with their values
    },
}

logging.captureWarnings(_LOG_FORMAT == "json")

# Figures: /metrics is there for who brings this token (crm/metrics.py). gunicorn.conf.py makes the folder, in which
# the processes of one web put theirs together.
METRICS_TOKEN = env.text("METRICS_TOKEN", " ").strip()
METRICS_FOLDER = env.text("PROMETHEUS_MULTIPROC_DIR", " ").strip()

SILENCED_SYSTEM_CHECKS: list[str] = []
