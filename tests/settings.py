"""The application's own settings, with what a test run needs and a server must be given."""

import os

os.environ["SECRET_KEY"] = "only-for-tests-and-never-for-a-server-that-anyone-can-reach"
os.environ.setdefault("EMAIL_URL", "memory:")

from project.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.newcomer"]  # noqa: F405
