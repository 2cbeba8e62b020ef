"""A server that is killed under load.

Confirmed calls are stored, and others are stored whole or not at all.
"""

import time
from collections import Counter

import pytest

from tests.support.busy_server import BusyServer
from tests.support.randomness import Random

pytestmark = pytest.mark.services


def test_confirmed_calls_are_stored_and_the_rest_is_done_once(
    desk: BusyServer, chance: Random
) -> None:
    for _ in range(3):
        with desk.busy():
            desk.get_going()
            time.sleep(chance.uniform(0, 0.5))  # a random moment
            desk.kill()
        desk.start()
    with desk.busy():
        desk.get_going()
    answered = Counter(call.status for call in desk.calls)
    assert answered[0] >= 3, answered
    desk.check()
