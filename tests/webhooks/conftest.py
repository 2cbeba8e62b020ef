"""A receiver, and names that lead where a test wants them to."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.webhooks.receiver import Receiver, running

Names = Callable[..., None]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    yield from running()


@pytest.fixture
def closed_network(settings) -> None:
    """A network of the operator's own, in which webhooks may go anywhere."""
    settings.WEBHOOK_ALLOW_PRIVATE = True


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Give `names(host=[addresses], …)`: a name server's answers, in place of the real one's.

    Addresses stand for themselves.
    """
    known: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in known:
            return real(host, port, *args, **kwargs)
        return [one for address in known[host] for one in real(address, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    def answer(**hosts: list[str]) -> None:
        known.update({host.replace("_", "."): addresses for host, addresses in hosts.items()})

    return answer
