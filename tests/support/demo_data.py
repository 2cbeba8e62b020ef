"""Data of a desk after some time: photos, incidents, views, webhooks, and failed tasks."""

import datetime as dt
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from PIL import Image, ImageDraw, ImageFilter

from gasutil import sealing
from gasutil.access import Actor
from gasutil.background import QUEUES
from gasutil.models import (
    Channel,
    Delivery,
    Export,
    RequestType,
    RequestUpdate,
    SavedViewPage,
    ServiceRequest,
    User,
    Webhook,
    Worker,
)
from gasutil.models.deliveries import DeliveryChannel, DeliveryState
from gasutil.models.heartbeats import ESCALATION, WEBHOOKS, WORKER, Heartbeat
from gasutil.notify import tasks
from gasutil.workflow import bulk, imports, incidents, requests, saved_views
from tests.support.api import Api
from tests.support.tables import table_of

PAINT, DIAL, INK = "#c9a227", "#f4f1e8", "#23211c"


def create_demo_data(manager: User, agent: User) -> None:
    """Add one object of every kind to a desk that has requests."""
    leaks = list(
        ServiceRequest.objects.filter(is_emergency=True, is_open=True)
        .order_by("pk")
        .values_list("pk", flat=True)[:2]
    )
    incidents.open_incident(actor=_by(agent), title="Smell of gas in the stairwell", reports=leaks)
    for name, number in (("meter-kitchen.jpg", 4), ("meter-hall.jpg", 7)):
        answer = Api(agent).send(
            f"requests/{leaks[0]}/attachments/",
            file=SimpleUploadedFile(name, photograph(number), "image/jpeg"),
        )
        assert answer.status_code == 201, answer.json()
    work_on(leaks[0], agent)
    run_over_many(manager)
    saved_views.keep_view(
        actor=_by(manager),
        name="Leaks",
        query="view=open&priority__exact=emergency",
        is_shared=True,
    )
    saved_views.keep_view(
        actor=_by(manager),
        name="Reassigned this week",
        page=SavedViewPage.HISTORY,
        query="changed=assignee&period=last_7_days",
    )
    rows = [
        {
            "customer": name,
            "request_type": "new_connection",
            "description": "A connection for the kitchen",
        }
        for name in ("priya.sharma", "nobody")
    ]
    imports.create_draft(actor=_by(manager), filename="requests.csv", table=table_of(*rows))
    add_webhook(manager)
    create_mails()
    fail(manager)
    RequestType.objects.update(safety_approved_by=manager, safety_approved_at=timezone.now())
    Export.objects.create(
        author=manager,
        what="gasutil.servicerequest",
        filters="view=emergencies",
        file_format="csv",
        rows=12,
    )


def work_on(pk: int, agent: User) -> None:
    """Assign a leak, with a crew on site and an internal note that says so."""
    obj = ServiceRequest.objects.get(pk=pk)
    if obj.assigned_to_id != agent.pk:
        requests.assign(pk, actor=_by(agent), assigned_to=agent.pk)
    requests.comment(
        pk,
        actor=_by(agent),
        notes="The crew is in the stairwell and reads 12 % of the lower limit. Windows are open.",
        is_internal=True,
    )
    requests.comment(
        pk,
        actor=_by(agent),
        notes="Our crew is with you now. Please stay outside until they call you in.",
    )


def run_over_many(manager: User) -> None:
    """Create a bulk change that is done, and one that is not confirmed."""
    pks = list(
        ServiceRequest.objects.filter(is_emergency=False)
        .order_by("-pk")
        .values_list("pk", flat=True)[:9]
    )
    run = bulk.prepare(actor=_by(manager), verb="comment", pks=pks)
    bulk.confirm(run.pk, actor=_by(manager), notes="Put on the round of Tuesday.", is_internal=True)
    draft = bulk.prepare(actor=_by(manager), verb="resolve", pks=pks)
    bulk.update_draft(draft.pk, actor=_by(manager), notes="Done on the round of Tuesday.")


def add_webhook(manager: User) -> None:
    """Create two webhooks, one of which fails."""
    named: list[tuple[str, str, dict[str, Any]]] = [
        ("Dispatch", "https://dispatch.example.com/hooks/gas", {"succeeded_at": timezone.now()}),
        (
            "Outage map",
            "https://map.example.com/in",
            {"failures": 3, "failing_since": timezone.now() - dt.timedelta(minutes=20)},
        ),
    ]
    for name, url, about in named:
        sealed = sealing.seal(sealing.new_secret())
        hook = Webhook.objects.create(
            name=name,
            url=url,
            events=["request.created"],
            sealed_secret=sealed,
            created_by=manager,
            **about,
        )
        add_deliveries(hook, is_heard="succeeded_at" in about)


def add_deliveries(hook: Webhook, *, is_heard: bool) -> None:
    """Create deliveries of a webhook, sent and pending."""
    for obj in ServiceRequest.objects.order_by("-pk")[:4]:
        outcome: dict[str, Any] = {
            "state": DeliveryState.SENT,
            "sent_at": timezone.now(),
            "next_at": None,
        }
        if not is_heard:
            outcome = {"state": DeliveryState.FAILED, "last_error": "503 Service Unavailable"}
        Delivery.objects.create(
            service_request=obj,
            update=latest(obj),
            channel=DeliveryChannel.WEBHOOK,
            webhook=hook,
            address=hook.url,
            attempts=1,
            **outcome,
        )


def latest(obj: ServiceRequest) -> RequestUpdate:
    """Return the last row of the log of a request."""
    return RequestUpdate.objects.filter(id=obj.pk).latest("history_id")


def create_mails() -> None:
    """Create mails: most are sent, one waits for a retry, one is given up."""
    for number, obj in enumerate(ServiceRequest.objects.order_by("-pk")[:8]):
        outcome: dict[str, Any] = {
            "state": DeliveryState.SENT,
            "sent_at": timezone.now(),
            "next_at": None,
        }
        if number == 1:
            outcome = {
                "state": DeliveryState.FAILED,
                "last_error": "SMTPServerDisconnected: Connection unexpectedly closed",
            }
        if number == 3:
            outcome = {
                "state": DeliveryState.GIVEN_UP,
                "last_error": "550 5.1.1 No such user here",
                "next_at": None,
            }
        about = {
            "channel": DeliveryChannel.MAIL,
            "user": obj.customer,
            "address": obj.customer.email,
            "notice": "received",
        }
        Delivery.objects.create(
            service_request=obj, update=latest(obj), attempts=1 + number % 3, **about, **outcome
        )


def fail(manager: User) -> None:
    """Mark every worker as running, and create a task that failed."""
    whole_test = timezone.now() + dt.timedelta(hours=1)
    for number, beat in enumerate((ESCALATION, WORKER, WEBHOOKS)):
        Heartbeat.objects.update_or_create(name=beat, defaults={"beat_at": whole_test})
        Worker.objects.create(
            id=beat, queues=QUEUES[number], place=f"desk-1 {4100 + number}", beat_at=whole_test
        )
    long_ago = timezone.now() - dt.timedelta(days=2)  # not so recent that every page shows it
    failed = tasks.send_email_confirmation.enqueue(manager.pk)
    DBTaskResult.objects.filter(pk=failed.id).update(
        status="FAILED",
        started_at=long_ago,
        finished_at=long_ago,
        exception_class_path="smtplib.SMTPServerDisconnected",
        traceback=(
            "Traceback (most recent call last):\nsmtplib.SMTPServerDisconnected: Connection"
            " unexpectedly closed\n"
        ),
    )


def _by(user: User) -> Actor:
    return Actor(user, Channel.CONSOLE)


def photograph(number: int) -> bytes:
    """Return a drawing of a gas meter on a wall, with pipes, a dial and a reading."""
    picture = Image.new("RGB", (960, 720))
    pen = ImageDraw.Draw(picture)
    for y in range(720):  # a wall in the light of a lamp
        pen.line([(0, y), (960, y)], fill=(176 - y // 9, 166 - y // 9, 150 - y // 8))
    for y in range(40, 720, 96):
        pen.line([(0, y), (960, y)], fill="#8d8474", width=3)
    for x in (330, 590):
        pen.rectangle([x, 0, x + 44, 300], fill=PAINT)
        pen.rectangle([x + 6, 0, x + 16, 300], fill="#e2c04a")
        pen.rectangle([x - 14, 236, x + 58, 276], fill="#8c6f17")
    pen.rounded_rectangle([250, 272, 716, 640], 40, fill="#8f959b", outline="#5c6166", width=6)
    pen.rounded_rectangle([300, 322, 666, 452], 14, fill=DIAL, outline=INK, width=4)
    for place, digit in enumerate(f"0{number}382"):
        left = 326 + place * 64
        pen.rectangle([left, 346, left + 52, 426], fill=INK if place < 4 else "#a4262c")
        pen.text((left + 14, 352), digit, fill="white", font_size=56)
    pen.ellipse([430, 486, 536, 592], fill=DIAL, outline=INK, width=4)
    pen.line([(483, 539), (483 + 6 * number, 500)], fill="#a4262c", width=5)
    stored = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(1.2)).save(stored, "JPEG", quality=88)
    return stored.getvalue()
