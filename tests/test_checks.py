import pytest
from django.core import checks
from django.core.checks import run_checks
from pytest_django import Settings


@pytest.fixture(autouse=True)
def sound(settings: Settings) -> None:
    """The settings of a real installation."""
    settings.SITE_URL = "https://desk.example.com"
    settings.ALLOWED_HOSTS = ["desk.example.com"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.REDIS_URL = "redis://redis.example.com"
    settings.EMERGENCY_NUMBER_IS_DEFAULT, settings.SAFETY_APPROVAL = False, True


def of_ours() -> list[str]:
    return [
        message.id or ""
        for message in run_checks(include_deployment_checks=True)
        if (message.id or "").startswith("gasutil.")
    ]


def test_it_accepts_the_settings_of_a_real_installation() -> None:
    assert of_ours() == []


def test_it_rejects_automatic_approval(settings: Settings) -> None:
    settings.SUPPORT_AUTO_APPROVE = True
    assert of_ours() == ["gasutil.E001"]


def test_it_rejects_the_deerror_emergency_number(settings: Settings) -> None:
    settings.EMERGENCY_NUMBER_IS_DEFAULT = True
    assert of_ours() == ["gasutil.E006"]


def test_it_warns_of_safety_texts_without_approval(settings: Settings) -> None:
    settings.SAFETY_APPROVAL = False
    assert of_ours() == ["gasutil.W002"]


@pytest.mark.parametrize("name", ["console", "dummy", "filebased", "locmem"])
def test_it_rejects_mail_that_is_not_sent(name: str, settings: Settings) -> None:
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{name}.EmailBackend"
    assert of_ours() == ["gasutil.E002"]


def test_it_rejects_several_processes_without_a_common_cache(settings: Settings) -> None:
    settings.REDIS_URL = ""
    assert of_ours() == ["gasutil.E003"]
    settings.WEB_WORKERS = 1
    assert of_ours() == []


def test_it_rejects_any_host(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*", "desk.example.com"]
    assert of_ours() == ["gasutil.E004"]


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        ("https://desk.example.com", ["localhost"]),
        ("https://desk.example.com:8443", ["example.com"]),
        ("https://desk.example.com", ["desk.example.com.evil.example"]),
        ("https://desk.example.com", []),
    ],
)
def test_it_rejects_an_address_that_is_no_allowed_host(
    address: str, hosts: list[str], settings: Settings
) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = address, hosts
    assert of_ours() == ["gasutil.E005"]


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        ("https://desk.example.com:8443", ["desk.example.com"]),
        ("https://Desk.Example.com", ["desk.example.com"]),
        ("https://desk.example.com", [".example.com"]),
        ("https://[::1]:8443", ["[::1]"]),
    ],
)
def test_it_accepts_an_address_in_any_form(
    address: str, hosts: list[str], settings: Settings
) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = address, hosts
    assert of_ours() == []


def test_a_sandbox_is_a_message_and_no_error(settings: Settings) -> None:
    settings.SANDBOX, settings.EMAIL_BACKEND = True, "django.core.mail.backends.dummy.EmailBackend"
    assert of_ours() == ["gasutil.I001"]
    (message,) = [
        check for check in run_checks(include_deployment_checks=True) if check.id == "gasutil.I001"
    ]
    assert not message.is_serious(checks.WARNING)
