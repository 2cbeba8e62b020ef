"""The application's own settings, with what a test run needs and a server must be given."""

import os

os.environ["PYTHON_DOTENV_DISABLED"] = "true"  # what somebody runs the desk with must not decide what the tests find
os.environ["SECRET_KEY"] = "only-for-tests-and-never-for-a-server-that-anyone-can-reach"  # noqa: S105
os.environ.setdefault("EMAIL_URL", "memory:")
if os.environ.get("REDIS_URL"):  # a database for each process of the run: tests empty the cache
    server, _, number = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{server}/{int(number) + int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:])}"

from project.settings import *  # noqa: F403
from project.settings import BASE_DIR, INSTALLED_APPS

if (BASE_DIR / "tests" / "newcomer").is_dir():  # a resource that somebody adds, of our own tests
    INSTALLED_APPS = [*INSTALLED_APPS, "tests.newcomer"]
