"""The client that a request came from."""

import unicodedata
from ipaddress import ip_address
from typing import NamedTuple

from django.http import HttpRequest

from gasutil.models.logins import USER_AGENT_LENGTH


class Client(NamedTuple):
    """The address and the program that sent a request."""

    ip: str | None
    user_agent: str


def client_of(request: HttpRequest | None) -> Client:
    """Return the client of a request; without a request, a client of which nothing is known."""
    if request is None:
        return Client(None, "")
    return Client(
        valid_ip(request.META.get("REMOTE_ADDR", "")),
        one_line(request.headers.get("User-Agent", ""), USER_AGENT_LENGTH),
    )


def valid_ip(text: str) -> str | None:
    """Return an IP address in its usual form.

    None for anything else, such as the empty text of a Unix socket.
    """
    try:
        return str(ip_address(text.partition("%")[0]))  # PostgreSQL knows no zones
    except ValueError:
        return None


def one_line(text: str, length: int) -> str:
    """Return the beginning of a text as one line that is safe to print.

    Characters that control a terminal, break a line or change the direction are left out.
    """
    return "".join(
        char
        for char in text[: 4 * length]
        if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    )[:length]
