"""Settings. Whatever differs between machines is an environment variable: see .env.example."""

from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from therapydir import environment

BASE_DIR = Path(__file__).resolve().parent.parent

environment.read_file(BASE_DIR / ".env")

DEBUG = environment.flag("DEBUG")

# Everything that the running site writes lives in this one folder.
VAR_DIR = Path(environment.text("VAR_DIR") or BASE_DIR / "var")
SECRET_KEY_FILE = VAR_DIR / "secret_key"


def read_secret_key():
    """The key from the environment, else from the file that quickstart makes, else empty."""
    try:
        return environment.text("SECRET_KEY") or SECRET_KEY_FILE.read_text().strip()
    except OSError:
        return ""


SECRET_KEY = environment.secret_key("SECRET_KEY", read_secret_key())

# --- Where the site lives -----------------------------------------------------------------

SITE_NAME = "TherapyDir"
HOST = environment.host("HOST", "127.0.0.1")
PORT = environment.number("PORT", 8000, least=1, most=65_535)
SITE_URL = environment.origin("SITE_URL", environment.own_address(HOST, PORT))
_site = urlsplit(SITE_URL)
SERVED_OVER_TLS = _site.scheme == "https"
if DEBUG and SERVED_OVER_TLS:
    raise ImproperlyConfigured(
        "DEBUG is true, but SITE_URL begins with https: errors would show settings to the world. Set "
        "DEBUG=false, or SITE_URL to an address of your own machine."
    )

# The loopback names are for the operator and for health checks on the machine itself; no
# link that the site writes is ever made from a request's Host.
_name = f"[{_site.hostname}]" if ":" in _site.hostname else _site.hostname
ALLOWED_HOSTS = [_name, "127.0.0.1", "localhost", "[::1]", *environment.hosts("EXTRA_HOSTS")]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "therapydir.unsaved.sessions.csrf_refusal"
# The site begins at the root of its host. What a server or a request says of that is not believed:
# it would stand before every link of a page that is kept for everybody.
FORCE_SCRIPT_NAME = ""

# --- What it is made of ---------------------------------------------------------------------

INSTALLED_APPS = [
    "therapydir",
    "articles",
    "locations",
    "providers",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    # Headers first, so that whatever answers below has them: files, redirects and errors, too.
    "therapydir.delivery.shared_caches.LifetimeMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "therapydir.delivery.shared_caches.PrivateGZipMiddleware",
    "therapydir.delivery.shared_caches.PrivateConditionalGetMiddleware",
    "therapydir.database.outages.OutageMiddleware",
    "therapydir.pages.paths.OnePathMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "therapydir.accounts.logins.LoginMiddleware",
    "therapydir.unsaved.sessions.EndedSessionMiddleware",
]

ROOT_URLCONF = "therapydir.urls"
WSGI_APPLICATION = "therapydir.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "therapydir.front.context.site",
            ],
        },
    },
]

# --- Data -----------------------------------------------------------------------------------

# Not as a URL, in which a folder's name may mean something else.
_sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": VAR_DIR / "db.sqlite3"}
DATABASES = {"default": environment.database("DATABASE_URL") or _sqlite}
if "sqlite3" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["ENGINE"] = "therapydir.database.sqlite"  # which makes no file where one is missing
    # Readers never wait for a writer (WAL); writers queue for up to 15 seconds instead of failing, because
    # each takes its lock when it begins (IMMEDIATE), and are then told that nothing was saved.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        transaction_mode="IMMEDIATE",
        timeout=15,
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
    )
elif "postgresql" in DATABASES["default"]["ENGINE"]:
    from therapydir.database.postgresql import ImpatientConnection, require_open

    # A server that is cut off, and says nothing any more, is noticed within some seconds.
    _options = DATABASES["default"].setdefault("OPTIONS", {})
    _options.setdefault("connect_timeout", 3)
    _options.setdefault("tcp_user_timeout", 5000)  # milliseconds
    _options.setdefault(
        "pool",
        {
            "min_size": environment.number("DATABASE_POOL_MIN", 1),
            "max_size": environment.number(
                "DATABASE_POOL_MAX", 4, least=environment.number("DATABASE_POOL_MIN", 1) or 1
            ),
            "timeout": environment.number("DATABASE_POOL_TIMEOUT", 0.8, kind=float),
            "reconnect_timeout": 0.5,  # the next who asks tries again, rather than a pause that grows
            "connection_class": ImpatientConnection,
            "check": require_open,
        },
    )

AUTHENTICATION_BACKENDS = [
    "therapydir.accounts.logins.SlowGuessingBackend",
    "django.contrib.auth.backends.ModelBackend",  # asked nothing; named by sessions from before the first
]
PASSWORD_HASHERS = ["therapydir.accounts.hashing.OneAtATimeHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- Mail --------------------------------------------------------------------------------------

# For those who forgot their password, and for nothing else. Without a server, nothing is sent.
MAILERS = environment.mail_server("EMAIL_URL")
DEFAULT_FROM_EMAIL = environment.mail_sender("DEFAULT_FROM_EMAIL", "EMAIL_URL", MAILERS)
SILENCED_SYSTEM_CHECKS = [] if MAILERS else ["mail.W001"]  # that there is none
PASSWORD_RESET_TIMEOUT = 3600  # seconds: “within an hour”, as the mail says

# --- Search engines --------------------------------------------------------------------------

# Whether they are offered the page of a city, too, on which nobody is listed.
INDEX_EMPTY_CITIES = environment.flag("INDEX_EMPTY_CITIES")

# --- Pages that are kept ---------------------------------------------------------------------

# Bytes of ready pages that each worker process keeps.
PAGE_CACHE_BYTES = environment.number("PAGE_CACHE_MB", 64) * 2**20
# Browsers ask each time and are mostly told that nothing changed; a CDN may answer for so many seconds
# without asking, for nearly as many more while it asks, and for a day when the site does not answer.
CDN_SECONDS = environment.number("CDN_SECONDS", 1)
_meanwhile = f"stale-while-revalidate={CDN_SECONDS - 1}, " if CDN_SECONDS > 1 else ""
PUBLIC_CACHE_CONTROL = f"public, max-age=0, s-maxage={CDN_SECONDS}, {_meanwhile}stale-if-error=86400"

# --- Language and time -----------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
FORMAT_MODULE_PATH = "therapydir.formats"  # those of a language go before settings
TIME_ZONE = environment.time_zone("TIME_ZONE", "America/New_York")

# --- Static files ------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(environment.text("STATIC_ROOT") or VAR_DIR / "static")
_static_storage = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if DEBUG
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static_storage},
}
WHITENOISE_ROOT = BASE_DIR / "static" / "root"  # what browsers ask for by fixed names
WHITENOISE_MIMETYPES = {".webmanifest": "application/manifest+json"}
WHITENOISE_MAX_AGE = 60  # seconds, for those
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- Security -------------------------------------------------------------------------------------

# Everything that a page may load is named; nothing inline, nothing from elsewhere.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
PERMISSIONS_POLICY = {
    feature: []
    for feature in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
} | {"geolocation": ["self"]}  # for “use my location” in the search
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"

SESSION_ENGINE = "therapydir.accounts.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVED_OVER_TLS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SERVED_OVER_TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # probes come over plain HTTP
SECURE_HSTS_SECONDS = environment.number("HSTS_SECONDS", 31_536_000) if SERVED_OVER_TLS else 0
# Binding for every other name below the domain, so it is the owner's to switch on.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = environment.flag("HSTS_INCLUDE_SUBDOMAINS")
if environment.flag("TRUST_X_FORWARDED_PROTO"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# So many proxies in front append the address that they were asked from to X-Forwarded-For.
TRUST_X_FORWARDED_FOR = environment.number("TRUST_X_FORWARDED_FOR", 0)

# --- Logging ----------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"counted": {"()": "therapydir.delivery.log_counts.CountedFilter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["counted"]},
    },
    "root": {"handlers": ["console"], "level": environment.log_level("LOG_LEVEL", "WARNING")},
    # That the database does not answer is said once, by who watches it, and not with each attempt.
    "loggers": {"psycopg.pool": {"level": "ERROR"}, "therapydir.accounts.logins": {"level": "INFO"}},
}
