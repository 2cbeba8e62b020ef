"""An emergency is created whatever its values and files are.

Only an unknown field or a wrong JSON type is an error.
"""

import json
import string
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from gasutil.errors import Busy
from gasutil.models import Attachment, RequestType, ServiceRequest, User
from gasutil.workflow import attachments
from tests.support.api import Api, token_of
from tests.support.documents import PDF
from tests.support.files import part
from tests.support.problems import field_errors

LEAK = {"request_type": "gas_leak_inspection", "description": "It smells"}
CONNECTION = {"request_type": "new_connection", "description": "A new house"}


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def warned(answer: Any) -> list[str]:
    assert answer.status_code == 201, answer.content
    return [warning["field"] for warning in answer.json().get("warnings", [])]


def note_of(answer: Any) -> str:
    return str(
        ServiceRequest.objects.get(pk=answer.json()["id"]).history.earliest("history_id").notes
    )


def test_it_works(api: Any, customer: User) -> None:
    answer = api(customer).post("requests/", LEAK)
    assert (warned(answer), note_of(answer)) == ([], "")
    assert "files_refused" not in answer.json()


def test_a_refused_emergency_names_only_what_refuses_it(api: Any, customer: User) -> None:
    answer = api(customer).post("requests/", {"request_type": LEAK["request_type"], "foo": 1})
    assert field_errors(answer) == [("foo", "extra_forbidden")]
    answer = api(customer).post("requests/", {"request_type": "new_connection", "foo": 1})
    assert sorted(field_errors(answer)) == [("description", "missing"), ("foo", "extra_forbidden")]


@pytest.mark.parametrize(
    ("body", "fields", "text"),
    [
        ({"details": {"location": "mars"}}, ["details.location"], "mars"),
        ({"details": {"colour": "red"}}, ["details.colour"], "red"),
        ({"details": {"colour": {"deep": [1, None]}}}, ["details.colour"], '{"deep": [1, null]}'),
        (
            {"details": {"location": ["inside"], "x\0": "a\0b"}},
            ["details.location", "details.x\N{REPLACEMENT CHARACTER}"],
            '["inside"]',
        ),
        ({"description": ""}, [], ""),
        ({"description": "\u200b"}, [], ""),
        ({"description": None, "address": None, "details": None}, [], ""),
        ({"description": "x" * 4000 + "the end"}, ["description"], "the end"),
        ({"address": "x" * 500 + "the gate"}, ["address"], "the gate"),
        ({"description": "a\0b"}, ["description"], ""),
    ],
)
def test_a_value_that_does_not_validate_is_stored_in_a_note(
    body: dict[str, Any], fields: list[str], text: str, api: Any, customer: User
) -> None:
    answer = api(customer).post("requests/", LEAK | body)
    assert warned(answer) == fields
    assert text in note_of(answer)


def test_the_usable_answers_are_stored(api: Any, customer: User) -> None:
    answer = api(customer).post(
        "requests/", LEAK | {"details": {"location": "inside", "colour": "red"}}
    )
    assert answer.json()["details"] == {"location": "inside"}
    assert answer.json()["safety_instructions"]


def test_without_a_description_it_is_created(api: Any, customer: User) -> None:
    assert warned(api(customer).post("requests/", {"request_type": "gas_leak_inspection"})) == []


@pytest.mark.parametrize(
    "body",
    [
        {"colour": "red"},
        {"description": 7},
        {"address": ["x"]},
        {"details": "inside"},
        {"details": []},
        {"request_type": 7},
        {"request_type": "gas_leak"},
    ],
)
def test_an_unknown_field_or_a_wrong_json_type_is_an_error(
    body: dict[str, Any], api: Any, customer: User
) -> None:
    answer = api(customer).post("requests/", LEAK | body)
    assert answer.status_code == 422
    assert [field for field, _ in field_errors(answer)] == list(body)
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize("address", ["", " ", "\u200b"])
def test_it_needs_a_place(address: str, api: Any, customer: User) -> None:
    User.objects.filter(pk=customer.pk).update(address="")
    answer = api(customer).post("requests/", LEAK | {"address": address})
    assert (answer.status_code, [field for field, _ in field_errors(answer)]) == (422, ["address"])


@pytest.mark.parametrize(
    "raw",
    [
        b'{"request_type": "gas_leak_inspection", "description": "cut \\ud83d"}',
        b'\xef\xbb\xbf{"request_type": "gas_leak_inspection", "description": "BOM"}',
        b'{"request_type": "gas_leak_inspection", "description": "caf\xe9"}',
        b'{"request_type": "gas_leak_inspection", "description": "x", "details": {"reading": NaN}}',
    ],
)
def test_damaged_json_is_read(raw: bytes, api: Any, customer: User) -> None:
    answer = api(customer)("POST", "requests/", raw)
    assert answer.status_code == 201, answer.content


def test_damaged_json_of_any_other_request_is_400(api: Any, customer: User) -> None:
    assert (
        api(customer)(
            "POST", "requests/", b'{"request_type": "new_connection", "description": "\\ud83d"}'
        ).status_code
        == 400
    )
    assert api(customer)("POST", "requests/", b"{").status_code == 400


def test_any_other_request_is_still_rejected(api: Any, customer: User) -> None:
    answer = api(customer).post(
        "requests/", CONNECTION | {"details": {"colour": "red"}, "description": "x" * 4001}
    )
    assert {field for field, _ in field_errors(answer)} == {"details.colour", "description"}


def test_a_retry_returns_the_same_warnings(api: Any, customer: User) -> None:
    answers = [
        api(customer).post("requests/", LEAK | {"details": {"colour": "red"}}, Idempotency_Key="k")
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert ServiceRequest.objects.count() == 1


# --- Files
# --------------------------------------------------------------------------------------------------
def file_leak(customer: User, *files: SimpleUploadedFile, **fields: Any) -> Any:
    return Api(customer).send("requests/", **LEAK | fields, attachments=list(files))


def refused(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 201, answer.content
    return [(file["filename"], file["code"]) for file in answer.json()["files_refused"]]


def test_the_good_files_are_stored_and_the_others_named(customer: User) -> None:
    answer = file_leak(
        customer, part(), part(b"nonsense", "no.jpg"), part(PDF, "a.pdf", "application/pdf")
    )
    assert [name for name, _ in refused(answer)] == ["no.jpg"]
    assert sorted(Attachment.objects.values_list("filename", flat=True)) == ["a.pdf", "meter.jpg"]
    assert "no.jpg" in note_of(answer)


def test_too_many_and_too_large_files_are_named(customer: User, settings: Settings) -> None:
    settings.FILES_A_CALL, settings.FILE_LIMIT = 2, 2000
    large = part(PDF + b" " * 3000 + b"%%EOF", "large.pdf", "application/pdf")
    answer = file_leak(
        customer,
        large,
        part(PDF, "a.pdf", "application/pdf"),
        part(PDF, "b.pdf", "application/pdf"),
    )
    assert refused(answer) == [("large.pdf", "too-large"), ("b.pdf", "too_long")]
    assert Attachment.objects.get().filename == "a.pdf"


def test_a_store_that_is_full_or_unavailable_is_tried_once(
    customer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(store: FileSystemStorage, name: str, content: File[bytes]) -> str:
        tried.append(name)
        raise OSError(28, "No space left on device")

    tried: list[str] = []
    monkeypatch.setattr(FileSystemStorage, "_save", fail)
    assert refused(file_leak(customer, part(), part())) == [("meter.jpg", "files-unavailable")] * 2
    assert len(tried) == 1
    answer = Api(customer).send("requests/", **CONNECTION, attachments=[part()])
    assert (answer.status_code, answer.json()["type"]) == (
        503,
        "urn:gasutil:problem:files-unavailable",
    )
    assert "without files" in answer.json()["detail"]
    assert answer.headers["Retry-After"]
    assert ServiceRequest.objects.count() == 1


def test_a_scanner_that_does_not_answer_stops_no_emergency(
    customer: User, settings: Settings
) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:9"
    assert refused(file_leak(customer, part(), part())) == [("meter.jpg", "files-unavailable")] * 2


@pytest.mark.parametrize("error", [Busy(), RuntimeError("a decoder that crashed"), MemoryError()])
def test_a_decoder_that_is_busy_or_crashes_stops_no_emergency(
    error: Exception, customer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise error

    monkeypatch.setattr(attachments, "validate_upload", fail)
    assert len(refused(file_leak(customer, part()))) == 1


def test_files_of_an_emergency_take_a_bounded_time(
    customer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "FILES_SECONDS", -1)
    assert refused(file_leak(customer, part(), part())) == [("meter.jpg", "busy")] * 2
    assert Api(customer).send("requests/", **CONNECTION, attachments=[part()]).status_code == 503


def test_a_body_that_is_too_large_says_to_send_it_without_files(customer: User) -> None:
    headers = {"Authorization": f"Bearer {token_of(customer)}"}
    content_type = "multipart/form-data; boundary=x"
    answer = Api(customer).client.generic(
        "POST",
        "/api/v1/requests/",
        b"x",
        content_type=content_type,
        headers=headers,
        CONTENT_LENGTH=str(51 * 2**20 + 1),
    )
    assert (answer.status_code, answer.json()["type"]) == (
        413,
        "urn:gasutil:problem:send-without-files",
    )
    assert settings.EMERGENCY_NUMBER in answer.json()["detail"]


# --- Five hundred bodies
# ------------------------------------------------------------------------------------------
texts = st.text(max_size=60) | st.sampled_from(
    ["", " ", "\0", "\u200b", "x" * 4500, "<b>", "\ud83d", "नमस्ते"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(
    [
        "location",
        "smell_strength",
        "anyone_unwell",
        "self",
        "model_config",
        "__class__",
        "since",
        "",
    ]
)
bodies = st.fixed_dictionaries(
    {"request_type": st.sampled_from(["gas_leak_inspection", "third_party_damage"])},
    optional={
        "description": texts | st.none(),
        "address": texts | st.none(),
        "details": st.dictionaries(names | texts, values, max_size=5) | st.none(),
    },
)


@pytest.mark.sweep
@pytest.mark.django_db
@hypothesis_settings(
    max_examples=500,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=bodies)
def test_five_hundred_bodies_are_all_accepted(body: dict[str, Any], customer: User) -> None:
    answer = Api(customer)("POST", "requests/", json.dumps(body))
    assert answer.status_code == 201, (body, answer.content)
    stored = answer.json()
    assert (stored["is_emergency"], stored["priority"], bool(stored["address"])) == (
        True,
        "emergency",
        True,
    )
    assert set(stored["details"]) <= {
        question["name"] for question in RequestType.objects.get(code=body["request_type"]).form
    }
    assert all(
        warning["field"].partition(".")[0] in ("description", "address", "details")
        for warning in stored.get("warnings", [])
    )


@pytest.mark.parametrize("character", [*string.whitespace, "\x01", "\x7f", "\u2028", "\ufffe"])
def test_control_characters_stop_no_emergency(character: str, api: Any, customer: User) -> None:
    assert (
        api(customer)
        .post("requests/", LEAK | {"description": f"a{character}b", "address": f"1{character}2"})
        .status_code
        == 201
    )


def test_a_file_that_reopens_a_request_says_so(
    api: Any, customer: User, support: User, connection: ServiceRequest
) -> None:
    first = Api(customer).send(f"requests/{connection.pk}/attachments/", file=part())
    assert (first.status_code, "status" in first.json()) == (201, False)
    assert (
        api(support)
        .patch(f"requests/{connection.pk}/", {"status": "resolved", "notes": "Done"})
        .status_code
        == 200
    )
    assert (
        Api(customer).send(f"requests/{connection.pk}/attachments/", file=part()).json()["status"]
        == "in_progress"
    )
