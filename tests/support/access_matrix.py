"""Each operation of the API, and the status of its response to each caller."""

import uuid
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile

from gasutil.access import Actor
from gasutil.identity import logins
from gasutil.models import Attachment, Incident, ServiceRequest, User, Webhook
from gasutil.notify import links
from gasutil.sealing import new_secret, seal
from gasutil.workflow import attachments, reports
from tests.support.api import Api
from tests.support.bodies import ANSHU, CONNECTION
from tests.support.documents import PDF
from tests.support.files import picture
from tests.support.people import PASSWORD, make_user

CAST = ["anonymous", "customer", "neighbour", "pending", "support"]


# What each of the cast is answered, with a body that is right, about a pending request of the
# customer's.
BY_HAND = """
    operation              anonymous  customer  neighbour  pending  support
    login                  200        200       200        200      200
    refresh_login          200        200       200        200      200
    logout                 204        204       204        204      204
    register               201        201       201        201      201
    get_profile            401        200       200        200      200
    replace_profile        401        200       200        200      200
    update_profile         401        200       200        200      200
    export_profile         401        200       200        200      200
    erase_profile          401        202       202        403      403
    get_second_factor      401        200       200        200      200
    start_second_factor    401        201       201        201      201
    confirm_second_factor  401        409       409        409      409
    renew_recovery_codes   401        409       409        409      409
    remove_second_factor   401        409       409        409      409
    change_password        401        204       204        204      204
    confirm_email          200        200       200        200      200
    request_reset          202        202       202        202      202
    reset_password         204        204       204        204      204
    list_requests          401        200       200        403      200
    create_request         401        201       201        403      403
    report_emergency       201        201       201        201      201
    claim_request          401        200       200        403      403
    intake_request         401        403       403        403      201
    get_request            401        200       404        403      200
    update_request         401        403       404        403      200
    cancel_request         401        200       404        403      200
    reopen_request         401        409       404        403      409
    comment_request        401        201       404        403      201
    record_request_milestone  401     403       404        403      201
    get_request_history    401        403       404        403      200
    get_request_proof      401        200       404        403      200
    get_log_checkpoint     404        404       404        404      404
    get_log_key            200        200       200        200      200
    get_log_tile           404        404       404        404      404
    list_request_updates   401        200       200        403      200
    create_request_update  401        403       403        403      201
    reclassify_request     401        403       404        403      200
    set_request_reference  401        403       404        403      201
    remove_request_reference  401     403       404        403      404
    attach_file            401        201       404        403      201
    list_attachments       401        200       200        403      200
    get_attachment         401        200       404        403      200
    download_attachment    401        200       404        403      200
    preview_attachment     401        200       404        403      200
    delete_attachment      401        204       404        403      403
    get_dashboard          401        403       403        403      200
    list_reports           401        403       403        403      403
    get_report             401        403       403        403      403
    list_customers         401        403       403        403      200
    get_customer           401        403       403        403      200
    list_staff_members     401        403       403        403      200
    list_incidents         401        403       403        403      200
    create_incident        401        403       403        403      201
    get_incident           401        403       403        403      200
    update_incident        401        403       403        403      200
    add_incident_reports   401        403       403        403      200
    write_incident_update  401        403       403        403      201
    close_incident         401        403       403        403      200
    list_webhooks          401        403       403        403      403
    create_webhook         401        403       403        403      403
    get_webhook            401        403       403        403      403
    update_webhook         401        403       403        403      403
    delete_webhook         401        403       403        403      403
    rotate_webhook_secret  401        403       403        403      403
    test_webhook           401        403       403        403      403
    list_webhook_deliveries  401      403       403        403      403
    list_logins            401        200       200        200      200
    delete_login           401        404       404        404      404
    create_event_ticket    401        201       201        403      201
    list_request_types     200        200       200        200      200
    get_request_type       200        200       200        200      200
"""


TABLE = {
    line.split()[0]: [int(status) for status in line.split()[1:]]
    for line in BY_HAND.strip().splitlines()[1:]
}


class Scene(NamedTuple):
    """The caller and the request of a call, for the body that it needs."""

    caller: User | None
    leak: ServiceRequest

    @property
    def someone(self) -> User:
        """Return the caller, or a new user for an anonymous call."""
        return self.caller or make_user(f"someone-{uuid.uuid4().hex[:8]}")


def _registration(scene: Scene) -> dict[str, str]:
    name = uuid.uuid4().hex[:12]
    return ANSHU | {"username": name, "email": f"{name}@example.com"}


def _reset(scene: Scene) -> dict[str, str]:
    user = make_user(f"forgetful-{uuid.uuid4().hex[:8]}")
    uid, token = links.reset_proof(user)
    return {
        "uid": uid,
        "token": token,
        "password": "Another-Flame-2027",
        "password2": "Another-Flame-2027",
    }


def _claim(scene: Scene) -> dict[str, str]:
    obj = reports.report_emergency(address="1 High Street")
    return {"tracking_token": obj.tracking_token}


BODIES: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "login": lambda scene: {"username": scene.someone.username, "password": PASSWORD},
    "refresh_login": lambda scene: {"refresh": logins.start_login(scene.someone).refresh},
    "logout": lambda scene: {"refresh": logins.start_login(scene.someone).refresh},
    "register": _registration,
    "replace_profile": lambda scene: {"phone_number": "+919876543210"},
    "update_profile": lambda scene: {"phone_number": "+919876543210"},
    "erase_profile": lambda scene: {"password": PASSWORD},
    "start_second_factor": lambda scene: {"password": PASSWORD},
    "confirm_second_factor": lambda scene: {"otp": "000000"},
    "renew_recovery_codes": lambda scene: {"password": PASSWORD, "otp": "000000"},
    "remove_second_factor": lambda scene: {"password": PASSWORD, "otp": "000000"},
    "change_password": lambda scene: {
        "old_password": PASSWORD,
        "password": "Another-Flame-2027",
        "password2": "Another-Flame-2027",
    },
    "confirm_email": lambda scene: {"token": links.email_token(scene.someone)},
    "request_reset": lambda scene: {"email": "customer@example.com"},
    "reset_password": _reset,
    "create_request": lambda scene: CONNECTION,
    "report_emergency": lambda scene: {"address": "1 High Street"},
    "claim_request": _claim,
    "update_request": lambda scene: {"notes": "x"},
    "cancel_request": lambda scene: {"notes": "x"},
    "reopen_request": lambda scene: {"notes": "x"},
    "comment_request": lambda scene: {"notes": "x"},
    "record_request_milestone": lambda scene: {"milestone": "on_site"},
    "reclassify_request": lambda scene: {"request_type": "no_supply", "notes": "x"},
    "intake_request": lambda scene: CONNECTION | {"customer": scene.leak.customer_id},
    "create_incident": lambda scene: {"title": "x", "reports": [scene.leak.pk]},
    "update_incident": lambda scene: {"title": "x"},
    "add_incident_reports": lambda scene: {"reports": [scene.leak.pk]},
    "write_incident_update": lambda scene: {"notes": "x"},
    "close_incident": lambda scene: {"notes": "x"},
    "create_webhook": lambda scene: {
        "name": "x",
        "url": "https://1.1.1.1/desk",
        "events": ["request.created"],
    },
    "update_webhook": lambda scene: {"name": "x"},
    "set_request_reference": lambda scene: {"id": "WO-4711"},
    "create_request_update": lambda scene: {"service_request": scene.leak.pk, "notes": "x"},
}


def place_of(path: str, leak: ServiceRequest) -> str:
    """Return the path of a call about a request, its photo, or its customer."""
    about = leak.pk
    if path.startswith("attachments/"):
        about = photo(leak).pk
    elif path.startswith("customers/"):
        about = leak.customer_id
    elif path.startswith("incidents/"):
        about = Incident.objects.create(title="Smell").pk
    elif path.startswith("webhooks/"):
        about = Webhook.objects.create(
            name="Crews", url="https://x.example.com/", sealed_secret=seal(new_secret())
        ).pk
    return (
        path.replace("{id}", str(about))
        .replace("{code}", "new_connection")
        .replace("{system}", "dispatch")
        .replace("{name}", "volume")
    )


def part() -> dict[str, SimpleUploadedFile]:
    """Return a file as a part of a form."""
    return {"file": SimpleUploadedFile("bill.pdf", PDF, "application/pdf")}


def photo(leak: ServiceRequest) -> Attachment:
    """Return an image that the owner has attached."""
    return attachments.attach(
        leak.pk,
        actor=Actor(leak.customer),
        file=SimpleUploadedFile("meter.jpg", picture(), "image/jpeg"),
    )


@cache
def operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Return the method, the path and the document of every operation there is, by its name."""
    paths = Api().get("openapi.json").json()["paths"]
    return {
        operation["operationId"]: (method.upper(), path.removeprefix("/api/v1/"), operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
    }
