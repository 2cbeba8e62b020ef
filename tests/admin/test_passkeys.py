"""Passkeys in the console: after the password, on the page of the second factor, and step-up."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from gasutil.access import Actor
from gasutil.identity.sessions import CONFIRMED_AT
from gasutil.models import AuthenticatorApp, Passkey, RecoveryCode, SecurityEvent, User
from gasutil.workflow.passkeys import start_app
from tests.support.console import QUEUE, Browser, page
from tests.support.passkeys import SITE, Authenticator, add_passkey
from tests.support.people import PASSWORD
from tests.support.second_factor import Phone, enrol

NAMES = ("login", "login_code", "second_factor", "passkey_options")
LOGIN, CODE, PAGE, OPTIONS = (reverse(f"admin:{name}") for name in NAMES)
HTMX = {"HX-Request": "true"}
SENT = {"_form_submitted": "on"}


@pytest.fixture(autouse=True)
def site(settings: Settings) -> Settings:
    settings.SITE_URL = SITE
    return settings


def enter_password(client: Client, user: User) -> str:
    """Send the password, and return the address of the page that asks for the second factor."""
    form = {"username": user.username, "password": PASSWORD}
    return str(client.post(f"{LOGIN}?next={QUEUE}", form).headers["Location"])


def signed(client: Client, device: Authenticator) -> str:
    """Ask for a challenge, and sign it."""
    return device.sign(client.post(OPTIONS).json())


def later(client: Browser) -> Browser:
    """Make the confirmation of a session older than it is valid for."""
    session = client.session
    session[CONFIRMED_AT] -= 11 * 60
    session.save()
    return client


def asks(answer: Any) -> bool:
    return b'name="_step_up"' in answer.content


def options_on(content: bytes) -> dict[str, Any]:
    """Return the options of a registration that are on a page."""
    text = re.search(r'data-passkey-create="([^"]*)"', content.decode())
    assert text
    return dict(json.loads(unescape(text[1])))


# --- Logging in


def test_it_works(support: User, client: Client) -> None:
    device, _codes = add_passkey(support)
    path = enter_password(client, support)
    shown = client.get(path).content
    assert b"Use a passkey" in shown
    assert b"Recovery code" in shown
    answer = client.post(path, {"passkey": signed(client, device), "otp": ""})
    assert (answer.status_code, answer.headers["Location"]) == (302, QUEUE)
    assert client.get(QUEUE).status_code == 200


def test_a_recovery_code_works_without_a_script(support: User, client: Client) -> None:
    _device, codes = add_passkey(support)
    path = enter_password(client, support)
    assert client.post(path, {"otp": codes[0]}).status_code == 302
    assert client.get(QUEUE).status_code == 200


def test_a_code_works_beside_it(support: User, client: Client) -> None:
    phone, _codes = enrol(support)
    add_passkey(support)
    path = enter_password(client, support)
    assert b"Code of your authenticator app" in client.get(path).content
    assert client.post(path, {"otp": phone.code()}).status_code == 302


def test_a_passkey_that_is_not_valid_says_so_and_can_be_tried_again(
    support: User, client: Client
) -> None:
    device, _codes = add_passkey(support)
    path = enter_password(client, support)
    foreign = Authenticator().sign(client.post(OPTIONS).json())
    answer = client.post(path, {"passkey": foreign})
    assert answer.status_code == 422
    assert b"This passkey was not accepted." in answer.content
    assert client.get(QUEUE).status_code == 302
    assert client.post(path, {"passkey": signed(client, device)}).status_code == 302


def test_the_passkey_alone_opens_nothing(support: User, client: Client) -> None:
    add_passkey(support)
    assert client.post(OPTIONS).status_code == 403
    assert client.post(CODE, {"passkey": "{}"}).headers["Location"] == LOGIN


def test_a_signature_works_in_its_session_alone(support: User, client: Client) -> None:
    device, _codes = add_passkey(support)
    enter_password(client, support)
    taken = signed(client, device)
    other = Client()
    path = enter_password(other, support)
    other.post(OPTIONS)
    assert other.post(path, {"passkey": taken}).status_code == 422


def test_guessing_is_limited(support: User, client: Client, settings: Settings) -> None:
    settings.SECOND_FACTOR_LIMIT = 2
    device, codes = add_passkey(support)
    path = enter_password(client, support)
    for _number in range(2):
        client.post(path, {"passkey": "{}"})
    assert client.post(path, {"passkey": signed(client, device)}).status_code == 422
    assert client.post(path, {"otp": codes[0]}).status_code == 422


def test_those_without_one_are_not_offered_it(support: User, client: Client) -> None:
    enrol(support)
    assert b"Use a passkey" not in client.get(enter_password(client, support)).content


def test_options_are_for_post_with_a_token(support: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(support)
    assert client.get(OPTIONS).status_code == 405
    assert client.post(OPTIONS).status_code == 403


# --- The page


def test_one_is_added_on_the_page(support: User, console: Any) -> None:
    client = console(support)
    assert b"Add a passkey" in client.get(PAGE).content
    form = {"action": "start-passkey", "name": "My <phone>", "password": PASSWORD}
    started = client.post(PAGE, form)
    form = {"action": "confirm-passkey", "name": "My <phone>"}
    created = Authenticator().create(options_on(started.content))
    done = client.post(PAGE, form | {"passkey": created})
    assert len(re.findall(r"<li><code>", done.content.decode())) == 10
    shown = client.get(PAGE).content.decode()
    assert "My &lt;phone&gt;" in shown
    assert "not used yet" in shown
    assert "10 recovery codes are left" in shown


def test_a_wrong_password_or_name_starts_nothing(support: User, console: Any) -> None:
    client = console(support)
    for form in ({"name": "Key", "password": "wrong"}, {"name": "", "password": PASSWORD}):
        answer = client.post(PAGE, form | {"action": "start-passkey"})
        assert answer.status_code == 422
        assert b"data-passkey-create" not in answer.content


def test_what_the_browser_returns_is_checked(support: User, console: Any) -> None:
    client = console(support)
    client.post(PAGE, {"action": "start-passkey", "name": "Key", "password": PASSWORD})
    form = {"action": "confirm-passkey", "name": "Key", "passkey": "{}"}
    answer = client.post(PAGE, form)
    assert answer.status_code == 422
    assert b"The passkey could not be added. Start again." in answer.content
    assert not Passkey.objects.exists()


@pytest.mark.parametrize("action", ["start", "start-passkey", "remove-passkey", "renew-own"])
def test_changes_ask_again_for_the_second_factor(action: str, support: User, console: Any) -> None:
    device, _codes = add_passkey(support)
    client = later(console(support))
    before = set(RecoveryCode.objects.values_list("digest", flat=True))
    form = {"action": action, "name": "Key", "pk": str(Passkey.objects.get().pk)}
    assert asks(client.post(PAGE, form))
    assert Passkey.objects.exists()
    assert not AuthenticatorApp.objects.exists()
    assert set(RecoveryCode.objects.values_list("digest", flat=True)) == before
    answer = client.post(PAGE, form | {"_step_up_passkey": signed(client, device)})
    assert answer.status_code == 200
    assert not asks(answer)
    done = {
        "start": AuthenticatorApp.objects.exists(),
        "start-passkey": b"data-passkey-create" in answer.content,
        "remove-passkey": not Passkey.objects.exists(),
        "renew-own": answer.content.count(b"<li><code>") == 10,
    }
    assert done[action]


def test_a_setup_that_was_left_shows_its_secret_after_the_factor_alone(
    support: User, console: Any
) -> None:
    add_passkey(support)
    start_app(actor=Actor(support))
    answer = later(console(support)).post(PAGE, {"action": "confirm", "otp": "000000"})
    assert asks(answer)
    assert b'class="secret"' not in answer.content


def test_one_is_removed_on_the_page(support: User, console: Any) -> None:
    add_passkey(support)
    client = console(support)
    form = {"action": "remove-passkey", "pk": str(Passkey.objects.get().pk)}
    assert b"Passkey removed." in client.post(PAGE, form).content
    assert not User.objects.get(pk=support.pk).has_second_factor


@pytest.mark.parametrize("pk", ["", "x", "0", "9" * 30])
def test_an_unknown_one_is_not_removed(pk: str, support: User, console: Any) -> None:
    add_passkey(support)
    answer = console(support).post(PAGE, {"action": "remove-passkey", "pk": pk})
    assert answer.status_code in (404, 422)
    assert Passkey.objects.exists()


def test_the_last_of_a_role_that_needs_one_has_no_button(
    support: User, console: Any, settings: Settings
) -> None:
    settings.SECOND_FACTOR_ROLES = ["support"]
    add_passkey(support)
    client = console(support)
    assert b"Remove the passkey" not in client.get(PAGE).content
    form = {"action": "remove-passkey", "pk": str(Passkey.objects.get().pk)}
    assert client.post(PAGE, form).status_code == 422
    add_passkey(support, name="Key")
    assert client.get(PAGE).content.count(b"Remove the passkey") == 2


def test_an_app_is_added_beside_it(support: User, console: Any) -> None:
    add_passkey(support)
    client = console(support)
    shown = client.post(PAGE, {"action": "start"}).content.decode()
    secret = re.search(r'class="secret">([A-Z2-7]+)<', shown)
    assert secret
    done = client.post(PAGE, {"action": "confirm", "otp": Phone(secret[1]).code()})
    assert b"Authenticator app added." in done.content
    assert b"Remove authenticator app" in done.content


def test_an_address_without_a_name_offers_none(
    support: User, console: Any, settings: Settings
) -> None:
    settings.SITE_URL = "http://127.0.0.1:8000"
    assert b"asskey" not in client_text(console(support).get(PAGE))


def client_text(answer: Any) -> bytes:
    """Return what a page shows, without the names of scripts."""
    return re.sub(rb"<script.*?</script>", b"", answer.content, flags=re.DOTALL)


# --- Step-up


def test_a_passkey_confirms_who_the_user_is(manager: User, pending: User, console: Any) -> None:
    device, _codes = add_passkey(manager)
    client = later(console(manager))
    key = client.session.session_key
    prompt = client.post(page(pending, "reject"), SENT, headers=HTMX)
    assert b"Use a passkey" in prompt.content
    sent = SENT | {"_step_up": "", "_step_up_passkey": signed(client, device)}
    done = client.post(page(pending, "reject"), sent, headers=HTMX)
    assert "HX-Redirect" in done.headers
    assert client.session.session_key != key
    events = SecurityEvent.objects.filter(event="second_factor").order_by("-id")
    assert [event.details["reason"] for event in events[:2]] == ["step-up", "passkey"]


def test_another_passkey_does_not(manager: User, pending: User, console: Any) -> None:
    add_passkey(manager)
    client = later(console(manager))
    sent = SENT | {"_step_up_passkey": signed(client, Authenticator())}
    answer = client.post(page(pending, "reject"), sent, headers=HTMX)
    assert asks(answer)
    assert b"This passkey was not accepted." in answer.content
    assert b"webauthn" not in answer.content
    assert User.objects.get(pk=pending.pk).is_active


def test_a_passkey_is_no_password(manager: User, pending: User, console: Any) -> None:
    client = later(console(manager))
    for sent in ({"_step_up_passkey": "{}"}, {"_step_up_passkey": PASSWORD}):
        assert asks(client.post(page(pending, "reject"), SENT | sent, headers=HTMX))
    assert User.objects.get(pk=pending.pk).is_active


# --- A lost passkey


def test_a_manager_removes_a_lost_one(support: User, manager: User, console: Any) -> None:
    add_passkey(support)
    account = f"/admin/gasutil/user/{support.pk}"
    console(manager).post(f"{account}/reset-second-factor/", SENT, headers=HTMX)
    assert not Passkey.objects.exists()
    assert not User.objects.get(pk=support.pk).has_second_factor
