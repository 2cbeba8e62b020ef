"""The application's own settings, with what a test run needs and a server must be given."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# The environment of a developer must not change the results of the tests.
os.environ["PYTHON_DOTENV_DISABLED"] = "true"
os.environ["SECRET_KEY"] = "only-for-tests-and-never-for-a-server-that-anyone-can-reach"  # noqa: S105
os.environ.setdefault("EMAIL_URL", "memory:")
# Most tests look at the texts of the default types; tests of the approval set it to true.
os.environ.setdefault("SAFETY_APPROVAL", "false")
if os.environ.get("REDIS_URL"):  # a database for each process of the run: tests empty the cache
    server, _, number = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = (
        f"{server}/{int(number) + int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:])}"
    )

from project.settings import *  # noqa: F403
from project.settings import BASE_DIR, DATABASES, INSTALLED_APPS

if (BASE_DIR / "tests" / "example_app").is_dir():  # an app with another resource, for tests
    INSTALLED_APPS = [*INSTALLED_APPS, "tests.example_app"]

folder = Path(tempfile.mkdtemp(prefix="desk-tests-"))
atexit.register(shutil.rmtree, folder, ignore_errors=True)
PROOF_KEY_FILE = str(folder / "proof.key")
MEDIA_ROOT = folder / "media"  # `prepare` marks the store as this installation's
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # In a file, as `make run` has it: threads of a test server would share the one connection of a
    # database in memory.
    DATABASES["default"]["TEST"] = {"NAME": folder / "db.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
else:
    # A slow machine must not turn calls at once, of which a test counts the refused ones, into 503.
    DATABASES["default"]["OPTIONS"]["pool"]["timeout"] = 60
