from pathlib import Path
from unittest.mock import Mock

import pytest
from django.core.management import call_command
from pytest_django import Settings

from gasutil.management.commands import load_demo
from gasutil.models import RequestType, ServiceRequest, User


@pytest.mark.django_db
def test_it_fills_an_empty_installation_and_prints_the_logins(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("prepare")

    logins = [line.split() for line in elsewhere.read_text().splitlines()]
    assert [login[0] for login in logins] == ["administrator", "manager", "support", "customer"]
    shown = capsys.readouterr().out
    for _, username, password in logins:
        assert User.objects.get(username=username).check_password(password)
        assert password in shown
    assert elsewhere.stat().st_mode & 0o777 == 0o600
    assert RequestType.objects.count() == 13
    assert ServiceRequest.objects.count() == 10


@pytest.mark.django_db
def test_it_changes_and_prints_nothing_the_second_time(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    User.objects.create_superuser("boss", "boss@example.com", "Blue-Flame-2026")
    RequestType.objects.filter(code="no_supply").update(name="As the manager named it")

    call_command("prepare")

    assert capsys.readouterr().out == ""
    assert not elsewhere.exists()
    assert User.objects.count() == 1
    assert RequestType.objects.get(code="no_supply").name == "As the manager named it"


@pytest.mark.django_db
def test_it_adds_the_types_that_have_come_with_an_upgrade(elsewhere: Path) -> None:
    RequestType.objects.get(code="no_supply").delete()
    call_command("prepare", no_demo=True)
    assert RequestType.objects.filter(code="no_supply", version__gt=0).exists()


@pytest.mark.django_db
def test_it_takes_the_administrator_from_the_environment(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_USERNAME", "root")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "Given-Password-1")
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "root@example.com")

    call_command("prepare")

    assert User.objects.get(
        username="root", email="root@example.com", is_superuser=True
    ).check_password("Given-Password-1")
    assert "Given-Password-1" not in capsys.readouterr().out + elsewhere.read_text()


@pytest.mark.django_db
def test_it_can_leave_the_demonstration_out(elsewhere: Path) -> None:
    call_command("prepare", no_demo=True)

    assert list(User.objects.values_list("username", flat=True)) == ["admin"]
    assert not ServiceRequest.objects.exists()


@pytest.mark.django_db
def test_every_password_that_it_sets_is_printed(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_demo, "plan_steps", Mock(side_effect=KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        call_command("prepare")

    assert not User.objects.exists()


@pytest.mark.django_db
def test_it_respects_the_domains_and_limits_of_the_installation(
    elsewhere: Path, settings: Settings
) -> None:
    settings.SUPPORT_EMAIL_DOMAINS = ["gasutility.com"]
    settings.SUPPORT_AUTO_APPROVE = True
    settings.REGISTER_LIMIT = 1
    call_command("prepare")

    assert User.objects.get(username="arjun.nair").email == "arjun.nair@gasutility.com"
