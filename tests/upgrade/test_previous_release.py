"""An upgrade while the previous release serves.

It runs on the new schema, and the new release continues with its data.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from project.settings import BASE_DIR
from tests.support.streams import Listener
from tests.support.waiting import wait_for
from tests.upgrade.release import Release, Traffic

pytestmark = pytest.mark.services
BUNDLE = next(Path(__file__).parent.glob("release-*.bundle"))
PREPARE = """
from django.core.management import call_command
from gasutil.management.commands import load_demo
load_demo.REQUEST_COUNT = 60  # of everything something, in a third of the time
call_command("prepare")
"""
RECEIPTS = (
    "SELECT count(*) FROM gasutil_delivery WHERE notice = 'received' AND state = 'sent' AND"
    " service_request_id = ANY(%s)"
)


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"EMAIL_URL": "dummy:", "REGISTER_LIMIT": "0", "PASSWORD_RESET_LIMIT": "0"}


@pytest.fixture
def previous(environment: dict[str, str], tmp_path: Path) -> Iterator[Release]:
    """The previous release with its demonstration data."""
    folder = tmp_path / "previous"
    subprocess.run(["git", "init", "-q", folder], check=True)
    subprocess.run(
        ["git", "fetch", "-q", BUNDLE, "refs/bundle/release"],
        cwd=folder,
        check=True,
        stderr=subprocess.DEVNULL,
    )
    subprocess.run(["git", "checkout", "-q", "FETCH_HEAD"], cwd=folder, check=True)
    release = Release(environment, folder)
    release.manage("shell", "-c", PREPARE)
    yield release
    release.stop()


@pytest.fixture
def new(environment: dict[str, str]) -> Iterator[Release]:
    release = Release(environment, BASE_DIR)
    yield release
    release.stop()


def test_the_previous_release_serves_during_the_upgrade_and_after_it(
    previous: Release, new: Release, session: psycopg.Connection
) -> None:
    lines = (previous.code / "var" / "logins.txt").read_text().splitlines()
    passwords = {username: password for _, username, password in map(str.split, lines)}
    web = Traffic(previous, passwords)
    previous.start()
    workers = previous.start_workers("default", "escalation")
    web.log_in()
    stream = Listener(previous, "arjun.nair")  # type: ignore[arg-type]

    with web.going_on():
        new.manage("prepare", "--no-demo")
    assert web.failures() == []
    assert stream.messages.qsize() >= len(web.filed)

    # As the documentation has it: the new workers first, while the previous web process serves,
    # then the new one.
    previous.stop(*workers)
    new.start_workers("default", "escalation")
    web.api()
    wait_for(lambda: session.execute(RECEIPTS, [list(web.filed)]).fetchone() == (len(web.filed),))
    stream.close()
    previous.stop()

    after = Traffic(new, passwords)
    new.start()
    after.api()
    after.console()
    for pk in web.filed:
        after.call("GET", f"requests/{pk}/history/", "arjun.nair")
    assert after.failures() == []
    new.stop()

    back = Traffic(
        previous, passwords
    )  # the documented way back: the old code on the new schema, with what the new release stored
    previous.start()
    back.api()
    back.console()
    for pk in after.filed:
        back.call("GET", f"requests/{pk}/history/", "arjun.nair")
    assert back.failures() == []
    assert session.execute(
        "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status = 'FAILED'"
    ).fetchone() == (0,)
