"""Imported requests.

A rehearsal lists the errors by row and field, then all are created, once, or none.
"""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from gasutil import access
from gasutil.access import Actor
from gasutil.errors import Conflict, Invalid, NotAllowed, NotFound
from gasutil.models import Import, RequestUpdate, ServiceRequest, User
from gasutil.workflow import imports
from gasutil.workflow.imports import RowError
from tests.support.imports import A_ROW, bring, by
from tests.support.request_types import make_type
from tests.support.tables import table_of


def test_it_works(manager: User, customer: User, neighbour: User) -> None:
    table = bring(
        manager,
        A_ROW | {"address": ""},
        A_ROW | {"customer": "NEIGHBOUR@example.com", "address": "9 Other Street"},
    )
    assert imports.stored_errors(imports.validate(table.pk, actor=by(manager))) == []
    assert not ServiceRequest.objects.exists()
    assert not RequestUpdate.objects.exists()

    table = imports.confirm(table.pk, actor=by(manager))
    assert (table.rows, table.number) == ([], 2)
    first, second = ServiceRequest.objects.order_by("pk")
    assert [(item.customer, item.address, item.is_emergency) for item in (first, second)] == [
        (customer, customer.address, True),
        (neighbour, "9 Other Street", True),
    ]
    assert access.visible_to(Actor(neighbour), ServiceRequest).get() == second
    assert {(row.history_user, row.channel, row.event) for row in RequestUpdate.objects.all()} == {
        (manager, "console", "request.created")
    }


def test_errors_are_listed_by_row_and_field(manager: User, customer: User) -> None:
    asks = [
        {"name": "street", "kind": "short_text", "is_required": True},
        {"name": "workers", "kind": "whole_number", "maximum": 9},
    ]
    make_type("works", fields=asks)
    row = A_ROW | {"request_type": "works", "details.street": "MG Road", "details.workers": "4"}
    table = bring(
        manager,
        row,
        row | {"customer": "nobody"},
        row | {"request_type": "none"},
        row | {"details.street": "", "details.workers": "many"},
    )
    errors = imports.stored_errors(imports.validate(table.pk, actor=by(manager)))
    assert [(error.row, error.field) for error in errors] == [
        (2, "customer"),
        (3, "request_type"),
        (4, "details.street"),
        (4, "details.workers"),
    ]
    assert errors[0] == RowError(2, "customer", "No such customer.")
    with pytest.raises(Conflict):
        imports.confirm(table.pk, actor=by(manager))
    assert not ServiceRequest.objects.exists()  # all or nothing
    assert Import.objects.get().confirmed_at is None


def test_answers_are_read_as_their_values(manager: User, customer: User) -> None:
    kinds = {
        "lines": ("short_text", "'-5", "-5"),
        "count": ("whole_number", "4", 4),
        "length": ("decimal", "2.5", 2.5),
        "digger": ("yes_no", "Yes", True),
        "day": ("date", "2026-12-01", "2026-12-01"),
    }
    make_type(
        "works", fields=[{"name": name, "kind": kind} for name, (kind, _, _) in kinds.items()]
    )
    row = (
        A_ROW
        | {"request_type": "works"}
        | {f"details.{name}": written for name, (_, written, _) in kinds.items()}
    )
    empty = row | {name: "" for name in row if name.startswith("details.")}
    imports.confirm(bring(manager, row, empty).pk, actor=by(manager))
    first = ServiceRequest.objects.earliest("pk")
    assert first.details == {name: stored for name, (_, _, stored) in kinds.items()}
    assert ServiceRequest.objects.latest("pk").details == {}


def test_an_export_can_be_imported(manager: User, customer: User) -> None:
    make_type("works", fields=[{"name": "count", "kind": "whole_number"}])
    table = bring(
        manager,
        A_ROW | {"request_type": "works", "description": "'=SUM(1)", "details": '{"count": 2}'},
    )
    imports.confirm(table.pk, actor=by(manager))
    obj = ServiceRequest.objects.get()
    assert (obj.description, obj.details) == ("=SUM(1)", {"count": 2})


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        (dt.timedelta(hours=30), "1 day, 6:00:00"),
        (dt.time(8, 30), "08:30:00"),
        (dt.date(2026, 12, 1), "2026-12-01"),
        ("a\0b", "ab"),
        (float("inf"), "inf"),
        (2.5, 2.5),
        (True, True),
        (None, ""),
    ],
)
def test_any_content_of_a_cell_can_be_stored(cell: object, stored: object, manager: User) -> None:
    table = bring(manager, A_ROW | {"details.wh\0en": cell})
    table.refresh_from_db()
    assert table.rows == [A_ROW | {"details.when": stored}]


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ([], "file"),
        ([{"customer": "x", "request_type": "y"}], "description"),
        ([A_ROW | {"priority": "emergency"}], "file"),
    ],
)
def test_an_unknown_heading_is_rejected(
    rows: list[dict[str, Any]], field: str, manager: User
) -> None:
    with pytest.raises(Invalid) as refused:
        imports.create_draft(actor=by(manager), filename="x.csv", table=table_of(*rows))
    assert field in [error.field for error in refused.value.errors]


def test_it_takes_no_more_than_the_limit(manager: User, settings: Any) -> None:
    settings.IMPORT_LIMIT = 1
    with pytest.raises(Invalid) as refused:
        bring(manager, A_ROW, A_ROW)
    assert [error.code for error in refused.value.errors] == ["too_long"]


def test_it_files_once(manager: User, customer: User) -> None:
    table = bring(manager, A_ROW)
    imports.confirm(table.pk, actor=by(manager))
    with pytest.raises(Conflict, match="already"):
        imports.confirm(table.pk, actor=by(manager))
    assert ServiceRequest.objects.count() == 1


def test_it_requires_the_permission_and_is_its_authors_alone(
    manager: User, support: User, root: User, customer: User
) -> None:
    table = bring(manager, A_ROW)
    with pytest.raises(NotAllowed):
        bring(support, A_ROW)
    with pytest.raises(NotAllowed):
        imports.confirm(table.pk, actor=by(support))
    with pytest.raises(NotFound):
        imports.confirm(table.pk, actor=by(root))


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root", "root@example.com", "Blue-Flame-2026")


def test_the_name_of_a_file_shows_its_format(manager: User) -> None:
    draft = imports.create_draft(
        actor=by(manager),
        filename="C:\\calls\N{RIGHT-TO-LEFT OVERRIDE}vsc\0.csv",
        table=table_of(A_ROW),
    )
    assert draft.filename == "callsvsc.csv"


def test_types_are_known_in_any_case_and_with_spaces(manager: User, customer: User) -> None:
    table = bring(manager, A_ROW | {"request_type": " Gas Leak-Inspection "})
    assert imports.stored_errors(imports.validate(table.pk, actor=by(manager))) == []


def test_it_stores_when_and_how_a_report_was_received(manager: User, customer: User) -> None:
    received = timezone.localtime() - dt.timedelta(days=2)
    cells = [received.isoformat(), f"{received:%Y-%m-%d %H:%M}"]
    table = bring(
        manager,
        *(A_ROW | {"received_at": cell, "contact": "Letter"} for cell in cells),
        A_ROW | {"received_at": "", "contact": ""},
    )
    imports.confirm(table.pk, actor=by(manager))
    first, second, third = ServiceRequest.objects.order_by("pk")
    assert (first.received_at, first.contact) == (received, "letter")
    assert second.received_at == received.replace(second=0, microsecond=0)
    assert (third.received_at, third.contact) == (third.created_at, "")


def test_an_impossible_time_is_an_error_of_its_row(manager: User, customer: User) -> None:
    weeks_ago = f"{timezone.localtime() - dt.timedelta(days=30):%Y-%m-%d %H:%M}"
    cells = [{"received_at": "noon"}, {"received_at": weeks_ago}, {"contact": "pigeon"}]
    table = bring(manager, *(A_ROW | {"received_at": "", "contact": ""} | cell for cell in cells))
    errors = imports.stored_errors(imports.validate(table.pk, actor=by(manager)))
    assert [(error.row, error.field) for error in errors] == [
        (1, "received_at"),
        (2, "received_at"),
        (3, "contact"),
    ]
