"""Forms with files, as browsers and libraries write them."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from gasutil.form_data import normalise_content_type
from gasutil.models import Attachment, RequestUpdate, ServiceRequest, User
from tests.support.api import Api, token_of
from tests.support.asgi_wsgi_client import by_wsgi
from tests.support.documents import PDF
from tests.support.files import files_in, picture
from tests.support.problems import field_errors
from tests.support.randomness import Random

pytestmark = pytest.mark.sweep

BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
CONNECTION = {"request_type": "new_connection", "description": "A new house"}
LEAK = {"request_type": "gas_leak_inspection", "description": "It smells"}
FAMILY = "👨‍👩‍👧‍👦"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """An empty folder for files."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def part(disposition: str | bytes, content: str | bytes = b"", **headers: str) -> bytes:
    """Return a part with this rest of its `Content-Disposition`."""
    lines = [b"Content-Disposition: form-data; " + _bytes(disposition)]
    lines += [f"{name.replace('_', '-')}: {value}".encode() for name, value in headers.items()]
    return b"\r\n".join([*lines, b"", _bytes(content)])


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def texts(fields: dict[str, str]) -> list[bytes]:
    return [part(f'name="{name}"', value) for name, value in fields.items()]


def file(
    name: str = "file",
    filename: str | bytes = "meter.pdf",
    content: bytes = PDF,
    content_type: str = "application/pdf",
) -> bytes:
    return part(
        b'name="%s"; filename="%s"' % (name.encode(), _bytes(filename)),
        content,
        Content_Type=content_type,
    )


def form(*parts: bytes, end: bytes = b"--\r\n") -> bytes:
    delimiter = b"--" + BOUNDARY.encode()
    return b"".join(delimiter + b"\r\n" + content + b"\r\n" for content in parts) + delimiter + end


def post(
    user: User,
    path: str,
    body: bytes,
    content_type: str = f"multipart/form-data; boundary={BOUNDARY}",
) -> Any:
    api = Api(user)
    return api.client.generic(
        "POST", f"/api/v1/{path}", body, content_type=content_type, headers=api.headers
    )


def attach(user: User, obj: ServiceRequest, *parts: bytes, **options: Any) -> Any:
    return post(user, f"requests/{obj.pk}/attachments/", form(*parts), **options)


def submit(user: User, fields: dict[str, str], *parts: bytes, **options: Any) -> Any:
    return post(user, "requests/", form(*texts(fields), *parts), **options)


# --- File names
# --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("disposition", "stored"),
    [
        ('filename="meter.pdf"', "meter.pdf"),
        (f'filename="{FAMILY} घर.pdf"', f"{FAMILY} घर.pdf"),
        ('filename="क्‍ष.pdf"', "क्‍ष.pdf"),
        ('filename="meter %22front%22%0D%0A.pdf"', "meter front .pdf"),
        (r'filename="meter \"front\".pdf"', "meter front.pdf"),
        ('filename="100%25 %41.pdf"', "100%25 %41.pdf"),
        ('filename="=?utf-8?B?4KSX4KWI4KS4LnBkZg==?="', "गैस.pdf"),
        ('filename="=?UTF-8?Q?Caf=C3=A9.pdf?="', "Café.pdf"),
        (
            (
                'filename="=?utf-8?B?4KSX4KWI4KS4LnBkZg==?=";'
                " filename*=utf-8''%E0%A4%97%E0%A5%88%E0%A4%B8.pdf"
            ),
            "गैस.pdf",
        ),
        ("filename=a.pdf; filename*=UTF-8'en'caf%C3%A9.pdf", "café.pdf"),
        ("filename=a.pdf; filename*=no-such-charset''caf%C3%A9.pdf", "a.pdf"),
        ("filename=a.pdf; filename*=base64''caf%C3%A9.pdf", "a.pdf"),
        ("filename=meter.pdf", "meter.pdf"),
        ('FileName="meter.pdf"', "meter.pdf"),
        ('filename="C:\\Users\\Asha\\meter.pdf"', "meter.pdf"),
        ('filename="../../meter.pdf"', "meter.pdf"),
        ('filename="photo\u202efdp.pdf"', "photofdp.pdf"),
        ('filename="bill..pdf"', "bill.pdf"),
        ('filename="CON.pdf"', "_CON.pdf"),
        ('filename="/"', "file.pdf"),
        ('filename=".."', "file.pdf"),
        ('filename="."', "file.pdf"),
        ('filename="\u200b"', "file.pdf"),
        ('filename=""', "file.pdf"),
        (f'filename="{"न" * 250}.pdf"', "न" * 96 + ".pdf"),
        (f'filename="{"x" * 3000}.pdf"', "x" * 96 + ".pdf"),
        ('filename="Caf\u00e9.pdf"'.encode("latin-1"), "Café.pdf"),
        (b'filename="\x93quoted\x94.pdf"', "“quoted”.pdf"),
    ],
)
def test_a_name_is_stored_as_its_sender_sees_it(
    disposition: str | bytes, stored: str, customer: User, connection: ServiceRequest
) -> None:
    answer = attach(
        customer,
        connection,
        part(b'name="file"; ' + _bytes(disposition), PDF, Content_Type="application/pdf"),
    )
    assert (answer.status_code, answer.json().get("filename")) == (201, stored), answer.content
    assert RequestUpdate.objects.latest("history_id").subject == stored


# --- Parts
# --------------------------------------------------------------------------------------------------
NOT_CHOSEN = part('name="attachments"; filename=""', Content_Type="application/octet-stream")
DETAILS = '{"location": "inside"}'
REPORT = {"request_type": "gas_leak_inspection", "description": "It smells"}


@pytest.mark.parametrize(
    "details",
    [
        part('name="details"', DETAILS),
        part('name="details"', DETAILS, Content_Type="application/json"),
        part('name="details"', DETAILS, Content_Type="application/json; charset=utf-8"),
        part('name="details"; filename="blob"', DETAILS, Content_Type="application/json"),
        part(
            'name="details"; filename="details.json"',
            DETAILS,
            Content_Type="application/octet-stream",
        ),
        part('name="details"', "\ufeff" + DETAILS),
        part(
            'name="details"', json.dumps(DETAILS), Content_Type="application/json"
        ),  # written as JSON twice
        part(
            'name="details"', base64.b64encode(DETAILS.encode()), Content_Transfer_Encoding="base64"
        ),
        part("name=details", DETAILS, Content_Length=str(len(DETAILS))),
    ],
)
def test_details_are_a_part_of_json(details: bytes, customer: User) -> None:
    answer = submit(customer, REPORT, details)
    assert (answer.status_code, answer.json().get("details")) == (
        201,
        {"location": "inside"},
    ), answer.content
    assert answer.json().get("warnings", []) == []


@pytest.mark.parametrize("name", ["details[location]", "details.location", "details[rooms][]"])
def test_details_in_several_parts_are_an_error_with_help(name: str, customer: User) -> None:
    answer = submit(customer, CONNECTION, part(f'name="{name}"', "inside"))
    assert answer.json()["errors"] == [
        {
            "field": name,
            "code": "extra_forbidden",
            "message": "Send `details` as one part that contains a JSON object.",
            "params": {},
        }
    ]


def test_a_file_that_was_not_chosen_is_none(customer: User) -> None:
    assert submit(customer, CONNECTION, NOT_CHOSEN).status_code == 201
    assert submit(customer, CONNECTION, NOT_CHOSEN, file("attachments")).status_code == 201
    assert Attachment.objects.count() == 1


def test_a_form_of_a_file_alone_needs_it(customer: User, connection: ServiceRequest) -> None:
    answer = attach(
        customer,
        connection,
        part('name="file"; filename=""', Content_Type="application/octet-stream"),
    )
    assert field_errors(answer) == [("file", "missing")]


@pytest.mark.parametrize(
    "names",
    [
        ["attachments[]", "attachments[]"],
        ["attachments[0]", "attachments[1]"],
        ["attachments", "attachments[]"],
    ],
)
def test_files_may_be_named_as_a_list(names: list[str], customer: User) -> None:
    answer = submit(customer, CONNECTION, *[file(name) for name in names])
    assert (answer.status_code, Attachment.objects.count()) == (201, 2), answer.content


def test_a_single_file_may_be_named_as_a_list(customer: User, connection: ServiceRequest) -> None:
    assert attach(customer, connection, file("file[]")).status_code == 201
    assert field_errors(attach(customer, connection, file("file[]"), file())) == [
        ("file", "too_long")
    ]


def test_a_file_needs_no_name_if_its_type_is_no_text(
    customer: User, connection: ServiceRequest
) -> None:
    answer = attach(customer, connection, part("name=file", picture(), Content_Type="image/jpeg"))
    assert (answer.status_code, answer.json()["filename"]) == (201, "file.jpg")


def test_a_file_may_be_encoded(customer: User, connection: ServiceRequest) -> None:
    content = base64.encodebytes(PDF * 300)
    assert len(content) > 2 * 64 * 1024
    answer = attach(
        customer,
        connection,
        part('name="file"; filename="a.pdf"', content, Content_Transfer_Encoding="base64"),
    )
    assert (answer.status_code, answer.json().get("size")) == (201, len(PDF) * 300)
    cut = attach(
        customer,
        connection,
        part('name="file"; filename="a.pdf"', content[:-4], Content_Transfer_Encoding="base64"),
    )
    assert cut.status_code == 400


def test_an_empty_file_is_unreadable(customer: User, connection: ServiceRequest) -> None:
    assert attach(customer, connection, file(content=b"")).status_code == 415


def test_a_part_without_a_name_is_an_error(customer: User) -> None:
    answer = submit(customer, CONNECTION, part('filename="a.pdf"', PDF), part("x=y", "text"))
    assert {error["code"] for error in answer.json()["errors"]} == {"extra_forbidden"}


# --- Content types and charsets
# -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "content_type",
    [
        f"Multipart/Form-Data; boundary={BOUNDARY}",
        f"MULTIPART/FORM-DATA; BOUNDARY={BOUNDARY}",
        f'multipart/form-data; boundary="{BOUNDARY}"',
        f"multipart/form-data;boundary={BOUNDARY};charset=UTF-8",
        f"multipart/form-data; charset=base64; boundary={BOUNDARY}",
        f"multipart/form-data; charset=iso-8859-1; boundary={BOUNDARY}",
        f"multipart/form-data; charset=undefined; boundary={BOUNDARY}",
    ],
)
def test_a_content_type_may_be_written_in_any_way(content_type: str, customer: User) -> None:
    answer = submit(
        customer,
        CONNECTION | {"description": "गैस"},
        file("attachments"),
        content_type=content_type,
    )
    assert (answer.status_code, answer.json().get("description")) == (201, "गैस"), answer.content


CODECS = [
    "base64",
    "rot13",
    "idna",
    "undefined",
    "utf-16",
    "utf-7",
    "unicode_escape",
    "punycode",
    "no-such",
    "",
    "\N{DEVANAGARI LETTER KA}",
]


@pytest.mark.parametrize("charset", CODECS)
@pytest.mark.parametrize(
    "media_type",
    ["application/json", "multipart/form-data", "application/x-www-form-urlencoded", "text/plain"],
)
def test_no_charset_is_an_error_of_the_server(
    media_type: str, charset: str, customer: User
) -> None:
    api = Api(customer)
    content_type = f"{media_type}; charset={charset}; boundary={BOUNDARY}"
    body = (
        form(*texts(CONNECTION))
        if media_type.startswith("multi")
        else b'{"request_type": "new_connection"}'
    )
    for method in ("GET", "POST"):
        for path in ("/api/v1/requests/?q=%FF", "/admin/login/?next=%FF", "/health/live/?%FF"):
            answer = api.client.generic(
                method, path, body, content_type=content_type, headers=api.headers
            )
            assert answer.status_code < 500, (method, path)


def test_a_stream_is_opened_whatever_charset_it_names() -> None:
    scope = {
        "headers": [(b"accept", b"*/*"), (b"content-type", b"Text/Plain; charset=base64; x=y")]
    }
    normalise_content_type(None, scope=scope)
    assert scope["headers"] == [(b"accept", b"*/*"), (b"content-type", b"text/plain; x=y")]


@pytest.mark.parametrize("bom", [b"\xef\xbb\xbf", b""])
def test_json_may_begin_with_a_byte_order_mark(bom: bytes, customer: User) -> None:
    answer = post(customer, "requests/", bom + json.dumps(CONNECTION).encode(), "application/json")
    assert answer.status_code == 201


@pytest.mark.parametrize("name", ["description", "address", "request_type", "details", "nonsense"])
def test_text_that_is_not_utf8_is_an_error(name: str, customer: User) -> None:
    fields = {field: value for field, value in CONNECTION.items() if field != name}
    answer = submit(
        customer,
        fields,
        part(
            f'name="{name}"',
            '{"a": "Küche"}'.encode("latin-1"),
            Content_Type="text/plain; charset=iso-8859-1",
        ),
    )
    assert answer.status_code == 422
    errors = {error["field"]: error for error in answer.json()["errors"]}
    assert errors[name] == {
        "field": name,
        "code": "not_utf8",
        "message": "This text is not UTF-8. Send it as UTF-8.",
        "params": {},
    }
    assert not ServiceRequest.objects.exists()


def test_the_text_of_an_emergency_may_have_an_old_encoding(customer: User) -> None:
    fields = {"request_type": "gas_leak_inspection"}
    parts = [
        part("name=description", "Küche “riecht”".encode("cp1252")),
        part("name=details", '{"location": "Küche"}'.encode("latin-1")),
    ]
    answer = submit(customer, fields, *parts)
    assert (answer.status_code, answer.json().get("description")) == (
        201,
        "Küche “riecht”",
    ), answer.content
    assert [warning["field"] for warning in answer.json()["warnings"]] == ["details.location"]
    note = RequestUpdate.objects.filter(id=answer.json()["id"]).earliest("history_id")
    assert "Küche" in note.notes


# --- Damaged forms
# ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("end", [b"--", b"--\r\n\r\n", b"--\r\nepilogue", b""])
def test_the_last_boundary_may_be_written_in_any_way(end: bytes, customer: User) -> None:
    body = (
        form(*texts(CONNECTION), file("attachments"), end=end)
        if end
        else form(*texts(CONNECTION), file("attachments"))[:-46]
    )
    assert (post(customer, "requests/", body).status_code, Attachment.objects.count()) == (201, 1)


def test_a_part_without_an_end_of_its_headers_is_400(customer: User) -> None:
    assert post(customer, "requests/", form(*texts(CONNECTION), end=b"\r\n")).status_code == 400


@pytest.mark.parametrize("preamble", [b"\r\n", b"This is a form.\r\n", b"--\r\n"])
def test_there_may_be_a_preamble(preamble: bytes, customer: User) -> None:
    assert post(customer, "requests/", preamble + form(*texts(CONNECTION))).status_code == 201


@pytest.mark.parametrize(
    "boundary", ["", "boundary=", f"boundary={'x' * 300}", "boundary=\u0915", 'boundary="a\nb"']
)
def test_a_form_without_a_usable_boundary_is_400(boundary: str, customer: User) -> None:
    answer = submit(customer, CONNECTION, content_type=f"multipart/form-data; {boundary}")
    assert (answer.status_code, answer.json()["detail"]) == (400, "The form can't be read.")


def test_a_body_that_is_cut_off_is_400(
    customer: User, connection: ServiceRequest, folder: Path
) -> None:
    headers = {
        "Authorization": f"Bearer {token_of(customer)}",
        "Content_Type": f"multipart/form-data; boundary={BOUNDARY}",
    }
    body = form(file())
    assert (
        by_wsgi(
            f"/api/v1/requests/{connection.pk}/attachments/", [body[:-200]], len(body), **headers
        ).status
        == 400
    )
    assert files_in(folder) == []


def test_no_form_is_an_error_of_the_server(customer: User, chance: Random) -> None:
    original = form(
        *texts(CONNECTION),
        part('name="details"', "{}", Content_Type="application/json"),
        file("attachments"),
        NOT_CHOSEN,
    )
    for _ in range(150):
        body = bytearray(original)
        for _ in range(chance.randrange(1, 8)):
            position = chance.randrange(len(body))
            body[position : position + chance.randrange(4)] = chance.choice(
                [b"", b"\r\n", b'"', b"\xff", b";", b"\0", chance.randbytes(3)]
            )
        assert post(customer, "requests/", bytes(body)).status_code in (201, 400, 413, 415, 422)
