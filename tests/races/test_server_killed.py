"""A server that is killed in the middle of a burst of calls.

What it has answered is there, and the rest is whole or not at all.
"""

import time
from collections import Counter

import pytest

from tests.support.killable_server import KillableServer
from tests.support.randomness import Random

pytestmark = pytest.mark.services


def test_it_has_kept_what_it_answered_and_does_the_rest_once(
    desk: KillableServer, chance: Random
) -> None:
    for _ in range(3):
        with desk.busy():
            desk.get_going()
            time.sleep(chance.uniform(0, 0.5))  # a moment that no condition tells
            desk.kill()
        desk.start()
    with desk.busy():
        desk.get_going()
    answered = Counter(call.status for call in desk.calls)
    assert answered[0] >= 3, answered
    desk.check()
