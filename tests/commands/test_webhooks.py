"""A change by the API reaches a receiver, through a real server, worker and queue."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Verifier

from tests.support.servers import LiveServer
from tests.support.streams import Listener
from tests.support.waiting import wait_for
from tests.support.webhook_receiver import Receiver, running, says

pytestmark = pytest.mark.services
SUBSCRIBE = """
import json
from gasutil.access import Actor
from gasutil.models import Event, User
from gasutil.workflow import webhooks
boss = User.objects.create_superuser("boss", "boss@example.com", "x", phone_number="+917890123456")
subscribed = webhooks.subscribe(
    actor=Actor(boss), name="Dispatch", url="{url}", events=Event.values
)
print(json.dumps(subscribed[1]))
"""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    yield from running()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LiveServer]:
    """A desk with its worker."""
    with LiveServer(tmp_path, WEBHOOK_ALLOW_PRIVATE="true") as server:
        server.start_worker("--interval", "0.1")
        yield server


def test_a_patch_arrives_as_in_the_stream(desk: LiveServer, receiver: Receiver) -> None:
    receiver.answers = [says(200)]
    secret = json.loads(desk.manage("shell", "-v0", "-c", SUBSCRIBE.format(url=receiver.url)))
    listener = Listener(desk, "support")
    desk.add_note("On our way", status="in_progress")
    streamed = listener.wait_for("data")["data"].encode()
    got = wait_for(lambda: [item for item in receiver.got if item.body == streamed])[0]
    event = Verifier(secret).verify(got.body, got.headers)
    assert (event["event"], event["update"]["notes"], event["update"]["status"]) == (
        "request.status_changed",
        "On our way",
        "in_progress",
    )
    desk.add_note("Between us", is_internal=True)
    desk.add_note("To all")
    wait_for(lambda: any(b"To all" in item.body for item in receiver.got))
    assert not any(b"Between us" in item.body for item in receiver.got)
