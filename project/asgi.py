"""The whole application for ASGI servers.

Slow clients hold no thread, and event streams stay open.
"""

import multiprocessing
import os

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.handlers.wsgi import WSGIHandler
from granian.utils.proxies import wrap_asgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
stream_application = get_asgi_application()
django_application = WSGIHandler()

from project.bodies import limit_asgi  # noqa: E402  # it needs the settings and the models
from project.parent import end_with_parent  # noqa: E402
from project.private_files import restrict_new_files  # noqa: E402

restrict_new_files()
if (
    granian := multiprocessing.parent_process()
):  # a worker would go on, and keep the port, if granian were killed
    end_with_parent(granian.pid)

application = wrap_asgi_with_proxy_headers(
    limit_asgi(django_application, stream_application), settings.TRUSTED_PROXIES
)
