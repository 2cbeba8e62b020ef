"""The whole application for WSGI servers: the fastest way to serve the API and the console."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django_application = get_wsgi_application()

from project.bodies import limit_wsgi  # noqa: E402  # it needs the settings and the models
from project.private_files import restrict_new_files  # noqa: E402

restrict_new_files()

application = wrap_wsgi_with_proxy_headers(limit_wsgi(django_application), settings.TRUSTED_PROXIES)
