"""The text and language of mails, and a real mail server.

It accepts or rejects mails, hangs, or is away.
"""

import datetime as dt
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from anymail.exceptions import AnymailRecipientsRefused
from django.core.mail import EmailMessage
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from gasutil.access import Actor
from gasutil.models import Delivery, Erasure, ErasureReason, Notice, Review, ServiceRequest, User
from gasutil.notify import deliveries, mails
from gasutil.workflow import engine, passwords, profiles, registration, requests
from project.settings import BASE_DIR, PROVIDERS
from tests.support.hostile_input import NASTY
from tests.support.mail_receiver import Receiver, listening
from tests.support.notices import let_time_pass, mail_of, notified, now_of, report_delivery
from tests.support.people import PASSWORD
from tests.support.worker import run_worker


def html_of(mail: Any) -> str:
    ((html, kind),) = mail.alternatives
    assert kind == "text/html"
    return str(html)


# --- Its texts
# --------------------------------------------------------------------------------------------------
def test_the_receipt_has_reference_safety_text_and_link(
    leak: ServiceRequest, mailoutbox: list[EmailMessage], settings: Any
) -> None:
    settings.CUSTOMER_REQUEST_URL = "https://app.example.com/requests/{reference}"
    mail = mail_of(leak, mailoutbox)
    assert (mail.to, mail.subject) == (
        ["customer@example.com"],
        f"{leak.reference}: we have your request",
    )
    for body in (mail.body, html_of(mail)):
        assert leak.reference in body
        assert leak.safety_instructions.splitlines()[2] in body
        assert f"https://app.example.com/requests/{leak.reference}" in body
        assert "Hello Customer" in body
        assert f"gasutil-cli proof {leak.reference}" in body
        assert f"/api/v1/requests/{leak.pk}/proof/" in body


def test_a_customer_without_an_app_gets_no_link(
    leak: ServiceRequest, mailoutbox: list[EmailMessage]
) -> None:
    mail = mail_of(leak, mailoutbox)
    assert "http" not in mail.body
    assert "<a " not in html_of(mail)


def test_a_question_to_the_customer_is_in_the_mail(
    connection: ServiceRequest, support: User, mailoutbox: list[EmailMessage]
) -> None:
    requests.hold(connection.pk, actor=Actor(support), notes="Please send:\nyour meter number")
    mail = mail_of(connection, mailoutbox)
    assert "> Please send:\n> your meter number" in mail.body
    assert "Please send:<br>your meter number" in html_of(mail)


def test_an_internal_note_is_in_no_mail(
    connection: ServiceRequest, support: User, mailoutbox: list[EmailMessage]
) -> None:
    requests.hold(connection.pk, actor=Actor(support), notes="Ask the depot.", is_internal=True)
    run_worker()
    assert len(mailoutbox) == 2
    assert not any(
        "depot" in body for mail in mailoutbox for body in (str(mail.body), html_of(mail))
    )


@pytest.mark.parametrize("notice", [*Notice])
def test_every_notice_has_its_text(notice: Notice, leak: ServiceRequest, support: User) -> None:
    requests.assign(leak.pk, actor=Actor(support), assigned_to=support.pk)
    update = ServiceRequest.history.filter(id=leak.pk).latest("history_id")
    about = {} if notice in mails.ACCOUNT else {"service_request": leak, "update": update}
    now = timezone.now()
    Erasure.objects.create(user=leak.customer, reason=ErasureReason.OWN, not_before=now)
    Review.objects.create(service_request=leak, round=1, reason="emergency", due_at=leak.created_at)
    ServiceRequest.objects.filter(pk=leak.pk).update(redaction_at=now)
    delivery = Delivery(notice=notice, channel="mail", user=leak.customer, **about)
    if notice == Notice.REPORT:
        delivery = report_delivery(leak.customer)
    mail = mails.compose(delivery, leak.customer)
    assert mail.subject
    assert "\n" not in mail.subject
    for left in ("{%", "{{", "None", "\n\n\n"):
        assert left not in mail.body, left
    assert mail.subject in html_of(mail)


def test_what_people_type_stays_text(
    customer: User, support: User, mailoutbox: list[EmailMessage]
) -> None:
    User.objects.filter(pk=customer.pk).update(first_name=NASTY[:100])
    obj = requests.submit(
        actor=Actor(customer), request_type="new_connection", description=NASTY, address=NASTY
    )
    requests.comment(obj.pk, actor=Actor(support), notes=NASTY)
    html = html_of(mail_of(obj, mailoutbox))
    assert "onerror=alert(1)&gt;" in html
    for live in ("<img src=x", "<script>alert"):
        assert live not in html
    assert NASTY.splitlines()[0] in mailoutbox[0].body


def test_staff_are_shown_the_ticket(
    connection: ServiceRequest, support: User, colleague: User, mailoutbox: list[EmailMessage]
) -> None:
    requests.assign(connection.pk, actor=Actor(support), assigned_to=colleague.pk)
    notified(connection)
    run_worker()
    mail = next(mail for mail in mailoutbox if mail.to == [colleague.email])
    for body in (mail.body, html_of(mail)):
        assert f"/admin/gasutil/servicerequest/{connection.pk}/change/" in body
        assert connection.description in body
        assert connection.customer.phone_number in body


def test_times_are_in_the_operators_zone(
    connection: ServiceRequest, mailoutbox: list[EmailMessage], settings: Any
) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"
    assert re.search(r"Filed: \d+ \w{3} \d{4}, \d\d:\d\d IST", mail_of(connection, mailoutbox).body)


# --- In whose language
# ----------------------------------------------------------------------------------------------
def test_it_is_written_in_the_recipients_language(
    connection: ServiceRequest,
    customer: User,
    mailoutbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    User.objects.filter(pk=customer.pk).update(language="hi")
    seen: list[str] = []
    compose = mails.compose
    monkeypatch.setattr(
        mails, "compose", lambda *args: seen.append(translation.get_language()) or compose(*args)
    )
    mail = mail_of(connection, mailoutbox)
    assert (seen, translation.get_language()) == (["hi"], "en")
    assert '<html lang="hi">' in html_of(mail)
    assert (
        connection.reference in mail.subject
    )  # whatever is not translated is English, and nothing is missing


# --- Its headers
# --------------------------------------------------------------------------------------------------
def test_the_mails_of_a_request_are_one_conversation(
    connection: ServiceRequest, support: User, mailoutbox: list[EmailMessage], settings: Any
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Gas <desk@gas.example>"
    first = mail_of(connection, mailoutbox)
    requests.comment(connection.pk, actor=Actor(support), notes="Hello")
    second = mail_of(connection, mailoutbox)
    assert (
        first.extra_headers["References"]
        == second.extra_headers["References"]
        == f"<{connection.reference}@gas.example>"
    )
    assert first.extra_headers["Message-ID"] != second.extra_headers["Message-ID"]
    assert first.extra_headers["Auto-Submitted"] == "auto-generated"


def test_only_what_is_not_essential_can_be_unsubscribed_from(
    connection: ServiceRequest, support: User, mailoutbox: list[EmailMessage]
) -> None:
    assert "List-Unsubscribe" not in mail_of(connection, mailoutbox).extra_headers
    requests.comment(connection.pk, actor=Actor(support), notes="Hello")
    headers = mail_of(connection, mailoutbox).extra_headers
    assert re.fullmatch(r"<http://[\w.:]+/unsubscribe/[\w:-]+/>", headers["List-Unsubscribe"])
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].strip("<>") in mailoutbox[0].body


# --- At the time it is sent
# -----------------------------------------------------------------------------------------
def test_what_was_turned_off_since_is_not_sent(
    connection: ServiceRequest, customer: User, support: User, mailoutbox: list[EmailMessage]
) -> None:
    requests.resolve(connection.pk, actor=Actor(support))
    notified(connection)
    User.objects.filter(pk=customer.pk).update(muted_notices=["resolved"])
    run_worker()
    assert sorted(Delivery.objects.values_list("notice", "state", "last_error")) == [
        ("received", "sent", ""),
        ("resolved", "skipped", "muted"),
    ]
    assert [mail.subject for mail in mailoutbox] == [
        f"{connection.reference}: we have your request"
    ]


def test_it_goes_to_the_present_address(
    delivery: Delivery, customer: User, mailoutbox: list[EmailMessage]
) -> None:
    User.objects.filter(pk=customer.pk).update(email="new@example.com")
    run_worker()
    assert (mailoutbox[0].to, now_of(delivery).address) == (["new@example.com"], "new@example.com")


# --- At a real mail server
# ------------------------------------------------------------------------------------------
def test_it_arrives(delivery: Delivery, receiver: Receiver) -> None:
    assert deliveries.deliver.func(delivery.pk) == "sent"
    (mail,) = receiver.mails
    assert mail["Message-ID"] == f"<{delivery.key}.1@localhost>"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_an_unreachable_server_is_retried(delivery: Delivery, port: int) -> None:
    assert deliveries.deliver.func(delivery.pk) == "failed"
    assert now_of(delivery).last_error == "ConnectionRefusedError: [Errno 111] Connection refused"
    let_time_pass(delivery)
    server = Receiver()
    with listening(server, port):
        assert deliveries.deliver.func(delivery.pk) == "sent"
    assert len(server.mails) == 1


def test_a_server_that_hangs_is_retried_with_the_same_message(
    delivery: Delivery, receiver: Receiver
) -> None:
    receiver.hangs_at = "DATA"
    assert deliveries.deliver.func(delivery.pk) == "failed"
    assert now_of(delivery).last_error.endswith("timed out")
    receiver.hangs_at = ""
    let_time_pass(delivery)
    assert deliveries.deliver.func(delivery.pk) == "sent"
    assert len({mail["Message-ID"] for mail in receiver.mails}) == 1


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("550 5.1.1 No such user", "given_up"),
        ("553 5.1.3 Bad address", "given_up"),
        ("451 4.3.0 Try later", "failed"),
        ("530 5.7.0 Log in first", "failed"),
        ("554 5.7.1 Relay access denied", "failed"),
    ],
)
def test_a_rejected_recipient_is_given_up(
    answer: str, state: str, delivery: Delivery, receiver: Receiver
) -> None:
    receiver.to_recipient = answer
    assert deliveries.deliver.func(delivery.pk) == state
    assert answer in now_of(delivery).last_error


@pytest.mark.parametrize(
    ("answer", "state"), [("554 5.6.0 What is this?", "given_up"), ("452 4.3.1 No room", "failed")]
)
def test_a_rejected_mail_is_given_up(
    answer: str, state: str, delivery: Delivery, receiver: Receiver
) -> None:
    receiver.to_data = answer
    assert deliveries.deliver.func(delivery.pk) == state


def test_what_is_sent_again_is_another_message(
    delivery: Delivery, receiver: Receiver, manager: User
) -> None:
    deliveries.deliver.func(delivery.pk)
    deliveries.send_again(delivery.pk, actor=Actor(manager))
    deliveries.deliver.func(delivery.pk)
    assert [mail["Message-ID"] for mail in receiver.mails] == [
        f"<{delivery.key}.{number}@localhost>" for number in (1, 2)
    ]


def test_an_address_that_a_provider_rejects_is_not_retried(
    delivery: Delivery, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"

    def refuse(*args: Any) -> None:
        raise AnymailRecipientsRefused

    monkeypatch.setattr("anymail.backends.test.EmailBackend.post_to_esp", refuse)
    assert deliveries.deliver.func(delivery.pk) == "given_up"


def test_an_alarm_is_mailed_with_the_text_of_the_log(
    leak: ServiceRequest, manager: User, mailoutbox: list[EmailMessage]
) -> None:
    engine.escalate(leak.pk, leak.respond_by)
    mail = mail_of(leak, mailoutbox)
    assert mail.to == [manager.email]
    assert "has not been recorded" in mail.body
    assert "has not been recorded" in html_of(mail)


# --- By whom it is sent
# ---------------------------------------------------------------------------------------------
def backend_of(**environment: str) -> str:
    """Return the mail backend of a server with this environment.

    If the server does not start, return its message.
    """
    code = "from project import settings; print(settings.EMAIL_BACKEND, settings.ANYMAIL)"
    known = os.environ | {"SECRET_KEY": "x" * 32, "EMAIL_URL": "console:"} | environment
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=BASE_DIR,
        env=known,
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stdout.strip() or run.stderr.strip().splitlines()[-1]


def test_mails_are_printed_where_nothing_is_set() -> None:
    assert backend_of() == "django.core.mail.backends.console.EmailBackend {}"


def test_a_provider_is_set_by_its_name_and_what_it_needs() -> None:
    text = backend_of(EMAIL_PROVIDER="postmark", ANYMAIL_POSTMARK_SERVER_TOKEN="secret")
    assert text == "anymail.backends.postmark.EmailBackend {'POSTMARK_SERVER_TOKEN': 'secret'}"


def test_an_unknown_provider_stops_the_server() -> None:
    assert "EMAIL_PROVIDER" in backend_of(EMAIL_PROVIDER="pigeon")


@pytest.mark.parametrize("name", PROVIDERS)
def test_each_provider_is_known(name: str) -> None:
    assert import_string(f"anymail.backends.{name}.EmailBackend")


# --- To addresses that were never confirmed
# ---------------------------------------------------------------------------
ADVERT = "You have won, see evil.example/prize"


@pytest.fixture
def stranger(db: None) -> User:
    """An account that was registered with someone else's address."""
    fields = {
        "first_name": ADVERT,
        "last_name": ADVERT,
        "address": ADVERT,
        "phone_number": "+917890123456",
    }
    return registration.register(
        username="stranger",
        email="victim@example.com",
        password=PASSWORD,
        password2=PASSWORD,
        **fields,
    )


def test_no_mail_to_an_unconfirmed_address_has_the_accounts_own_text(
    stranger: User, mailoutbox: list[EmailMessage]
) -> None:
    details = {"location": ADVERT}
    requests.submit(
        actor=Actor(stranger),
        request_type="gas_leak_inspection",
        description=ADVERT,
        address=ADVERT,
        details=details,
    )
    passwords.request_reset(email="victim@example.com")
    for queue in ("escalation", "default"):
        run_worker(queue)
    to_victim = [mail for mail in mailoutbox if mail.to == ["victim@example.com"]]
    assert len(to_victim) == 3
    for mail in to_victim:
        for body in (str(mail.subject), str(mail.body), html_of(mail)):
            assert "evil" not in body
    assert all("Hello,\n" in mail.body for mail in to_victim)


def test_a_confirmed_account_sees_its_name_and_address(
    stranger: User, mailoutbox: list[EmailMessage]
) -> None:
    User.objects.filter(pk=stranger.pk).update(email_confirmed=True, first_name="Anshu")
    stranger.refresh_from_db()
    obj = requests.submit(
        actor=Actor(stranger), request_type="gas_leak_inspection", address="1 High Street"
    )
    body = mail_of(obj, mailoutbox).body
    assert "Hello Anshu," in body
    assert "Address: 1 High Street" in body


def test_a_changed_address_gets_no_name_before_it_is_confirmed(
    customer: User, mailoutbox: list[EmailMessage]
) -> None:
    User.objects.filter(pk=customer.pk).update(email_confirmed=True, first_name=ADVERT)
    profiles.update_profile(actor=Actor(customer), email="victim@example.com")
    run_worker()
    (confirmation,) = [mail for mail in mailoutbox if mail.to == ["victim@example.com"]]
    assert "evil" not in str(confirmation.body) + html_of(confirmation)


@pytest.mark.parametrize("name", ["Anshu\n\nYour account is locked", "http://evil.example"])
def test_an_older_invalid_name_is_in_no_greeting(
    name: str, leak: ServiceRequest, mailoutbox: list[EmailMessage]
) -> None:
    User.objects.filter(pk=leak.customer_id).update(first_name=name)
    mail = mail_of(leak, mailoutbox)
    assert mail.body.startswith("Hello,\n")
    assert name.split()[-1] not in mail.body + html_of(mail)


def test_confirmations_of_registrations_wait_beyond_the_limit_of_an_address(
    stranger: User, settings: Any
) -> None:
    settings.EMAIL_CHANGE_LIMIT = 1
    for number in range(2):
        User.objects.filter(email__iexact="victim@example.com").update(
            email=f"other{number}@example.com", email_key=None
        )
        person = {"first_name": "A", "last_name": "B", "phone_number": "+917890123456"}
        registration.register(
            username=f"next{number}",
            email="Victim@example.com",
            password=PASSWORD,
            password2=PASSWORD,
            **person,
        )
    tasks = DBTaskResult.objects.filter(task_path__endswith="send_email_confirmation").order_by(
        "enqueued_at"
    )
    first, _second, last = tasks
    assert first in tasks.ready()
    assert last not in tasks.ready()
    assert last.run_after < timezone.now() + dt.timedelta(hours=1)
