"""The settings of the peer, for `bench/servers.py`."""

import os
from datetime import timedelta
from urllib.parse import urlsplit

DATABASE = urlsplit(os.environ["DATABASE_URL"])
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "bench.peer.urls"
WSGI_APPLICATION = "bench.peer.wsgi.application"
TIME_ZONE, USE_TZ = "UTC", True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "gasutil.User"
ANONYMOUS_USER_NAME = None
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "rest_framework",
    "django_filters",
    "guardian",
    "simple_history",
    "bench.peer.apps.PeerConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE.path.strip("/"),
        "USER": DATABASE.username,
        "PASSWORD": DATABASE.password,
        "HOST": DATABASE.hostname,
        "PORT": DATABASE.port,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
}
SIMPLE_JWT = {  # so that the application's own tokens are valid here
    "ALGORITHM": "HS256",
    "SIGNING_KEY": bytes.fromhex(os.environ["BENCH_KEY"]),
    "ISSUER": os.environ["JWT_ISSUER"],
    "AUDIENCE": os.environ["JWT_AUDIENCE"],
    "USER_ID_CLAIM": "sub",
    "TOKEN_TYPE_CLAIM": "typ",
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=5),
}
