"""A passkey is accepted for the right site, user, challenge and counter, and for nothing else."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.backends.base import SessionBase as Session
from django.contrib.sessions.backends.cache import SessionStore
from pytest_django import Settings
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from gasutil.errors import Invalid, SecondFactorRequired, TooManyAttempts
from gasutil.identity import passkeys
from gasutil.models import Passkey, SecurityEvent, User
from tests.support.passkeys import PRESENT, SITE, VERIFIED, Authenticator, add_passkey, authenticate

OTHER_USES = {"type": "webauthn.create"}, {"type": "payment.get"}
NO_CREDENTIALS = [
    *("", "null", "[]", "{}", "{", '"text"', "\0", '{"id": 7}', '{"id": null, "response": []}'),
    *('{"id": "\\u0000"}', '{"id": "\\ud800"}', "[" * 10_000, " " * 30_000),
]


@pytest.fixture(autouse=True)
def site(settings: Settings) -> Settings:
    settings.SITE_URL = SITE
    return settings


@pytest.fixture
def session() -> Session:
    return SessionStore()


def log() -> list[tuple[str, str]]:
    """Return the outcomes and reasons of the security log, from the first passkey that was used."""
    rows = SecurityEvent.objects.filter(event="second_factor").order_by("id")
    return [(row.outcome, row.details.get("reason", "")) for row in rows][1:]


def rejects(session: Session, user: User, credential: str) -> bool:
    with pytest.raises(SecondFactorRequired) as error:
        passkeys.require_passkey(session, user, credential)
    return error.value.message == "This passkey was not accepted. Try again, or enter a code."


def with_response(credential: str, change: Callable[[dict[str, Any]], Any]) -> str:
    sent = json.loads(credential)
    change(sent)
    return json.dumps(sent)


# --- Using one


def test_it_works(support: User) -> None:
    device, _codes = add_passkey(support)
    authenticate(support, device)
    passkey = Passkey.objects.get()
    assert passkey.sign_count == device.count == 2
    assert passkey.last_used_at is not None
    assert log() == [("success", "passkey")]


def test_the_browser_is_given_the_users_passkeys_and_the_host(
    support: User, colleague: User, session: Session
) -> None:
    device, _codes = add_passkey(support)
    add_passkey(colleague)
    options = passkeys.authentication_options(session, support)
    assert (options["rpId"], options["userVerification"]) == ("desk.example.com", "preferred")
    assert options["allowCredentials"] == [
        {
            "id": bytes_to_base64url(device.credential_id),
            "type": "public-key",
            "transports": ["usb"],
        }
    ]


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://desk.example.com",
        "https://desk.example.com:8443",
        "https://desk.example.com.evil.example",
        "",
    ],
)
def test_another_origin_is_rejected(origin: str, support: User, session: Session) -> None:
    device, _codes = add_passkey(support)
    options = passkeys.authentication_options(session, support)
    assert rejects(session, support, device.sign(options, origin=origin))
    assert log() == [("failure", "passkey rejected")]


def test_another_host_is_rejected(support: User, session: Session) -> None:
    device, _codes = add_passkey(support)
    options = passkeys.authentication_options(session, support)
    assert rejects(session, support, device.sign(options | {"rpId": "example.com"}))


def test_another_challenge_is_rejected(support: User, session: Session) -> None:
    device, _codes = add_passkey(support)
    options = passkeys.authentication_options(session, support)
    assert rejects(session, support, device.sign(options, challenge=bytes_to_base64url(b"0" * 64)))


def test_a_challenge_is_used_once(support: User, session: Session) -> None:
    device, _codes = add_passkey(support, Authenticator(count=0))
    signed = device.sign(passkeys.authentication_options(session, support))
    passkeys.require_passkey(session, support, signed)
    assert rejects(session, support, signed)


def test_a_failure_uses_the_challenge_up(support: User, session: Session) -> None:
    device, _codes = add_passkey(support)
    signed = device.sign(passkeys.authentication_options(session, support))
    assert rejects(session, support, "{}")
    assert rejects(session, support, signed)


def test_a_challenge_expires(support: User, session: Session) -> None:
    device, _codes = add_passkey(support)
    signed = device.sign(passkeys.authentication_options(session, support))
    stored = session[passkeys.AUTHENTICATING]
    session[passkeys.AUTHENTICATING] = stored | {"at": stored["at"] - 5 * 60 - 1}
    assert rejects(session, support, signed)


def test_the_challenge_of_another_user_or_session_is_rejected(
    support: User, colleague: User, session: Session
) -> None:
    device, _codes = add_passkey(support)
    signed = device.sign(passkeys.authentication_options(session, support))
    assert rejects(SessionStore(), support, signed)
    passkeys.authentication_options(session, colleague)
    assert rejects(session, support, signed)


def test_the_passkey_of_another_user_is_rejected(
    support: User, colleague: User, session: Session
) -> None:
    add_passkey(support)
    device, _codes = add_passkey(colleague)
    options = passkeys.authentication_options(session, support)
    assert rejects(session, support, device.sign(options))


def test_an_unknown_passkey_is_rejected(support: User, session: Session) -> None:
    add_passkey(support)
    options = passkeys.authentication_options(session, support)
    assert rejects(session, support, Authenticator().sign(options))


def test_another_key_is_rejected(support: User, session: Session) -> None:
    device, _codes = add_passkey(support)
    forger = Authenticator(count=5)
    forger.credential_id = device.credential_id
    options = passkeys.authentication_options(session, support)
    assert rejects(session, support, forger.sign(options))
    assert Passkey.objects.get().sign_count == 1


@pytest.mark.parametrize("changed", OTHER_USES)
def test_what_was_signed_for_another_use_is_rejected(
    changed: dict[str, str], support: User, session: Session
) -> None:
    device, _codes = add_passkey(support)
    options = passkeys.authentication_options(session, support)
    assert rejects(session, support, device.sign(options, **changed))


@pytest.mark.parametrize("count", [0, 6, 7])
def test_a_counter_that_does_not_rise_is_rejected_and_logged(
    count: int, support: User, session: Session
) -> None:
    device, _codes = add_passkey(support, Authenticator(count=7))
    device.count = max(count - 1, 0)
    options = passkeys.authentication_options(session, support)
    assert rejects(session, support, device.sign(options))
    assert log() == [("failure", "passkey counter not higher")]
    assert Passkey.objects.get().sign_count == 7


def test_a_counter_counts_only_under_a_valid_signature(support: User, session: Session) -> None:
    device, _codes = add_passkey(support, Authenticator(count=7))
    forger = Authenticator(count=2)
    forger.credential_id = device.credential_id
    assert rejects(session, support, forger.sign(passkeys.authentication_options(session, support)))
    assert log() == [("failure", "passkey rejected")]


def test_a_passkey_without_a_counter_works_again_and_again(support: User) -> None:
    device, _codes = add_passkey(support, Authenticator(count=0))
    authenticate(support, device)
    authenticate(support, device)
    assert Passkey.objects.get().sign_count == 0


@pytest.mark.parametrize(
    ("flags", "is_accepted"),
    [(PRESENT, True), (PRESENT | VERIFIED, True), (VERIFIED, False), (0, False)],
)
def test_the_user_must_be_present_and_may_be_verified(
    flags: int, is_accepted: bool, support: User, session: Session
) -> None:
    device, _codes = add_passkey(support)
    device.flags = flags
    signed = device.sign(passkeys.authentication_options(session, support))
    if is_accepted:
        passkeys.require_passkey(session, support, signed)
    else:
        assert rejects(session, support, signed)


@pytest.mark.parametrize("credential", NO_CREDENTIALS)
def test_anything_else_is_rejected(credential: str, support: User, session: Session) -> None:
    add_passkey(support)
    passkeys.authentication_options(session, support)
    assert rejects(session, support, credential)


@pytest.mark.parametrize("name", ["clientDataJSON", "authenticatorData", "signature"])
@pytest.mark.parametrize("value", [None, 7, "", "AAAA", "!", "_" * 200, [], {"x": 1}])
def test_a_part_that_is_wrong_is_rejected(
    name: str, value: Any, support: User, session: Session
) -> None:
    device, _codes = add_passkey(support)
    signed = device.sign(passkeys.authentication_options(session, support))

    def spoil(sent: dict[str, Any]) -> None:
        sent["response"][name] = value

    assert rejects(session, support, with_response(signed, spoil))


def test_attempts_count_towards_the_limit_of_codes(
    support: User, session: Session, settings: Settings
) -> None:
    settings.SECOND_FACTOR_LIMIT = 2
    device, _codes = add_passkey(support)
    for _number in range(2):
        assert rejects(session, support, "{}")
    signed = device.sign(passkeys.authentication_options(session, support))
    with pytest.raises(TooManyAttempts):
        passkeys.require_passkey(session, support, signed)


def test_a_success_is_forgiven(support: User, settings: Settings) -> None:
    settings.SECOND_FACTOR_LIMIT = 2
    device, _codes = add_passkey(support)
    for _number in range(3):
        authenticate(support, device)


# --- Creating one


def test_the_browser_is_asked_for_a_new_passkey_of_the_account(
    support: User, session: Session
) -> None:
    device, _codes = add_passkey(support)
    options = passkeys.registration_options(session, support)
    assert options["rp"]["id"] == "desk.example.com"
    assert options["user"]["name"] == support.username
    assert options["attestation"] == "none"
    assert options["authenticatorSelection"]["userVerification"] == "preferred"
    excluded = [base64url_to_bytes(known["id"]) for known in options["excludeCredentials"]]
    assert excluded == [device.credential_id]


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "https://evil.example"},
        {"challenge": bytes_to_base64url(b"0" * 64)},
        {"type": "webauthn.get"},
    ],
)
def test_a_new_passkey_of_another_site_or_challenge_is_rejected(
    changed: dict[str, str], support: User, session: Session
) -> None:
    created = Authenticator().create(passkeys.registration_options(session, support), **changed)
    with pytest.raises(Invalid):
        passkeys.verify_registration(session, support, created)


@pytest.mark.parametrize("flags", [0, VERIFIED])
def test_a_new_passkey_needs_a_user_who_is_present(
    flags: int, support: User, session: Session
) -> None:
    device = Authenticator(flags=flags)
    created = device.create(passkeys.registration_options(session, support))
    with pytest.raises(Invalid):
        passkeys.verify_registration(session, support, created)


def test_a_registration_is_for_one_use_and_one_user(
    support: User, colleague: User, session: Session
) -> None:
    created = Authenticator().create(passkeys.registration_options(session, support))
    passkeys.verify_registration(session, support, created)
    with pytest.raises(Invalid):
        passkeys.verify_registration(session, support, created)
    created = Authenticator().create(passkeys.registration_options(session, support))
    with pytest.raises(Invalid):
        passkeys.verify_registration(session, colleague, created)


def test_a_registration_expires(support: User, session: Session) -> None:
    created = Authenticator().create(passkeys.registration_options(session, support))
    stored = session[passkeys.REGISTERING]
    session[passkeys.REGISTERING] = stored | {"at": stored["at"] - 5 * 60 - 1}
    with pytest.raises(Invalid):
        passkeys.verify_registration(session, support, created)


def test_a_challenge_of_a_login_creates_nothing(support: User, session: Session) -> None:
    options = passkeys.registration_options(SessionStore(), support)
    challenge = passkeys.authentication_options(session, support)["challenge"]
    created = Authenticator().create(options, challenge=challenge)
    with pytest.raises(Invalid):
        passkeys.verify_registration(session, support, created)


@pytest.mark.parametrize("credential", NO_CREDENTIALS)
def test_no_new_passkey_is_made_of_anything_else(
    credential: str, support: User, session: Session
) -> None:
    passkeys.registration_options(session, support)
    with pytest.raises(Invalid):
        passkeys.verify_registration(session, support, credential)


@pytest.mark.parametrize(
    "value", [None, 7, "", "AAAA", "_" * 200, bytes_to_base64url(b"\x81" * 9000)]
)
def test_a_broken_attestation_is_rejected(value: Any, support: User, session: Session) -> None:
    created = Authenticator().create(passkeys.registration_options(session, support))

    def spoil(sent: dict[str, Any]) -> None:
        sent["response"]["attestationObject"] = value

    with pytest.raises(Invalid):
        passkeys.verify_registration(session, support, with_response(created, spoil))


@pytest.mark.parametrize(
    ("sent", "stored"),
    [(["usb", "x", {}], ["usb"]), ("usb", []), (None, []), ([["usb"]], []), ({"usb": 1}, [])],
)
def test_only_known_transports_are_stored(sent: Any, stored: list[str]) -> None:
    assert (
        passkeys.transports_of(json.dumps({"id": "x", "response": {"transports": sent}})) == stored
    )


@pytest.mark.parametrize(
    ("url", "is_offered"),
    [
        ("https://desk.example.com", True),
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
    ],
)
def test_addresses_without_a_name_have_no_passkeys(
    url: str, is_offered: bool, site: Settings
) -> None:
    site.SITE_URL = url
    assert passkeys.is_offered() == is_offered


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://desk.example.com:443", "https://desk.example.com"),
        ("https://Desk.Example.com/desk", "https://desk.example.com"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_the_origin_is_written_as_browsers_do(
    url: str, origin: str, site: Settings, support: User, session: Session
) -> None:
    site.SITE_URL = url
    options = passkeys.registration_options(session, support)
    created = Authenticator().create(options, origin=origin)
    assert passkeys.verify_registration(session, support, created).sign_count == 1
