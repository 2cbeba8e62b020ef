"""Bringing a table: the file is looked at first, faults are told by row and field, and one POST files all of it."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from gasutil.models import Import, ServiceRequest, User
from tests.admin.conftest import QUEUE
from tests.admin.test_queue import NASTY

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
        client, f'\ufeff{HEADING}customer,gas_leak_inspection,It smells,\ncustomer,new_connection,"A line, please",9 Street\n,,,\n'
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
    content = sheet(["customer", "request_type", "description"], ["customer", "new_connection", "A line"])
    client = console(manager)
    answer = bring(client, content, "calls.xlsx")
    assert client.get(answer.headers["Location"]).context["wrong"] == []


def test_faults_are_told_by_row_and_field(manager: User, customer: User, console) -> None:
    client = console(manager)
    answer = bring(client, f"{HEADING}customer,new_connection,A line,\nnobody,new_connection,,\n")
    page = client.get(answer.headers["Location"]).content.decode()
    assert "row 2" in page
    assert "There is no such customer." in page
    assert "File them all" not in page
    client.post(f"{IMPORT}{Import.objects.get().pk}/file/")
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe\x00\x01", "can&#x27;t be read"),
        (b"PK\x03\x04not really", "This table has no rows."),
        (b"", "submitted file is empty"),
        (b"customer,request_type\nx,y\n", "There is no column description."),
        (b"customer,request_type,description,priority\nx,y,z,emergency\n", "The column priority is not known."),
    ],
)
def test_a_file_that_is_none_is_told(content: bytes, told: str, manager: User, console) -> None:
    answer = bring(console(manager), content)
    assert answer.status_code == 200
    assert told in answer.content.decode()


def test_it_requires_the_permission_and_is_its_authors_alone(manager: User, support: User, root: User, customer: User, console) -> None:
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
