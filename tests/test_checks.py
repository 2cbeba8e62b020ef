from django.core.checks import run_checks
from pytest_django import Settings


def of_ours() -> list[str]:
    return [message.id or "" for message in run_checks(include_deployment_checks=True) if (message.id or "").startswith("gasutil.")]


def test_it_is_content_with_the_defaults() -> None:
    assert of_ours() == []


def test_it_refuses_to_deploy_with_automatic_approval(settings: Settings) -> None:
    settings.SUPPORT_AUTO_APPROVE = True
    assert of_ours() == ["gasutil.E001"]
