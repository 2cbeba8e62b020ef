"""A server and a worker that are started with `SANDBOX=true` send nothing.

Without it, they send what happens from then on.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gasutil.models import Event
from tests.support.mail_receiver import Receiver as MailServer
from tests.support.mail_receiver import listening
from tests.support.processes import free_port
from tests.support.servers import LiveServer
from tests.support.webhook_receiver import Receiver as HookServer
from tests.support.webhook_receiver import running

pytestmark = pytest.mark.services
SUBSCRIBE = """
from gasutil.access import Actor
from gasutil.models import User
from gasutil.workflow import webhooks
boss = User.objects.create_superuser("boss", "boss@example.com", "x", phone_number="+917890123456")
webhooks.subscribe(actor=Actor(boss), name="Dispatch", url="{url}", events={events})
"""
STATES = (
    "from gasutil.models import Delivery as D; print(sorted(set(D.objects.values_list('channel',"
    " 'state', 'last_error'))))"
)


def work(desk: LiveServer) -> None:
    for _ in range(2):  # a task queues others
        desk.manage("worker", "--batch")


@pytest.fixture
def hook_server() -> Iterator[HookServer]:
    yield from running()


@pytest.fixture
def mail_server() -> Iterator[tuple[MailServer, int]]:
    server, port = MailServer(), free_port()
    with listening(server, port):
        yield server, port


@pytest.fixture
def desk(
    tmp_path: Path, mail_server: tuple[MailServer, int], hook_server: HookServer
) -> Iterator[LiveServer]:
    server = LiveServer(
        tmp_path,
        WEBHOOK_ALLOW_PRIVATE="true",
        EMAIL_URL=f"smtp://127.0.0.1:{mail_server[1]}",
        SANDBOX="true",
    )
    server.manage("shell", "-v0", "-c", SUBSCRIBE.format(url=hook_server.url, events=Event.values))
    with server:
        yield server


def test_a_copy_sends_nothing(
    desk: LiveServer, mail_server: tuple[MailServer, int], hook_server: HookServer
) -> None:
    desk.add_note("On our way", status="in_progress")
    work(desk)
    states = desk.manage("shell", "-v0", "-c", STATES).strip()
    assert states == "[('mail', 'skipped', 'sandbox'), ('webhook', 'skipped', 'sandbox')]"
    assert (mail_server[0].mails, hook_server.got) == ([], [])

    del desk.environment["SANDBOX"]
    desk.add_note("Later")
    work(desk)
    assert [b"Later" in item.body for item in hook_server.got] == [True]
    assert ["Later" in mail.get_body().get_content() for mail in mail_server[0].mails] == [True]
