"""A sandbox sends nothing by any channel.

Real receivers get nothing; without the sandbox they get everything.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from gasutil.access import Actor
from gasutil.models import (
    Delivery,
    DeliveryChannel,
    DeliveryState,
    Event,
    Notice,
    ServiceRequest,
    User,
    Webhook,
)
from gasutil.notify import alarms, deliveries
from gasutil.notify.links import email_token
from gasutil.notify.tasks import send_password_reset
from gasutil.webhooks import posting
from gasutil.webhooks.posting import Unreachable
from gasutil.workflow import engine, escalation, requests, webhooks
from tests.support.mail_receiver import Receiver as MailServer
from tests.support.mail_receiver import listening
from tests.support.processes import free_port
from tests.support.webhook_receiver import Receiver as HookServer
from tests.support.webhook_receiver import running
from tests.support.worker import run_worker

BANNER = b'id="sandbox"'
QUEUES = project.TASKS["default"]["QUEUES"]
# What may open a connection. Each is bounded by SANDBOX, or reaches only what the installation
# itself consists of.
CONNECTS = {
    "gasutil/notify/mails.py": "bounded: `deliveries` sends it, and EMAIL_BACKEND sends nothing",
    "gasutil/webhooks/posting.py": "bounded",
    "gasutil/proof/witnesses.py": "bounded: a copy of an installation asks no witness",
    "gasutil/webhooks/addresses.py": "asks a name server",
    "gasutil/files/antivirus.py": "asks the installation's own scanner",
    "gasutil/files/decoding.py": "starts the decoder of images and PDFs",
    "gasutil/management/commands/serve.py": "starts and probes this server",
    "gasutil/management/commands/worker.py": "asks for the name of the host",
}
OUTWARD = {
    "aiohttp",
    "ftplib",
    "http.client",
    "httpx",
    "pywebpush",
    "requests",
    "smtplib",
    "socket",
    "subprocess",
    "telnetlib",
}
OUTWARD |= {
    "urllib.request",
    "urllib3",
    "websockets",
    "django.core.mail",
    "sentry_sdk",
    "twilio",
    "paramiko",
    "asyncio.subprocess",
}


@pytest.fixture
def sandbox(settings: Settings) -> None:
    settings.SANDBOX = True


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 5
    server = MailServer()
    with listening(server, settings.EMAIL_PORT):
        yield server


@pytest.fixture
def hook_server(settings: Settings) -> Iterator[HookServer]:
    settings.WEBHOOK_ALLOW_PRIVATE = True
    yield from running()


@pytest.fixture
def webhook(manager: User, hook_server: HookServer) -> Webhook:
    about = {
        "name": "Dispatch",
        "url": hook_server.url,
        "events": Event.values,
        "with_internal": True,
    }
    return webhooks.subscribe(actor=Actor(manager), **about)[0]


def live(
    leak: ServiceRequest, webhook: Webhook, support: User, manager: User, neighbour: User
) -> None:
    """Do everything that sends a message.

    These are changes of requests, an alarm, mails of accounts, a test, and a retry.
    """
    leak.refresh_from_db()
    escalation.sweep(leak.respond_by)
    requests.assign(leak.pk, actor=Actor(manager), assigned_to=support.pk)
    requests.comment(leak.pk, actor=Actor(support), notes="On our way")
    requests.comment(leak.pk, actor=Actor(leak.customer), notes="Please hurry")
    requests.cancel(leak.pk, actor=Actor(support), notes="Reported twice.")
    for notice in (Notice.EMAIL_CONFIRMATION, Notice.EMAIL_RESTORED, Notice.PASSWORD_CHANGED):
        deliveries.send_to(neighbour.pk, notice)
    send_password_reset.enqueue(neighbour.email)
    webhooks.test(webhook.pk, actor=Actor(manager))
    work()
    for delivery in Delivery.objects.filter(state__in=[DeliveryState.SENT, DeliveryState.SKIPPED]):
        deliveries.send_again(delivery.pk, actor=Actor(manager))
    work()


def work() -> None:
    for _ in range(2):  # a task queues others
        for queue in QUEUES:
            run_worker(queue)


@pytest.fixture
def act(
    leak: ServiceRequest, webhook: Webhook, support: User, manager: User, neighbour: User
) -> Callable[[], None]:
    return lambda: live(leak, webhook, support, manager, neighbour)


def test_everything_arrives_without_it(
    act: Callable[[], None], mail_server: MailServer, hook_server: HookServer
) -> None:
    act()
    subjects = {str(mail["Subject"]) for mail in mail_server.mails}
    assert len(subjects) >= 8, subjects
    assert len(hook_server.got) >= 10


def test_nothing_is_sent_by_any_channel(
    act: Callable[[], None], sandbox: None, mail_server: MailServer, hook_server: HookServer
) -> None:
    act()
    assert (mail_server.mails, hook_server.got) == ([], [])
    assert set(Delivery.objects.values_list("channel", flat=True)) == set(DeliveryChannel.values)
    assert set(Delivery.objects.values_list("state", "last_error", "next_at")) == {
        ("skipped", "sandbox", None)
    }
    assert Delivery.objects.first().why == "This is a sandbox. No messages are sent."


@pytest.mark.parametrize("channel", DeliveryChannel.values)
@pytest.mark.parametrize("state", [DeliveryState.WAITING, DeliveryState.FAILED])
def test_deliveries_from_a_dump_are_not_sent_either(
    channel: str,
    state: str,
    leak: ServiceRequest,
    webhook: Webhook,
    sandbox: None,
    mail_server: MailServer,
    hook_server: HookServer,
) -> None:
    about = {"user": leak.customer} if channel == DeliveryChannel.MAIL else {"webhook": webhook}
    long_ago = timezone.now() - deliveries.LEASE_DURATION
    delivery = Delivery.objects.create(
        channel=channel, state=state, next_at=long_ago, notice=Notice.PASSWORD_CHANGED, **about
    )
    deliveries.sweep()
    work()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_error, delivery.next_at) == ("skipped", "sandbox", None)
    assert (mail_server.mails, hook_server.got) == ([], [])
    assert deliveries.sweep() == 0


def test_an_alarm_is_written_and_pages_no_one(
    leak: ServiceRequest, manager: User, sandbox: None, mail_server: MailServer
) -> None:
    User.objects.create_superuser("chief", email="chief@example.com", password=None)
    engine.escalate(leak.pk, leak.respond_by)
    work()
    alarm = Delivery.objects.get(notice=Notice.ESCALATED)  # the next person is not tried
    assert (alarm.user, alarm.state, mail_server.mails) == (manager, "skipped", [])
    deliveries.plan_notifications.func([alarm.update_id])
    work()
    assert Delivery.objects.filter(notice=Notice.ESCALATED).count() == 1
    assert not alarms.unheard().exists()


def test_a_post_that_is_no_delivery_is_not_sent(sandbox: None, hook_server: HookServer) -> None:
    with pytest.raises(Unreachable, match="sandbox"):
        posting.post(hook_server.url, b"{}", {})
    assert hook_server.got == []


def test_mail_that_is_no_delivery_is_not_sent() -> None:
    server, port = MailServer(), free_port()
    code = (
        "from django.core.mail import mail_admins, send_mail; send_mail('x', 'x', None,"
        " ['a@example.com']); mail_admins('x', 'x')"
    )
    known = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "k" * 40,
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
    }
    command = [sys.executable, "-c", f"import django; django.setup(); {code}"]
    with listening(server, port):
        for settings, number in (({}, 1), ({"SANDBOX": "true"}, 1)):  # the first one arrives
            environment = (
                known
                | {"DJANGO_SETTINGS_MODULE": "project.settings", "PYTHON_DOTENV_DISABLED": "true"}
                | settings
            )
            subprocess.run(command, cwd=project.BASE_DIR, env=environment, check=True)
            assert len(server.mails) == number


# --- What opens connections
# -----------------------------------------------------------------------------------------
def modules() -> list[Path]:
    return sorted(
        path for name in ("gasutil", "project") for path in (project.BASE_DIR / name).rglob("*.py")
    )


def imports_of(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_what_opens_connections_is_known() -> None:
    """Let SANDBOX stop a new kind of connection before you add it to `CONNECTS`.

    Best, make it a channel of deliveries.
    """
    result = {
        str(path.relative_to(project.BASE_DIR)) for path in modules() if imports_of(path) & OUTWARD
    }
    assert result <= set(CONNECTS)


# --- That it is seen
# --------------------------------------------------------------------------------------------------
PUBLIC = [
    "/admin/login/",
    "/nothing-here/",
    "/email/confirm/{token}/",
    "/email/undo/x/",
    "/unsubscribe/x/",
    "/password-reset/done/",
]
CONSOLE = [
    "/admin/",
    "/admin/password_change/",
    "/admin/gasutil/servicerequest/",
    "/admin/gasutil/servicerequest/{pk}/change/",
    "/admin/gasutil/servicerequest/{pk}/story/",
    "/admin/gasutil/servicerequest/new/",
    "/admin/gasutil/delivery/",
    "/admin/gasutil/requesttype/",
    "/admin/gasutil/servicerequest/999999999/change/",
]


@pytest.mark.parametrize("path", [*PUBLIC, *CONSOLE])
def test_every_page_has_the_banner(
    path: str, leak: ServiceRequest, manager: User, settings: Settings
) -> None:
    client, token = Client(), email_token(leak.customer)
    if path in CONSOLE:
        client.force_login(manager, backend="gasutil.identity.backend.ThrottledBackend")
    result = []
    for settings.SANDBOX in (False, True):
        page: Any = client.get(path.format(pk=leak.pk, token=token), follow=True)
        result.append(page.content.count(BANNER))
    assert result == [0, 1]


def test_health_says_so(settings: Settings, db: None) -> None:
    assert "sandbox" not in Client().get("/health/").json()
    settings.SANDBOX = True
    assert Client().get("/health/").json()["sandbox"] is True
