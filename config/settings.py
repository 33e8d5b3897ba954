"""Settings of an installation. What differs between installations comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import installation
from offices.undefined import FailsWhenShown

BASE_DIR = Path(__file__).resolve().parent.parent

# The county and its day -----------------------------------------------------------------
HUIMIN_COUNTY = os.environ.get("HUIMIN_COUNTY", "370406")
HUIMIN_DEMO = os.environ.get("HUIMIN_DEMO") == "1"
HUIMIN_TESTING = os.environ.get("HUIMIN_TESTING") == "1"
HUIMIN_TODAY = os.environ.get("HUIMIN_TODAY") or None
HUIMIN_PRODUCTION = os.environ.get("HUIMIN_PRODUCTION") == "1"
if HUIMIN_PRODUCTION and (HUIMIN_DEMO or HUIMIN_TODAY):
    raise ImproperlyConfigured(
        "HUIMIN_DEMO and HUIMIN_TODAY belong to demonstrations: take them out of a production's environment."
    )
HUIMIN_PUBLIC_URL = os.environ.get("HUIMIN_PUBLIC_URL", f"http://127.0.0.1:{installation.port()}")
HUIMIN_FILES = installation.files_dir()
HUIMIN_KEYS_FILE = installation.keys_file()
HUIMIN_PDF_FONTS = os.environ.get("HUIMIN_PDF_FONTS", "bundled")
HUIMIN_IDLE_MINUTES = 15
HUIMIN_CLAMD = os.environ.get("HUIMIN_CLAMD", "")
HUIMIN_PAPER_MEGABYTES = int(os.environ.get("HUIMIN_PAPER_MEGABYTES", "10"))

# Django ---------------------------------------------------------------------------------
SECRET_KEY = installation.django_secret()
DEBUG = os.environ.get("HUIMIN_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("HUIMIN_HOSTS", "127.0.0.1,localhost,testserver").split(",")
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "offices.Staff"

INSTALLED_APPS = [
    "config",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_celery_beat",
    "django_htmx",
    "template_partials",
    "csp",
    "pgtrigger",
    "pghistory",
    "import_export",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "offices",
    "households",
    "enforcement",
    "checkups",
    "subsidies",
    "reports",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "offices.middleware.CountyMiddleware",
    "offices.sessions.IdleSessionMiddleware",
    "offices.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "offices.middleware.ContextMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "offices.page_context.office",
            ],
            "builtins": ["offices.templatetags.ui"],
        },
    }
]
if HUIMIN_TESTING:
    # A template that reads what nobody gave it fails in tests; in service it shows nothing.
    TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = FailsWhenShown("%s")
FORM_RENDERER = "offices.form_renderer.OfficeFormRenderer"

# Database: three roles, see docs/adr/0001 ------------------------------------------------
HUIMIN_DATABASE_ROLE: installation.Role = (
    "owner" if os.environ.get("HUIMIN_DATABASE_ROLE") == "owner" else "app"
)
HUIMIN_DATABASE_ROLES = {
    "owner": installation.role_name("owner"),
    "app": installation.role_name("app"),
    "clinical": installation.role_name("clinical"),
}


def _database(role: installation.Role) -> dict[str, Any]:
    # Where it is not set, the triggers of row history catch an error a row, and each such error looks through
    # everything that the transaction has put off to its end: of a county's first night, millions of entries.
    words = ["-c pgtrigger.ignore={}"]
    if role == "owner" or os.environ.get("HUIMIN_SEARCH_PATH") == "county":
        # Migrations, and the beat process whose schedule tables are read outside any request.
        words.append(f"-c search_path=county_{HUIMIN_COUNTY},public")
    options: dict[str, Any] = installation.database_options(role)
    options["options"] = " ".join([*words, options.get("options", "")]).strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        **installation.database_settings(role),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        "TEST": {"NAME": os.environ.get("HUIMIN_TEST_DATABASE", "test_huimin"), "TEMPLATE": "template0"},
    }


DATABASES = {
    "default": _database(HUIMIN_DATABASE_ROLE),
    "clinical": _database("owner" if HUIMIN_DATABASE_ROLE == "owner" else "clinical"),
}
DATABASE_ROUTERS = ["config.routers.OneDatabase"]

# Broker and cache -----------------------------------------------------------------------
CELERY_BROKER_URL = installation.broker_url()
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULER = "config.beat:LivingScheduler"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": installation.cache_url(),
    }
}

# Sessions and sign-in ---------------------------------------------------------------------
SESSION_ENGINE = "offices.sessions"
SESSION_COOKIE_AGE = HUIMIN_IDLE_MINUTES * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HUIMIN_PRODUCTION
CSRF_COOKIE_SECURE = HUIMIN_PRODUCTION
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "offices.password_rules.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "offices.password_rules.NotCommon"},
    {"NAME": "offices.password_rules.NotOnesName", "OPTIONS": {"user_attributes": ("username", "name")}},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "offices.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,20/5m/ip", "login": "60/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("HUIMIN_PROXIES", "0"))
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Huimin"
MFA_ADAPTER = "offices.second_step.SecondStepAdapter"
MFA_FORMS = {
    "authenticate": "offices.second_step.AuthenticateForm",
    "reauthenticate": "offices.second_step.ReauthenticateForm",
    "activate_totp": "offices.second_step.ActivateTOTPForm",
}

# Language -----------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# Static files -------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Served straight from the folders, without a collecting step; there are few files.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

# Uploads are read by our own streaming readers and never served.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# Browser safety -----------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if HUIMIN_PRODUCTION else 0

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("HUIMIN_LOG_LEVEL", "WARNING")},
    # A dozen lines for every page that is laid out; a worker that logs at INFO says which task it did.
    "loggers": {"weasyprint": {"level": "WARNING"}, "fontTools": {"level": "WARNING"}},
}
