"""Files of a request: which are accepted, who sees them, and that none is lost or left behind."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image
from pytest_django import Settings

from gasutil.access import Actor
from gasutil.models import Attachment, RequestUpdate, ServiceRequest, User
from gasutil.workflow import attachments, requests
from tests.support.api import Api, token_of
from tests.support.documents import CASES, PDF
from tests.support.files import files_in, part, picture
from tests.support.problems import NOT_FOUND, field_errors

LEAK = {"request_type": "gas_leak_inspection", "description": "It smells"}
CONNECTION = {"request_type": "new_connection", "description": "A new house"}


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """An empty folder for files."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def send(user: User, path: str, **parts: Any) -> Any:
    return Api(user).send(path, **parts)


def attach(user: User, obj: ServiceRequest, *content: Any) -> Any:
    return send(user, f"requests/{obj.pk}/attachments/", file=part(*content))


def downloaded(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.fixture
def attached(customer: User, leak: ServiceRequest) -> Attachment:
    """A picture on the leak, of its owner's."""
    return Attachment.objects.get(pk=attach(customer, leak).json()["id"])


# --- Uploading
# --------------------------------------------------------------------------------------------------
def test_it_works(customer: User, leak: ServiceRequest, api: Any) -> None:
    answer = attach(customer, leak)
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    content = downloaded(api(customer).get(f"attachments/{shown['id']}/download/"))
    assert shown == {
        "id": shown["id"],
        "service_request": leak.pk,
        "filename": "meter.jpg",
        "content_type": "image/jpeg",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "created_at": shown["created_at"],
        "uploaded_by": customer.pk,
    }
    assert api(customer).get(f"attachments/{shown['id']}/").json() == shown
    assert api(customer).get(f"requests/{leak.pk}/").json()["attachments"] == [shown]
    row = RequestUpdate.objects.filter(id=leak.pk).latest("history_id")
    assert (row.event, row.subject, row.history_user) == (
        "request.attachment_added",
        "meter.jpg",
        customer,
    )


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (picture("PNG"), "a.png", "image/png"),
        (picture("WEBP"), "a.webp", "image/webp"),
        (picture("JPEG"), "A.JPEG", "application/octet-stream"),
        (picture("JPEG"), "a.jpg", "image/jpg"),
        (picture("JPEG"), "a.jfif", "image/pjpeg"),
        (
            picture("MPO", save_all=True, append_images=[Image.new("RGB", (6, 4))]),
            "of-a-phone.jpg",
            "image/jpeg",
        ),
        (PDF, "bill.pdf", "application/pdf"),
    ],
)
def test_it_accepts_images_and_documents(
    content: bytes, name: str, kind: str, customer: User, leak: ServiceRequest
) -> None:
    answer = attach(customer, leak, content, name, kind)
    assert (answer.status_code, answer.json()["filename"]) == (201, name)


@pytest.mark.parametrize(
    ("content", "name", "kind", "why"),
    [
        (picture("GIF"), "a.gif", "image/gif", "can't be read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml", "can't be read"),
        (b"<html><script>alert(1)</script>", "a.jpg", "image/jpeg", "can't be read"),
        (b"\xff\xd8\xff\xe0" + b"<html>" * 99, "a.jpg", "image/jpeg", "can't be read"),
        (picture()[:300], "a.jpg", "image/jpeg", "can't be read"),
        (b"", "a.jpg", "image/jpeg", "can't be read"),
        (PDF[: len(PDF) // 2], "a.pdf", "application/pdf", "incomplete"),
        (picture("PNG"), "a.txt", "image/png", "the file name says otherwise"),
        (picture("PNG"), "a.pdf", "image/png", "the file name says otherwise"),
        (picture("PNG"), "a.png", "text/html", "not text/html"),
        (picture("PNG"), "a.png", "image/svg+xml", "not image/svg+xml"),
        (picture("PNG"), "a.png", "image/jpeg", "not image/jpeg"),
        (PDF, "a.jpg", "image/jpeg", "not image/jpeg"),
    ],
)
def test_it_rejects_the_rest(
    content: bytes,
    name: str,
    kind: str,
    why: str,
    customer: User,
    leak: ServiceRequest,
    folder: Path,
) -> None:
    answer = attach(customer, leak, content, name, kind)
    code = "unreadable" if content.startswith(b"\xff\xd8") or why == "incomplete" else "unsupported"
    assert (answer.status_code, answer.json()["type"]) == (415, f"urn:gasutil:problem:{code}")
    assert why in answer.json()["detail"]
    assert not Attachment.objects.exists()
    assert files_in(folder) == []


@pytest.mark.parametrize(
    "kind",
    [
        "image/*",
        "image",
        "*/*",
        "binary/octet-stream",
        "application/x-image",
        "IMAGE/JPEG; x=y",
        "",
    ],
)
def test_a_content_type_that_names_no_type_is_no_mismatch(
    kind: str, customer: User, leak: ServiceRequest
) -> None:
    assert attach(customer, leak, picture(), "meter.jpg", kind).status_code == 201


@pytest.mark.parametrize(
    ("content", "name", "kind", "stored"),
    [
        (
            picture(),
            "Screenshot 2026-11-26 at 10.22.33",
            "image/jpeg",
            "Screenshot 2026-11-26 at 10.22.33.jpg",
        ),
        (PDF, "Invoice No.5", "application/x-pdf", "Invoice No.5.pdf"),
        (PDF, "Mr. Sharma gas bill", "application/pdf", "Mr. Sharma gas bill.pdf"),
        (picture(), "meter", "image/jpeg", "meter.jpg"),
        (picture(), "Flat 3.C", "image/jpeg", "Flat 3.C.jpg"),
        (picture("WEBP", (5000, 3600)), "blob", "image/webp", "blob.jpg"),
        (picture("WEBP", (5000, 3600)), "large.webp", "image/webp", "large.jpg"),
        (picture(), "x" * 99 + ".y", "image/jpeg", "x" * 96 + ".jpg"),
        (picture("WEBP"), "webp_as.jpg", "image/jpeg", "webp_as.webp"),
        (picture("PNG"), "a.jpg", "image/png", "a.png"),
        (picture("PNG"), "a.GIF", "image/gif", "a.png"),
        (picture(), "IMG_1.HEIC", "image/heic", "IMG_1.jpg"),
        ((CASES / "iphone.heic").read_bytes(), "IMG_2.HEIC", "image/heic", "IMG_2.jpg"),
        ((CASES / "iphone.heic").read_bytes(), "IMG_3", "image/heif", "IMG_3.jpg"),
        ((CASES / "photo.avif").read_bytes(), "photo.avif", "image/avif", "photo.jpg"),
        ((CASES / "webp_as.jpg").read_bytes(), "webp_as.jpg", "image/jpeg", "webp_as.webp"),
    ],
)
def test_a_dot_is_no_extension_and_another_image_type_is_renamed(
    content: bytes, name: str, kind: str, stored: str, customer: User, leak: ServiceRequest
) -> None:
    answer = attach(customer, leak, content, name, kind)
    assert (answer.status_code, answer.json().get("filename")) == (201, stored)


def test_an_image_has_a_limit_of_pixels(customer: User, leak: ServiceRequest, folder: Path) -> None:
    answer = attach(customer, leak, picture("PNG", (9000, 7000)), "bomb.png", "image/png")
    assert (answer.status_code, answer.json()["type"]) == (
        413,
        "urn:gasutil:problem:too-many-pixels",
    )
    assert files_in(folder) == []


def test_an_image_loses_its_location_and_looks_the_same(
    customer: User, leak: ServiceRequest, api: Any
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[1] = "N"
    answer = attach(
        customer,
        leak,
        picture("JPEG", (60, 40), exif=exif, icc_profile=b"profile", comment=b"at home")
        + b"<?php hidden ?>",
    )
    with Image.open(
        io.BytesIO(downloaded(api(customer).get(f"attachments/{answer.json()['id']}/download/")))
    ) as image:
        assert image.size == (40, 60)
        assert dict(image.getexif()) == {}
        assert "icc_profile" not in image.info
        assert "comment" not in image.info


def test_it_rejects_what_is_too_large(
    customer: User, leak: ServiceRequest, settings: Settings
) -> None:
    settings.FILE_LIMIT = 1000
    assert (
        attach(customer, leak, PDF + b"x" * 1000 + b"%%EOF", "a.pdf", "application/pdf").status_code
        == 413
    )


def test_a_name_is_a_name_and_no_path(customer: User, leak: ServiceRequest, folder: Path) -> None:
    shown = attach(customer, leak, picture(), "x" * 200 + ".jpg").json()["filename"]
    assert (len(shown), shown[-4:]) == (100, ".jpg")
    assert all(
        path.is_relative_to(folder / "attachments") and len(path.stem) == 32
        for path in files_in(folder)
    )


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({}, [("file", "missing")]),
        ({"file": "text"}, [("file", "extra_forbidden"), ("file", "missing")]),
        ({"picture": part()}, [("picture", "extra_forbidden"), ("file", "missing")]),
        ({"file": [part(), part()]}, [("file", "too_long")]),
        ({"file": part(), "notes": "x"}, [("notes", "extra_forbidden")]),
    ],
)
def test_it_names_what_is_wrong(
    parts: dict[str, Any], expected: list[tuple[str, str]], customer: User, leak: ServiceRequest
) -> None:
    assert field_errors(send(customer, f"requests/{leak.pk}/attachments/", **parts)) == expected


def test_it_rejects_json(api: Any, customer: User, leak: ServiceRequest) -> None:
    assert api(customer).post(f"requests/{leak.pk}/attachments/", {"file": "x"}).status_code == 415


def test_other_calls_reject_forms(customer: User, leak: ServiceRequest) -> None:
    assert send(customer, f"requests/{leak.pk}/comments/", notes="x").status_code == 415


def test_who_may_attach(
    customer: User,
    neighbour: User,
    pending: User,
    support: User,
    leak: ServiceRequest,
    folder: Path,
) -> None:
    assert [attach(user, leak).status_code for user in (support, customer, neighbour, pending)] == [
        201,
        201,
        404,
        403,
    ]
    assert len(files_in(folder)) == 4  # two pictures with their thumbnails


def test_a_request_and_a_user_have_limits(
    customer: User, connection: ServiceRequest, settings: Settings, folder: Path
) -> None:
    settings.FILES_A_REQUEST = 1
    assert [attach(customer, connection).status_code for _ in range(2)] == [201, 409]
    settings.FILES_A_REQUEST, settings.FILES_QUOTA = 9, 1000
    assert "The limit is 0 MiB" in attach(customer, connection).json()["detail"]
    assert len(files_in(folder)) == 2


def test_an_agent_may_upload_more_than_a_customer(
    customer: User, support: User, connection: ServiceRequest, settings: Settings
) -> None:
    settings.FILES_QUOTA = 1000
    assert [
        attach(user, connection).status_code for user in (customer, customer, support, support)
    ] == [201, 409, 201, 201]


# --- With the request
# ---------------------------------------------------------------------------------------------
def test_a_request_is_filed_with_its_files(customer: User, api: Any) -> None:
    answer = send(
        customer,
        "requests/",
        **LEAK,
        details='{"location": "inside"}',
        attachments=[part(), part(PDF, "a.pdf", "application/pdf")],
    )
    assert answer.status_code == 201, answer.content
    filed = answer.json()
    assert (filed["details"], filed["priority"]) == ({"location": "inside"}, "emergency")
    shown = api(customer).get(f"requests/{filed['id']}/").json()
    assert [attachment["filename"] for attachment in shown["attachments"]] == ["meter.jpg", "a.pdf"]
    assert [row["previous_status"] for row in shown["updates"]] == [None, "pending", "pending"]


def test_a_form_without_files_files_a_request(customer: User) -> None:
    assert send(customer, "requests/", **LEAK).status_code == 201


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ({"attachments": [part(), part(b"nonsense")]}, 415),
        ({"attachments": [part() for _ in range(6)]}, 422),
        ({"attachments": [part()], "colour": "red"}, 422),
        ({"attachments": [part()], "details": "{"}, 422),
        ({"attachments": [part()], "details": '{"premises_type": "mars"}'}, 422),
        ({"picture": part()}, 422),
    ],
)
def test_an_error_stores_nothing(
    parts: dict[str, Any], status: int, customer: User, folder: Path
) -> None:
    answer = send(customer, "requests/", **CONNECTION | parts)
    assert answer.status_code == status, answer.content
    assert not ServiceRequest.objects.exists()
    assert files_in(folder) == []


def test_a_retry_files_it_once(customer: User) -> None:
    answers = [file_with_key(customer) for _ in range(2)]
    assert [answer.json()["id"] for answer in answers] == [ServiceRequest.objects.get().pk] * 2
    assert Attachment.objects.count() == 1
    assert file_with_key(customer, part(PDF, "a.pdf", "application/pdf")).status_code == 409


def file_with_key(user: User, file: SimpleUploadedFile | None = None) -> Any:
    headers = {"Authorization": f"Bearer {token_of(user)}", "Idempotency-Key": "k1"}
    return Api(user).client.post(
        "/api/v1/requests/", {**LEAK, "attachments": [file or part()]}, headers=headers
    )


def test_no_transaction_waits_for_files_to_be_validated_and_stored(
    customer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def watched(verb: Any) -> Any:
        return lambda *given, **named: (
            depths.append(len(connection.savepoint_ids)),
            verb(*given, **named),
        )[1]

    depths: list[int] = []
    monkeypatch.setattr(attachments, "validate_upload", watched(attachments.validate_upload))
    monkeypatch.setattr(attachments, "_store", watched(attachments._store))
    assert file_with_key(customer).status_code == 201
    assert depths == [len(connection.savepoint_ids)] * 2


def test_the_files_of_a_retry_are_not_validated_again(
    customer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = file_with_key(customer)
    monkeypatch.setattr(
        attachments, "validate_upload", lambda *given, **named: pytest.fail("it was")
    )
    retry = file_with_key(customer)
    assert (retry.status_code, retry.json()) == (201, first.json())


@pytest.mark.parametrize("quota", [2**20, 1000])
def test_a_slower_call_with_the_same_key_gets_the_first_response_and_leaves_no_file(
    quota: int, customer: User, folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def validate_slowly(*given: Any, **named: Any) -> Any:
        if not answers:
            answers.append(None)
            answers[0] = file_with_key(customer)
        return validate_upload(*given, **named)

    answers: list[Any] = []
    settings.FILES_QUOTA = quota  # the second of them would be rejected for it
    validate_upload = attachments.validate_upload
    monkeypatch.setattr(attachments, "validate_upload", validate_slowly)
    second = file_with_key(customer)
    assert (second.status_code, second.json(), second.headers["Idempotency-Replayed"]) == (
        201,
        answers[0].json(),
        "true",
    )
    assert (ServiceRequest.objects.count(), Attachment.objects.count(), len(files_in(folder))) == (
        1,
        1,
        2,
    )


# --- Giving back
# --------------------------------------------------------------------------------------------------
def test_a_download_is_never_a_page(attached: Attachment, api: Any, customer: User) -> None:
    answer = api(customer).get(f"attachments/{attached.pk}/download/")
    answer.close()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="meter.jpg"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize("path", ["", "download/", "preview/"])
def test_no_one_else_sees_it(
    path: str,
    attached: Attachment,
    api: Any,
    neighbour: User,
    pending: User,
    support: User,
    anyone: Api,
) -> None:
    answers = [
        api(user).get(f"attachments/{attached.pk}/{path}") for user in (support, neighbour, pending)
    ]
    answers[0].close()
    assert [answer.status_code for answer in answers] == [200, 404, 403]
    assert answers[1].json() == NOT_FOUND
    assert anyone.get(f"attachments/{attached.pk}/{path}").status_code == 401


def test_a_list_shows_the_users_own(
    attached: Attachment, api: Any, customer: User, neighbour: User, support: User
) -> None:
    result = [
        api(user)
        .get(f"attachments/?service_request={attached.service_request_id}")
        .json()["results"]
        for user in (customer, support, neighbour)
    ]
    assert [len(rows) for rows in result] == [1, 1, 0]


def test_a_file_that_is_gone_is_not_found(attached: Attachment, api: Any, customer: User) -> None:
    Path(attached.file.path).unlink()
    assert api(customer).get(f"attachments/{attached.pk}/download/").status_code == 404


# --- Previews
# --------------------------------------------------------------------------------------------------
def previewed(api: Any, user: User, pk: int, query: str = "") -> Image.Image:
    """Return the preview of a file, which is a small JPEG that no browser shows as a page."""
    answer = api(user).get(f"attachments/{pk}/preview/{query}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        200,
        "image/jpeg",
    ), answer.content
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, no-store"
    with Image.open(io.BytesIO(answer.content), formats=["JPEG"]) as image:
        image.load()
    return image


@pytest.mark.parametrize(
    ("size", "query", "expected"),
    [
        ((1200, 900), "", (320, 240)),
        ((1200, 900), "?width=100", (100, 75)),
        ((1200, 900), "?width=480", (480, 360)),
        ((1200, 900), "?width=1000", (1000, 750)),
        ((1200, 900), "?width=2048", (1200, 900)),
        ((900, 1200), "?width=320", (320, 427)),
        ((900, 1200), "?width=400", (400, 533)),
        ((60, 40), "?width=320", (60, 40)),
        ((480, 10), "?width=1000", (480, 10)),
        ((2, 3000), "?width=320", (1, 2048)),
    ],
)
def test_a_preview_has_a_width_and_is_never_larger_than_the_image(
    size: tuple[int, int],
    query: str,
    expected: tuple[int, int],
    customer: User,
    leak: ServiceRequest,
    api: Any,
) -> None:
    pk = attach(customer, leak, picture("JPEG", size)).json()["id"]
    width, height = previewed(api, customer, pk, query).size
    assert (width, height) == (expected[0], pytest.approx(expected[1], abs=2))


@pytest.mark.parametrize("width", [200, 900])
@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_preview_is_on_white(
    form: str, width: int, customer: User, leak: ServiceRequest, api: Any
) -> None:
    content = io.BytesIO()
    Image.new("RGBA", (1200, 900), (9, 9, 9, 0)).save(content, form)
    pk = attach(
        customer, leak, content.getvalue(), f"a.{form.lower()}", f"image/{form.lower()}"
    ).json()["id"]
    assert previewed(api, customer, pk, f"?width={width}").getpixel((9, 9)) == (255, 255, 255)


def test_the_preview_of_16_bit_grey_is_grey(customer: User, leak: ServiceRequest, api: Any) -> None:
    pk = attach(customer, leak, (CASES / "gray16.png").read_bytes(), "a.png", "image/png").json()[
        "id"
    ]
    low, high = previewed(api, customer, pk, "?width=2000").convert("L").getextrema()
    assert low < high  # type: ignore[operator]  # one band


def test_a_pdf_has_no_preview(customer: User, leak: ServiceRequest, api: Any) -> None:
    pk = attach(customer, leak, PDF, "a.pdf", "application/pdf").json()["id"]
    answer = api(customer).get(f"attachments/{pk}/preview/")
    assert (answer.status_code, answer.json()["detail"]) == (415, "Only images have a preview.")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?width=0", "width"),
        ("?width=2049", "width"),
        ("?width=wide", "width"),
        ("?height=9", "height"),
    ],
)
def test_a_preview_has_a_valid_width(
    query: str, field: str, attached: Attachment, api: Any, customer: User
) -> None:
    assert [
        name
        for name, _ in field_errors(api(customer).get(f"attachments/{attached.pk}/preview/{query}"))
    ] == [field]


def test_a_preview_of_a_file_that_is_gone_is_not_found(
    customer: User, leak: ServiceRequest, api: Any
) -> None:
    row = Attachment.objects.get(
        pk=attach(customer, leak, picture("JPEG", (1200, 900))).json()["id"]
    )
    Path(row.file.path).unlink()
    assert [
        api(customer).get(f"attachments/{row.pk}/preview/?width={width}").status_code
        for width in (320, 900)
    ] == [200, 404]
    Path(row.thumbnail.path).unlink()
    assert api(customer).get(f"attachments/{row.pk}/preview/").status_code == 404


# --- Removing
# --------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_its_uploader_removes_it_while_the_request_is_pending(
    attached: Attachment, api: Any, customer: User, folder: Path
) -> None:
    assert api(customer)("DELETE", f"attachments/{attached.pk}/").status_code == 204
    assert not Attachment.objects.exists()
    assert files_in(folder) == []
    row = RequestUpdate.objects.filter(id=attached.service_request_id).latest("history_id")
    assert (row.event, row.subject) == ("request.attachment_removed", "meter.jpg")
    assert api(customer)("DELETE", f"attachments/{attached.pk}/").status_code == 404


def test_no_one_else_removes_it(
    attached: Attachment, api: Any, neighbour: User, support: User
) -> None:
    assert [
        api(user)("DELETE", f"attachments/{attached.pk}/").status_code
        for user in (support, neighbour)
    ] == [403, 404]
    assert Attachment.objects.exists()


def test_it_stays_once_work_has_begun(
    attached: Attachment, api: Any, customer: User, support: User, folder: Path
) -> None:
    requests.start(attached.service_request_id, actor=Actor(support))
    answer = api(customer)("DELETE", f"attachments/{attached.pk}/")
    assert (answer.status_code, Attachment.objects.count(), len(files_in(folder))) == (409, 1, 2)
