"""A receiver of webhooks, and the addresses of host names."""

from collections.abc import Iterator

import pytest

from tests.support.webhook_receiver import Receiver, running


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    yield from running()


@pytest.fixture
def closed_network(settings) -> None:
    """A network of the operator's own, in which webhooks may go anywhere."""
    settings.WEBHOOK_ALLOW_PRIVATE = True
