"""Background work in the console: its state, what failed and why, and running it again."""

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from gasutil.access import Actor
from gasutil.background import run_again
from gasutil.errors import Conflict, NotAllowed
from gasutil.models import Delivery, Heartbeat, Notice, ServiceRequest, User, Worker
from gasutil.models.heartbeats import ESCALATION, WEBHOOKS, WORKER
from gasutil.notify import deliveries, tasks
from gasutil.workflow import engine
from tests.support.console import ticket
from tests.support.query_counts import assert_cost_is_constant, listed

LIST = "/admin/gasutil/backgroundtask/"


def add(task: Any, *args: Any, **fields: Any) -> Any:
    """Queue a task in a state."""
    pk = task.enqueue(*args).id
    DBTaskResult.objects.filter(pk=pk).update(**fields)
    return DBTaskResult.objects.get(pk=pk)


@pytest.fixture
def failed(customer: User) -> Any:
    """A mail that could not be sent."""
    return add(
        tasks.send_email_confirmation,
        customer.pk,
        status="FAILED",
        started_at=timezone.now(),
        finished_at=timezone.now(),
        worker_ids=["one"],
        exception_class_path="smtplib.SMTPException",
        traceback='Traceback:\n  File "<mail>"\nsmtplib.SMTPException: try <later>\n',
    )


def page_of(task: Any) -> str:
    return f"{LIST}{task.pk}/change/"


def press(client: Any, task: Any) -> Any:
    return client.post(
        f"{LIST}{task.pk}/run-again/", {"_form_submitted": "on"}, headers={"HX-Request": "true"}
    )


# --- The list
# --------------------------------------------------------------------------------------------------
def test_it_shows_what_each_task_does_for_whom(
    failed: Any, leak: ServiceRequest, manager: User, console
) -> None:
    tasks.send_password_reset.enqueue("<nobody>@example.com")
    deliveries.plan_notifications.func([leak.last_update.pk])
    page = console(manager).get(LIST).content.decode()
    alarms = console(manager).get(f"{LIST}?state=later").content.decode()
    for text in ("Send an email confirmation link", "Send a password reset link"):
        assert text in page
    delivery = Delivery.objects.get()
    assert f'href="{ticket(leak)}">{leak.reference}</a>' in page  # of the planning
    assert (
        f'href="/admin/gasutil/delivery/{delivery.pk}/change/">{delivery}</a> <span'
        f' class="quiet">{leak.reference}</span>' in page
    )
    assert f'href="{ticket(leak)}">{leak.reference}</a>' in alarms
    assert "Customer Example" in page
    assert "&lt;nobody&gt;@example.com" in page
    assert "<nobody>" not in page


def test_it_shows_the_queues_and_the_workers(failed: Any, manager: User, console) -> None:
    now = timezone.now()
    add(tasks.send_password_reset, "nobody@example.com", enqueued_at=now - dt.timedelta(minutes=12))
    Worker.objects.create(pk="a", queues="default", place="here, process 1", beat_at=now)
    Worker.objects.create(
        pk="b", queues="escalation", place="here, process 2", beat_at=now - dt.timedelta(minutes=3)
    )
    page = " ".join(console(manager).get(LIST).content.decode().split())
    assert '<a href="?state=waiting&amp;queue=default">1</a>' in page
    assert "<dd>12 min</dd>" in page
    assert '<a href="?state=failed&amp;queue=default">1</a>' in page
    assert (
        page.index("here, process 1")
        < page.index("last seen <time")
        < page.index("here, process 2")
        < page.index("not responding, last seen <time")
    )


def test_it_warns_when_no_worker_runs(manager: User, console) -> None:
    assert (
        "No workers are running, so no tasks are processed. Start a worker."
        in console(manager).get(LIST).content.decode()
    )


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("state=waiting", {"due", "alarm"}),
        ("state=later", {"later"}),
        ("state=running", {"running"}),
        ("state=failed", {"failed"}),
        ("state=done", {"done"}),
        ("queue=escalation", {"alarm"}),
        ("work=gasutil.workflow.engine.escalate_due", {"alarm"}),
        ("state=waiting&queue=default", {"due"}),
        ("state=nonsense", {"due", "alarm", "running", "failed", "done"}),
    ],
)
def test_it_filters(query: str, left: set[str], failed: Any, manager: User, console) -> None:
    now = timezone.now()
    mail = tasks.send_password_reset
    known = {
        "failed": failed,
        "due": add(mail, "a"),
        "running": add(mail, "a", status="RUNNING"),
        "done": add(mail, "a", status="SUCCESSFUL"),
        "alarm": add(engine.escalate_due, 1, run_after=now - dt.timedelta(seconds=9)),
        "later": add(engine.escalate_due, 1, run_after=now + dt.timedelta(hours=9)),
    }
    page = console(manager).get(f"{LIST}?{query}").content.decode()
    assert {name for name, task in known.items() if f"{task.pk}/change" in page} == left


def test_its_cost_does_not_grow(
    customer: User, leak: ServiceRequest, manager: User, console
) -> None:
    client = console(manager)

    def grow(number: int) -> None:
        for _ in range(number):
            tasks.send_email_confirmation.enqueue(customer.pk)
            deliveries.plan_notifications.enqueue([leak.last_update.pk])
            deliveries.send_to(customer.pk, Notice.PASSWORD_RESET)
            engine.escalate_due.enqueue(leak.pk)

    assert_cost_is_constant(lambda: client.get(LIST), grow, listed, at_most=17, sizes=(1, 10))


@pytest.mark.parametrize("who", ["support", "root"])
def test_it_needs_the_permission(
    who: str, failed: Any, request: pytest.FixtureRequest, console
) -> None:
    client = console(request.getfixturevalue(who))
    may = who == "root"
    assert client.get(LIST).status_code == (200 if may else 403)
    assert client.get(page_of(failed)).status_code == (200 if may else 404)
    assert press(client, failed).status_code == (200 if may else 404)


# --- One task
# --------------------------------------------------------------------------------------------------
def test_its_page_shows_the_error(failed: Any, manager: User, console) -> None:
    page = console(manager).get(page_of(failed)).content.decode()
    assert '<p class="notice notice-bad">smtplib.SMTPException: try &lt;later&gt;</p>' in page
    assert "File &quot;&lt;mail&gt;&quot;" in page
    assert "Run again" in page


@pytest.mark.parametrize("pk", ["nonsense", "1", "00000000-0000-0000-0000-000000000000"])
def test_there_is_no_other_page(pk: str, manager: User, console) -> None:
    assert console(manager).get(f"{LIST}{pk}/change/").status_code == 404


def test_its_page_accepts_no_post(failed: Any, root: User, console) -> None:
    assert console(root).post(page_of(failed), {"status": "READY"}).status_code == 405


def test_it_is_run_again_by_a_button_and_the_user_is_logged(
    failed: Any, manager: User, console, mailoutbox: list[Any]
) -> None:
    client = console(manager)
    assert (
        "The task runs as soon as a worker is free"
        in client.get(f"{LIST}{failed.pk}/run-again/").content.decode()
    )
    failed.refresh_from_db()
    assert failed.status == "FAILED"
    assert press(client, failed).headers["HX-Redirect"] == page_of(failed)
    failed.refresh_from_db()
    assert (failed.status, failed.worker_ids, failed.traceback) == ("READY", [], "")
    page = client.get(page_of(failed)).content.decode()
    assert "Manager Example ran it again" in page
    assert "Run again" not in page


@pytest.mark.django_db(transaction=True)
def test_what_is_run_again_is_done(failed: Any, manager: User, mailoutbox: list[Any]) -> None:
    run_again(failed.pk, actor=Actor(manager))
    call_command("worker", batch=True)
    failed.refresh_from_db()
    assert (failed.status, [mail.to for mail in mailoutbox]) == (
        "SUCCESSFUL",
        [["customer@example.com"]],
    )


def test_only_what_has_failed_is_run_again(failed: Any, manager: User, console) -> None:
    client = console(manager)
    press(client, failed)
    answer = press(client, failed)
    assert "You can only run failed tasks again." in answer.content.decode()
    with pytest.raises(Conflict):
        run_again(failed.pk, actor=Actor(manager))


def test_running_again_has_a_permission_of_its_own(failed: Any, support: User) -> None:
    with pytest.raises(NotAllowed):
        run_again(failed.pk, actor=Actor(support))


# --- Above every page
# ---------------------------------------------------------------------------------------------
SILENT, FAILED = "The background worker has not run", "background task failed in the last 24 hours."


@pytest.fixture
def at_work(db: None) -> None:
    """A running worker for each queue."""
    for name in (WORKER, ESCALATION, WEBHOOKS):
        Heartbeat.objects.beat(name)


def test_managers_are_warned_when_a_task_has_failed(
    at_work: None, failed: Any, manager: User, support: User, console
) -> None:
    page = console(manager).get(LIST).content.decode()
    assert f"1 {FAILED}" in page
    assert f'href="{LIST}?state=failed"' in page
    assert SILENT not in page
    assert FAILED not in console(support).get("/admin/gasutil/servicerequest/").content.decode()


def test_managers_are_warned_when_the_worker_is_silent(
    at_work: None, manager: User, console
) -> None:
    client = console(manager)
    assert SILENT not in client.get(LIST).content.decode()
    Heartbeat.objects.filter(name=WORKER).update(beat_at=timezone.now() - dt.timedelta(seconds=61))
    assert SILENT in client.get(LIST).content.decode()


def test_managers_are_warned_when_the_worker_of_webhooks_is_silent(
    at_work: None, manager: User, support: User, console
) -> None:
    message = "The webhook worker has not run"
    assert message not in console(manager).get(LIST).content.decode()
    Heartbeat.objects.filter(name=WEBHOOKS).update(
        beat_at=timezone.now() - dt.timedelta(seconds=61)
    )
    assert message in console(manager).get(LIST).content.decode()
    assert message not in console(support).get("/admin/gasutil/servicerequest/").content.decode()
