"""Checks of `manage.py check --deploy`.

They reject settings that are dangerous on a real installation.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import transaction
from django.http.request import split_domain_port, validate_host

NOT_SENT = frozenset(
    f"django.core.mail.backends.{name}.EmailBackend"
    for name in ("console", "dummy", "filebased", "locmem")
)


@register(Tags.security, deploy=True)
def check_that_support_is_approved(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Reject `SUPPORT_AUTO_APPROVE`, which gives any stranger access to all requests."""
    if not settings.SUPPORT_AUTO_APPROVE:
        return []
    hint = "Unset SUPPORT_AUTO_APPROVE: it is for demonstrations only."
    return [
        Error(
            "Support accounts are approved without review.",
            hint=hint,
            id="gasutil.E001",
        )
    ]


@register()
def check_that_alarms_reach_someone(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn where no one can be notified of an escalation.

    Without a migrated database there is nothing to say yet.
    """
    from gasutil.notify import alarms  # models are not loaded when this module is

    try:
        with transaction.atomic():
            if alarms.receivers().exists():
                return []
    except Exception:  # `check` also runs before the database exists
        return []
    hint = (
        "Give an active account with an email address the permission to receive escalations, or add"
        " an email address to an administrator."
    )
    return [
        checks.Warning("No one can be notified of an escalation.", hint=hint, id="gasutil.W001")
    ]


@register(Tags.security, deploy=True)
def check_that_mail_is_sent(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Reject an `EMAIL_URL` that sends nothing.

    With it, alarms reach no one, and a log or folder holds the links to new passwords.
    """
    if settings.SANDBOX or settings.EMAIL_BACKEND not in NOT_SENT:
        return []
    hint = "Set EMAIL_URL to a mail server (submission:// or smtp://), or set EMAIL_PROVIDER."
    return [Error("No email is sent.", hint=hint, id="gasutil.E002")]


@register(Tags.security, deploy=True)
def check_that_it_is_no_sandbox(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report that `SANDBOX` is on.

    A copy of an installation has it on, so this is neither an error nor a warning.
    """
    if not settings.SANDBOX:
        return []
    hint = (
        "Unset SANDBOX on the installation that customers use: emergencies there must reach"
        " someone."
    )
    return [
        checks.Info(
            "SANDBOX is on: no email, webhook or alarm is sent.", hint=hint, id="gasutil.I001"
        )
    ]


@register(Tags.security, deploy=True)
def check_that_processes_share_a_cache(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Reject several processes without Redis.

    Each would count failed logins and other limits on its own.
    """
    if settings.WEB_WORKERS == 1 or settings.REDIS_URL:
        return []
    hint = "Set REDIS_URL, or run one process and set WEB_WORKERS=1."
    return [
        Error(
            "Several processes run without a shared cache, so rate limits do not work.",
            hint=hint,
            id="gasutil.E003",
        )
    ]


@register(Tags.security, deploy=True)
def check_hosts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Reject `ALLOWED_HOSTS` that allow every host, or not the host of `SITE_URL`."""
    errors: list[CheckMessage] = []
    if "*" in settings.ALLOWED_HOSTS:
        hint = "List the host names in ALLOWED_HOSTS."
        errors.append(Error("The server accepts any host name.", hint=hint, id="gasutil.E004"))
    host, _ = split_domain_port(urlsplit(settings.SITE_URL).netloc)
    if not validate_host(host, settings.ALLOWED_HOSTS):
        hint = "Add the host of SITE_URL to ALLOWED_HOSTS."
        errors.append(
            Error("The server does not accept the host of SITE_URL.", hint=hint, id="gasutil.E005")
        )
    return errors


@register(Tags.security, deploy=True)
def check_the_emergency_number(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Reject the default emergency number: every safety text tells customers to call it."""
    if not settings.EMERGENCY_NUMBER_IS_DEFAULT:
        return []
    hint = "Set EMERGENCY_NUMBER to the number that people who smell gas call."
    return [Error("The emergency number is not set.", hint=hint, id="gasutil.E006")]


@register(Tags.security, deploy=True)
def check_that_safety_texts_are_approved(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn where customers see safety texts that no one has approved."""
    if settings.SAFETY_APPROVAL:
        return []
    hint = "Unset SAFETY_APPROVAL, or set it to true: false is for demonstrations."
    return [
        checks.Warning("Safety texts are shown without approval.", hint=hint, id="gasutil.W002")
    ]


@register()
def check_the_timestamp_authority(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Reject a time-stamp authority without the root certificates that its stamps need."""
    from gasutil.proof import timestamps  # models are not loaded when this module is

    if not settings.TIMESTAMP_URL:
        return []
    try:
        timestamps.trusted_roots()
    except timestamps.InvalidTimestamp as error:
        hint = f"Set TIMESTAMP_CA_FILE to the root certificates of the authority. {error}"
        return [Error("Time stamps can't be checked.", hint=hint, id="gasutil.E007")]
    return []
