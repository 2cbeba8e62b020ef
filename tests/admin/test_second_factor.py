"""The second factor in the console: its code after the password, its page, and who needs one."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from gasutil.groups import ADMINISTRATORS, AUDITORS
from gasutil.identity.second_factor import is_required
from gasutil.models import ConsoleSession, User
from tests.support.people import PASSWORD, make_role
from tests.support.second_factor import Phone, enrol

LOGIN, CODE, PAGE = (reverse(f"admin:{name}") for name in ("login", "login_code", "second_factor"))
QUEUE = "/admin/gasutil/servicerequest/"


def log_in(client: Client, user: User, page: str = QUEUE):
    return client.post(f"{LOGIN}?next={page}", {"username": user.username, "password": PASSWORD})


# --- Logging in


def test_the_password_alone_opens_nothing(support: User, client: Client) -> None:
    enrol(support)
    answer = log_in(client, support)
    assert answer.headers["Location"] == f"{CODE}?next=%2Fadmin%2Fgasutil%2Fservicerequest%2F"
    assert client.get(QUEUE).status_code == 302
    assert not ConsoleSession.objects.exists()


def test_the_code_logs_in_and_opens_the_page_asked_for(support: User, client: Client) -> None:
    phone, _codes = enrol(support)
    page = log_in(client, support).headers["Location"]
    assert b"Code of your authenticator app" in client.get(page).content
    answer = client.post(page, {"otp": phone.code()})
    assert (answer.status_code, answer.headers["Location"]) == (302, QUEUE)
    assert client.get(QUEUE).status_code == 200


def test_a_recovery_code_logs_in(support: User, client: Client) -> None:
    _phone, codes = enrol(support)
    page = log_in(client, support).headers["Location"]
    assert client.post(page, {"otp": codes[3]}).status_code == 302
    assert client.get(QUEUE).status_code == 200


@pytest.mark.parametrize("otp", ["", "000000", "abc"])
def test_a_wrong_code_says_so_and_can_be_tried_again(
    otp: str, support: User, client: Client
) -> None:
    phone, _codes = enrol(support)
    page = log_in(client, support).headers["Location"]
    answer = client.post(page, {"otp": otp})
    assert answer.status_code == 422
    assert b'role="alert"' in answer.content
    assert client.post(page, {"otp": phone.code()}).status_code == 302


def test_guessing_is_limited(support: User, client: Client, settings: Settings) -> None:
    settings.SECOND_FACTOR_LIMIT = 2
    phone, _codes = enrol(support)
    page = log_in(client, support).headers["Location"]
    for _number in range(2):
        client.post(page, {"otp": "000000"})
    assert client.post(page, {"otp": phone.code()}).status_code == 422


def test_a_link_to_another_site_is_not_followed(support: User, client: Client) -> None:
    phone, _codes = enrol(support)
    page = log_in(client, support, "https://evil.example/").headers["Location"]
    assert client.post(page, {"otp": phone.code()}).headers["Location"] == reverse("admin:index")


def test_the_page_of_the_code_leads_back_without_a_password(client: Client, db: None) -> None:
    for answer in (client.get(CODE), client.post(CODE, {"otp": "000000"})):
        assert answer.headers["Location"] == LOGIN


def test_the_wait_for_the_code_ends(support: User, client: Client) -> None:
    phone, _codes = enrol(support)
    log_in(client, support)
    session = client.session
    session["second-factor"] = {**session["second-factor"], "at": 0}
    session.save()
    assert client.post(CODE, {"otp": phone.code()}).headers["Location"] == LOGIN
    assert client.get(QUEUE).status_code == 302


def test_another_login_ends_the_wait_for_the_code(
    support: User, colleague: User, client: Client
) -> None:
    enrol(support)
    log_in(client, support)
    assert log_in(client, colleague).headers["Location"] == QUEUE


def test_customers_are_still_rejected_at_once(customer: User, client: Client) -> None:
    enrol(customer)
    assert b"for support staff" in log_in(client, customer).content


# --- The page


def test_it_is_set_up_on_the_page(support: User, console) -> None:
    client = console(support)
    assert b"Protect your account" in client.get(PAGE).content
    shown = client.post(PAGE, {"action": "start", "password": PASSWORD}).content.decode()
    assert "<svg" in shown
    secret = re.search(r'class="secret">([A-Z2-7]+)<', shown)
    assert secret
    wrong = client.post(PAGE, {"action": "confirm", "otp": "000000"})
    assert wrong.status_code == 422
    assert secret[1] in wrong.content.decode()
    done = client.post(PAGE, {"action": "confirm", "otp": Phone(secret[1]).code()})
    assert len(re.findall(r"<li><code>", done.content.decode())) == 10
    assert b"10 recovery codes are left" in client.get(PAGE).content


def test_a_wrong_password_starts_nothing(support: User, console) -> None:
    answer = console(support).post(PAGE, {"action": "start", "password": "wrong"})
    assert answer.status_code == 422
    assert b"The password is wrong." in answer.content
    assert b"<svg" not in answer.content.split(b'class="qr"')[-1][:20]


def test_codes_are_renewed_and_it_is_removed_on_the_page(support: User, console) -> None:
    phone, old = enrol(support)
    client = console(support)
    form = {"password": PASSWORD, "otp": phone.code()}
    renewed = client.post(PAGE, {"action": "renew", **form}).content.decode()
    assert old[0] not in renewed
    assert renewed.count("<li><code>") == 10
    client.post(PAGE, {"action": "remove", "password": PASSWORD, "otp": phone.code(steps=1)})
    assert not User.objects.get(pk=support.pk).has_second_factor


# --- Roles that need one


def test_the_banner_says_until_when(manager: User, client: Client, settings: Settings) -> None:
    settings.SECOND_FACTOR_ROLES = ["manager"]
    log_in(client, manager)
    assert b"Your role needs a second factor" in client.get(QUEUE).content


def test_after_the_days_only_its_page_opens(
    manager: User, client: Client, settings: Settings
) -> None:
    settings.SECOND_FACTOR_ROLES, settings.SECOND_FACTOR_DAYS = ["manager"], 0
    log_in(client, manager)
    assert client.get(QUEUE).headers["Location"] == PAGE
    assert client.get(PAGE).status_code == 200
    enrol(manager)
    User.objects.filter(pk=manager.pk).update(enrol_by=None)
    assert client.get(QUEUE).status_code == 200


def test_agents_are_not_kept_out_by_the_rule_for_managers(
    support: User, client: Client, settings: Settings
) -> None:
    settings.SECOND_FACTOR_ROLES, settings.SECOND_FACTOR_DAYS = ["manager"], 0
    User.objects.filter(pk=support.pk).update(enrol_by=timezone.now())
    log_in(client, support)
    assert client.get(QUEUE).status_code == 200


def test_the_rule_for_managers_is_one_for_administrators(settings: Settings, db: None) -> None:
    settings.SECOND_FACTOR_ROLES = ["manager"]
    assert is_required(make_role("administrator", [ADMINISTRATORS]))
    assert not is_required(make_role("auditor", [AUDITORS]))


# --- A lost phone


def test_a_manager_removes_a_lost_one(support: User, manager: User, console) -> None:
    enrol(support)
    client = console(manager)
    account = f"/admin/gasutil/user/{support.pk}"
    assert b"Remove second factor" in client.get(f"{account}/change/").content
    client.post(
        f"{account}/reset-second-factor/",
        {"_form_submitted": "on"},
        headers={"HX-Request": "true"},
    )
    assert not User.objects.get(pk=support.pk).has_second_factor
    assert b"Remove second factor" not in client.get(f"{account}/change/").content


def test_the_command_removes_it(support: User, capsys: pytest.CaptureFixture[str]) -> None:
    enrol(support)
    call_command("reset_second_factor", support.username)
    assert "password alone" in capsys.readouterr().out
    assert not User.objects.get(pk=support.pk).has_second_factor
    for name in (support.username, "unknown"):
        with pytest.raises(CommandError):
            call_command("reset_second_factor", name)
