"""The whole application for ASGI servers: one process that can also hold connections open."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application
from granian.utils.proxies import wrap_asgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django_application = get_asgi_application()

from project.bodies import limit_asgi  # noqa: E402  # it needs the settings and the models

application = wrap_asgi_with_proxy_headers(limit_asgi(django_application), settings.TRUSTED_PROXIES)
