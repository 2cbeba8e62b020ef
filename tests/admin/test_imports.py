"""Imports.

The file is previewed, errors are shown by row and field, and one POST files all of it.
"""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from gasutil.models import Import, RequestType, ServiceRequest, User
from tests.support.console import QUEUE
from tests.support.hostile_input import NASTY
from tests.support.people import make_user
from tests.support.request_types import make_type
from tests.support.table_files import CASES

IMPORT = f"{QUEUE}import/"
HEADING = "customer,request_type,description,address\n"


def bring(client: Any, text: str | bytes, name: str = "calls.csv") -> Any:
    content = text.encode() if isinstance(text, str) else text
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, content)})


def sheet(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_it_works(manager: User, customer: User, console) -> None:
    client = console(manager)
    answer = bring(
        client,
        f'\ufeff{HEADING}customer,gas_leak_inspection,It smells,\ncustomer,new_connection,"A line,'
        ' please",9 Street\n,,,\n',
    )
    page = client.get(answer.headers["Location"])
    assert page.context["wrong"] == []
    assert not ServiceRequest.objects.exists()
    table = Import.objects.get()
    for _ in range(2):  # a second click files nothing twice
        client.post(f"{IMPORT}{table.pk}/file/")
    assert list(ServiceRequest.objects.order_by("pk").values_list("description", "address")) == [
        ("It smells", customer.address),
        ("A line, please", "9 Street"),
    ]


def test_a_sheet_is_read_as_well(manager: User, customer: User, console) -> None:
    content = sheet(
        ["customer", "request_type", "description"], ["customer", "new_connection", "A line"]
    )
    client = console(manager)
    answer = bring(client, content, "calls.xlsx")
    assert client.get(answer.headers["Location"]).context["wrong"] == []


def test_errors_are_listed_by_row_and_field(manager: User, customer: User, console) -> None:
    client = console(manager)
    answer = bring(client, f"{HEADING}customer,new_connection,A line,\nnobody,new_connection,,\n")
    page = client.get(answer.headers["Location"]).content.decode()
    assert "row 3" in page  # as in the sheet
    assert "column A" in page
    assert "No such customer." in page
    assert "Create 2 requests" not in page
    client.post(f"{IMPORT}{Import.objects.get().pk}/file/")
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize(
    ("content", "result"),
    [
        (b"\xff\xfe\x00\x01", "can&#x27;t be read"),
        (b"PK\x03\x04not really", "This table has no rows."),
        (b"", "submitted file is empty"),
        (b"customer,request_type\nx,y\n", "Add the missing column description."),
        (
            b"customer,request_type,description,priority\nx,y,z,emergency\n",
            "“priority” is not a known heading.",
        ),
    ],
)
def test_an_unreadable_file_is_an_error(
    content: bytes, result: str, manager: User, console
) -> None:
    answer = bring(console(manager), content)
    assert answer.status_code == 200
    assert result in answer.content.decode()


def test_it_requires_the_permission_and_is_its_authors_alone(
    manager: User, support: User, root: User, customer: User, console
) -> None:
    bring(console(manager), f"{HEADING}customer,new_connection,A line,\n")
    table = Import.objects.get()
    for user in (support, root):
        client = console(user)
        assert client.get(f"{IMPORT}{table.pk}/").status_code == 404
        assert client.post(f"{IMPORT}{table.pk}/file/").status_code == 404
    assert console(support).get(IMPORT).status_code == 404
    assert "/import/" not in console(support).get(QUEUE).content.decode()
    assert console(manager).get(f"{IMPORT}{table.pk}/file/").status_code == 405
    assert not ServiceRequest.objects.exists()


def test_what_a_table_has_stays_text(manager: User, console) -> None:
    client = console(manager)
    quoted = NASTY.replace('"', '""')
    answer = bring(client, f'{HEADING}"{quoted}","{quoted}","{quoted}",\n')
    page = client.get(answer.headers["Location"]).content.decode()
    for live in ("<img src=x", "<script>alert", "' x-init='alert"):
        assert live not in page, live


@pytest.mark.parametrize(
    "name", ["dimension_A1.xlsx", "lastcell.xlsx", "empty_in_middle.csv", "trailing_commas.csv"]
)
def test_every_row_of_a_file_becomes_a_request(name: str, manager: User, console) -> None:
    make_user("priya.sharma")
    make_user("nobody")
    client = console(manager)
    answer = bring(client, (CASES / name).read_bytes(), name)
    page = client.get(answer.headers["Location"])
    assert page.context["wrong"] == []
    rows = [number for number, _cells in page.context["cells"]]
    assert [item["row"] for item in page.context["sample"]] == rows
    client.post(f"{IMPORT}{Import.objects.get().pk}/file/")
    assert ServiceRequest.objects.count() == len(rows)


def test_a_date_cell_answers_a_date_question(manager: User, console) -> None:
    make_user("priya.sharma")
    asks = [{"name": "dispute_about", "kind": "short_text"}, {"name": "read_on", "kind": "date"}]
    RequestType.objects.filter(code="meter_reading_dispute").update(
        form=[ask | {"label": ask["name"]} for ask in asks]
    )
    client = console(manager)
    answer = bring(client, (CASES / "date_cell.xlsx").read_bytes(), "date_cell.xlsx")
    page = client.get(answer.headers["Location"])
    [row] = page.context["sample"]
    assert row["answers"] == [["dispute_about", "estimated"], ["read_on", "20 Nov 2026"]]
    assert "20 Nov 2026" in page.content.decode()


def test_the_preview_shows_what_was_understood(manager: User, customer: User, console) -> None:
    client = console(manager)
    answer = bring(
        client,
        "Calls of today\n\nCustomer;Request Type;Description\nCUSTOMER;Gas Leak"
        " Inspection;Caf\xe9\n".encode("cp1252"),
    )
    page = client.get(answer.headers["Location"]).content.decode()
    for text in (
        "CSV, Windows-1252, separated by semicolon",
        "row 3",
        "row 4",
        "Customer Example",
        "Gas leak",
        "Emergency",
        "Caf\xe9",
    ):
        assert text in page, text


def test_a_sheet_can_be_named(manager: User, customer: User, console) -> None:
    book = Workbook()
    for name in ("May", "June"):
        book.create_sheet(name).append(["customer", "request_type", "description"])
        book[name].append(["customer", "new_connection", name])
    file = io.BytesIO()
    book.save(file)
    client = console(manager)
    answer = client.post(
        IMPORT, {"file": SimpleUploadedFile("calls.xlsx", file.getvalue()), "sheet": "june"}
    )
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Sheet, May" in page  # those that were not read
    assert [row["description"] for row in Import.objects.get().rows] == ["June"]


def test_every_error_of_a_file_is_shown_with_its_row_and_column(manager: User, console) -> None:
    book = Workbook()
    book.active.append(["customer", "request_type", "description", None])
    book.active.append(["customer", "new_connection", "#N/A", "stray"])
    file = io.BytesIO()
    book.save(file)
    page = bring(console(manager), file.getvalue(), "calls.xlsx").content.decode()
    assert "Row 2, column C: This cell has the error #N/A." in page
    assert "Column D has no heading, but a value in row 2." in page


def test_a_draft_of_the_previous_release_can_be_confirmed(
    manager: User, customer: User, console
) -> None:
    client = console(manager)
    bring(client, f"{HEADING}customer,new_connection,A line,\nnobody,new_connection,x,y\n")
    Import.objects.update(source={}, result={})  # which it does not write
    draft = Import.objects.get()
    assert "The table has not been checked." in client.get(f"{IMPORT}{draft.pk}/").content.decode()
    page = client.post(f"{IMPORT}{draft.pk}/validate/", follow=True)
    assert [number for number, _row, _view_errors in page.context["wrong"]] == [2]
    make_user("nobody")
    client.post(f"{IMPORT}{draft.pk}/file/")
    assert ServiceRequest.objects.count() == 2


def test_the_errors_of_a_row_are_in_the_order_of_its_columns(
    manager: User, customer: User, console
) -> None:
    make_type(
        "works",
        fields=[
            {"name": "first", "kind": "date", "maximum": 0},
            {"name": "second", "kind": "whole_number"},
        ],
    )
    text = (
        "customer,request_type,description,details.first,details.second,details.none\n"
        "customer,works,x,2999-01-01,many,y\n"
    )
    client = console(manager)
    page = client.get(bring(client, text).headers["Location"])
    [(_number, _row, errors)] = page.context["wrong"]
    assert [letters for letters, _field_error in errors] == ["D", "E", "F"]
