"""A server that is killed in the middle of a burst of calls: what it has answered is there, and the rest is whole or not at all."""

import random
import time
from collections import Counter

import pytest

from tests.races.desks import KillableDesk

pytestmark = pytest.mark.services


def test_it_has_kept_what_it_answered_and_does_the_rest_once(desk: KillableDesk) -> None:
    for _ in range(3):
        with desk.busy():
            time.sleep(random.uniform(0.5, 1.5))
            desk.kill()
        desk.start()
    with desk.busy():
        time.sleep(0.5)
    answered = Counter((call.what, call.status) for call in desk.calls)
    assert min(answered["request", 201], answered["form", 201], answered["note", 200]) >= 5, answered
    assert sum(number for (_, status), number in answered.items() if status == 0) >= 3, answered
    desk.check()
