"""Secrets: their format, and how they are stored."""

import base64

import pytest

from gasutil import sealing
from gasutil.sealing import UnreadableSecret


def test_a_secret_is_one_of_standard_webhooks() -> None:
    item, other = sealing.new_secret(), sealing.new_secret()
    assert item != other
    assert item.startswith("whsec_")
    assert len(base64.b64decode(item.removeprefix("whsec_"), validate=True)) == 32


def test_the_stored_value_does_not_reveal_it() -> None:
    secret = sealing.new_secret()
    sealed = sealing.seal(secret)
    assert secret.removeprefix("whsec_") not in sealed
    assert sealing.seal(secret) != sealed
    assert sealing.unseal(sealed) == secret


def test_another_server_key_does_not_open_it(settings) -> None:
    sealed = sealing.seal("whsec_x")
    settings.SECRET_KEY = "another" * 8
    for attempt in (sealing.unseal, sealing.reseal):
        with pytest.raises(UnreadableSecret):
            attempt(sealed)


def test_a_former_server_key_does_until_all_are_sealed_again(settings) -> None:
    sealed = sealing.seal("whsec_x")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 8
    assert sealing.unseal(sealed) == "whsec_x"
    resealed = sealing.reseal(sealed)
    settings.SECRET_KEY_FALLBACKS = []
    assert sealing.unseal(resealed) == "whsec_x"
