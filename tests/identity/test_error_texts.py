"""Texts of errors are translated: the language of the process decides."""

from collections.abc import Callable

import pytest
from django.utils import translation

from gasutil.errors import NotAuthenticated
from gasutil.identity import event_tickets, machine_keys, tokens
from gasutil.identity.tokens import TokenType
from project import bodies

CALLS: dict[str, Callable[[], object]] = {
    "token": lambda: tokens.read_token("x", TokenType.ACCESS),
    "key": lambda: machine_keys.read_key("gsd_x", "127.0.0.1"),
    "ticket": lambda: event_tickets.use_ticket("x", "127.0.0.1"),
    "body": lambda: bodies.require_token(""),
}


def text_of(call: Callable[[], object], language: str) -> str:
    with translation.override(language), pytest.raises(NotAuthenticated) as raised:
        call()
    return str(raised.value)


@pytest.mark.parametrize("name", CALLS)
def test_an_error_is_translated(name: str, db: None) -> None:
    english, hindi = (text_of(CALLS[name], language) for language in ("en", "hi"))
    assert english.isascii() or "…" in english
    with translation.override("hi"):
        assert hindi == translation.gettext(english) != english
