"""Exports.

They need a permission, follow the filters of the list, have no formulas or secrets, and are
recorded.
"""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from openpyxl import load_workbook

from gasutil.access import Actor
from gasutil.admin.base import export_cells
from gasutil.admin.base.export_columns import MILESTONE_COLUMNS
from gasutil.models import Channel, Export, RequestType, ServiceRequest, Team, User
from gasutil.workflow import incidents, requests
from tests.support.console import QUEUE
from tests.support.people import make_user
from tests.support.query_counts import assert_cost_is_constant
from tests.support.request_types import make_type

HISTORY = "/admin/gasutil/requestupdate/"
USERS = "/admin/gasutil/user/"
LISTS = (QUEUE, HISTORY, USERS)
CSV, XLSX = "0", "1"


def export(client: Any, path: str, *, file_format: str = CSV, **query: str) -> Any:
    """Press the button of the export page."""
    return client.post(f"{path}export/", {"format": file_format}, query_params=query)


def rows(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_it_works(manager: User, support: User, console, leak: ServiceRequest) -> None:
    requests.assign(leak.pk, actor=Actor(support), assigned_to=support.pk)
    [row] = rows(export(console(manager), QUEUE))
    leak.refresh_from_db()
    assert row["reference"] == leak.reference
    assert {
        name: row[name]
        for name in (
            "customer",
            "request_type",
            "status",
            "priority",
            "assigned_to",
            "is_emergency",
        )
    } == {
        "customer": "customer",
        "request_type": "gas_leak_inspection",
        "status": "pending",
        "priority": "emergency",
        "assigned_to": "support",
        "is_emergency": "true",
    }
    assert row["created_at"] == f"{leak.created_at:%Y-%m-%dT%H:%M:%SZ}"
    taken = Export.objects.get()
    assert (taken.author, taken.what, taken.file_format, taken.rows, taken.filters) == (
        manager,
        "gasutil.servicerequest",
        "csv",
        1,
        "",
    )


def test_it_has_the_filters_of_the_list(
    manager: User, console, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    client = console(manager)
    assert [row["reference"] for row in rows(export(client, QUEUE, view="emergencies"))] == [
        leak.reference
    ]
    assert [row["reference"] for row in rows(export(client, QUEUE, q=connection.reference))] == [
        connection.reference
    ]
    assert [row["reference"] for row in rows(export(client, HISTORY, q=leak.reference))] == [
        leak.reference
    ]
    assert [item.filters for item in Export.objects.order_by("pk")][:1] == ["view=emergencies"]


def test_the_history_says_who_did_what(
    manager: User, support: User, console, leak: ServiceRequest
) -> None:
    requests.start(leak.pk, actor=Actor(support, Channel.CONSOLE), notes="On the way")
    newest, first = rows(export(console(manager), HISTORY))
    assert (newest["author"], newest["previous_status"], newest["status"], newest["changed"]) == (
        "support",
        "pending",
        "in_progress",
        "status,assigned_to",
    )
    assert (newest["notes"], newest["channel"], first["event"]) == (
        "On the way",
        "console",
        "request.created",
    )


def test_an_export_of_accounts_has_no_secrets(manager: User, customer: User, console) -> None:
    answer = export(console(manager), USERS)
    assert {"customer", "manager"} <= {row["username"] for row in rows(answer)}
    assert not {name for name in rows(answer)[0] if "password" in name or "token" in name}
    assert customer.password not in answer.content.decode()


@pytest.mark.parametrize(
    "start",
    [
        "=",
        "+",
        "-",
        "@",
        "\N{FULLWIDTH EQUALS SIGN}",
        "\N{FULLWIDTH COMMERCIAL AT}",
        "\N{ZERO WIDTH SPACE}=",
    ],
)
@pytest.mark.parametrize("file_format", [CSV, XLSX])
def test_no_typed_text_is_a_formula(
    start: str, file_format: str, manager: User, customer: User, console
) -> None:
    typed = f"{start}HYPERLINK(1)"
    requests.submit(actor=Actor(customer), request_type="new_connection", description=typed)
    answer = export(console(manager), QUEUE, file_format=file_format)
    if file_format == CSV:
        [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
        assert row["description"] == f"'{typed}"
    else:
        sheet = load_workbook(io.BytesIO(answer.content)).active
        cells = [item for line in sheet.iter_rows() for item in line]
        assert [cell.value for cell in cells if "HYPERLINK" in str(cell.value)] == [f"'{typed}"]
        assert "f" not in {cell.data_type for cell in cells}


@pytest.mark.parametrize("start", ["\t=", "\r=", "\t", "\r"])
def test_neither_is_an_operator_after_a_blank(start: str) -> None:
    assert export_cells.cell(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


def test_what_no_table_can_hold_does_not_break_it(manager: User, customer: User, console) -> None:
    requests.submit(
        actor=Actor(customer), request_type="new_connection", description="a\x0bb\x1fc\ufffed\uffff"
    )
    answer = export(console(manager), QUEUE, file_format=XLSX)
    [_heading, row] = load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    assert "a\ufffdb\ufffdc\ufffdd\ufffd" in row


def test_a_phone_number_is_written_as_it_is_stored(manager: User, customer: User, console) -> None:
    by_name = {
        row["username"]: row["phone_number"] for row in rows(export(console(manager), USERS))
    }
    assert by_name["customer"] == customer.phone_number
    assert customer.phone_number.startswith("+")


def test_milestones_channel_team_and_incident_are_columns(
    manager: User, support: User, console, leak: ServiceRequest
) -> None:
    Team.objects.create(name="Leaks").request_types.add(leak.request_type)
    Team.objects.create(name="Nights").request_types.add(leak.request_type)
    incident = incidents.open_incident(actor=Actor(support), title="Main Street", reports=[leak.pk])
    due = leak.respond_by
    requests.start(
        leak.pk,
        actor=Actor(support, Channel.CONSOLE),
        now=due + dt.timedelta(minutes=2, seconds=30),
    )
    [row] = rows(export(console(manager), QUEUE))
    assert (row["channel"], row["team"], row["incident"]) == (
        "api",
        "Leaks; Nights",
        incident.reference,
    )
    assert {name: row[f"acknowledged_{name}"] for name in MILESTONE_COLUMNS} == {
        "due_at": f"{due:%Y-%m-%dT%H:%M:%SZ}",
        "met_at": f"{due + dt.timedelta(minutes=2, seconds=30):%Y-%m-%dT%H:%M:%SZ}",
        "breached": "true",
        "minutes_late": "2.5",
    }
    assert (row["on_site_met_at"], row["on_site_breached"], row["on_site_minutes_late"]) == (
        "",
        "false",
        "",
    )


def test_every_milestone_of_a_type_and_of_a_request_is_a_column(
    manager: User, customer: User, console
) -> None:
    request_type = make_type("works", limits={"surveyed": 5, "odd__name": 5})
    requests.submit(actor=Actor(customer), request_type="works", description="Dig")
    RequestType.objects.filter(pk=request_type.pk).update(
        limits=request_type.limits[:1]
    )  # published again without the second
    [row] = rows(export(console(manager), QUEUE))
    assert {row["surveyed_breached"], row["odd__name_breached"]} == {"false"}
    assert row["odd__name_due_at"] == row["surveyed_due_at"] != ""
    assert row["on_site_due_at"] == ""


@pytest.mark.parametrize("path", LISTS)
def test_it_requires_the_permission_for_it_alone(
    path: str, support: User, manager: User, root: User, console, leak: ServiceRequest
) -> None:
    assert [
        console(user).get(f"{path}export/").status_code for user in (support, manager, root)
    ] == [403, 200, 200]
    assert export(console(support), path).status_code == 403
    assert "/export/" in console(manager).get(path).content.decode()
    if path == QUEUE:
        assert "/export/" not in console(support).get(path).content.decode()
    assert not Export.objects.exists()


def test_the_permission_alone_shows_no_hidden_rows(support: User, console) -> None:
    support.user_permissions.add(
        *Permission.objects.filter(codename__in=["export_user", "export_requestupdate"])
    )
    for path in (HISTORY, USERS):
        assert export(console(support), path).status_code == 403


@pytest.mark.parametrize("path", LISTS)
def test_it_has_a_limit_with_a_message(
    path: str, manager: User, console, leak: ServiceRequest, settings: Any
) -> None:
    settings.EXPORT_LIMIT = 0
    answer = export(console(manager), path)
    assert "This export has more than 0 rows" in answer.content.decode()
    assert not Export.objects.exists()


@pytest.mark.parametrize("path", LISTS)
def test_its_cost_does_not_grow_with_the_rows(
    path: str, manager: User, support: User, console
) -> None:
    client = console(manager)

    def grow(number: int) -> None:
        for _ in range(number):
            user = make_user(f"customer{User.objects.count()}")
            requests.submit(actor=Actor(user), request_type="new_connection", description="x")

    assert_cost_is_constant(
        lambda: export(client, path), grow, lambda response: len(rows(response)), at_most=12
    )


def test_the_record_of_it_cannot_be_changed(
    root: User, manager: User, console, leak: ServiceRequest
) -> None:
    export(console(manager), QUEUE)
    taken = Export.objects.get()
    client = console(root)
    assert "Service requests" in client.get("/admin/gasutil/export/").content.decode()
    assert (
        client.post(f"/admin/gasutil/export/{taken.pk}/delete/", {"post": "yes"}).status_code == 403
    )
    client.post(f"/admin/gasutil/export/{taken.pk}/change/", {"rows": "0"})
    assert Export.objects.get().rows == 1
