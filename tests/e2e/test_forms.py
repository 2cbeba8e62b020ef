"""Forms with files as Chromium sends them.

They are sent to the API by `FormData`, and to the console by choosing files.
"""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gasutil.models import Attachment, ServiceRequest, User
from tests.support.api import token_of
from tests.support.browser import open_ticket
from tests.support.documents import CASES, PDF

pytestmark = pytest.mark.e2e
FAMILY = "👨‍👩‍👧‍👦"
POST = """async ([path, token, parts, chosen]) => {
    const page = document.createElement("form");
    for (const [name, value] of Object.entries(parts))
        page.append(Object.assign(document.createElement("textarea"), { name, value }));
    const input = Object.assign(
        document.createElement("input"), { type: "file", name: "attachments" }
    );
    page.append(input);
    const form = new FormData(page);
    for (const [name, text, type, filename] of chosen) {
        const blob = new Blob([text], { type });
        if (filename === null) form.append(name, blob);
        else form.append(name, blob, filename);
    }
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(path, { method: "POST", body: form, headers });
    return [response.status, await response.json()];
}"""


@pytest.fixture
def post(page: Page, customer: User) -> Callable[..., list[Any]]:
    """Post a form of a page's fields and of blobs to the API."""

    def send(
        parts: dict[str, str], *chosen: list[str | None], path: str = "requests/"
    ) -> list[Any]:
        page.goto("/api/v1/openapi.json")
        result: list[Any] = page.evaluate(
            POST, [f"/api/v1/{path}", token_of(customer), parts, list(chosen)]
        )
        return result

    return send


CONNECTION = {"request_type": "new_connection", "description": 'A new house\nwith a "gate"'}


def test_a_form_without_a_chosen_file_files_a_request(post: Any) -> None:
    status, body = post(CONNECTION)
    assert (status, body["description"]) == (201, 'A new house\nwith a "gate"')


@pytest.mark.parametrize("filename", [None, "details.json"])
def test_details_may_be_a_blob(filename: str | None, post: Any) -> None:
    details = ["details", '{"location": "inside"}', "application/json", filename]
    status, body = post(
        {"request_type": "gas_leak_inspection", "description": "It smells"}, details
    )
    assert (status, body["details"]) == (201, {"location": "inside"})


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        (None, "blob.pdf"),
        (f"{FAMILY} घर.pdf", f"{FAMILY} घर.pdf"),
        ('meter "front"\r\n.pdf', "meter front .pdf"),
        ("photo\u202efdp.pdf", "photofdp.pdf"),
        ("न" * 250 + ".pdf", "न" * 96 + ".pdf"),
        ("Invoice No.5", "Invoice No.5.pdf"),
        ("..", "file.pdf"),
    ],
)
def test_a_file_keeps_its_name(filename: str | None, expected: str, post: Any) -> None:
    status, body = post(CONNECTION, ["attachments", PDF.decode(), "application/pdf", filename])
    assert status == 201, body
    assert Attachment.objects.get().filename == expected


def test_photos_of_phones_can_be_chosen_and_looked_at(
    log_in: Callable[[User], Page], support: User, connection: ServiceRequest
) -> None:
    page = open_ticket(log_in(support), connection)
    page.locator("#composer_attachments").set_input_files(
        [CASES / name for name in ("iphone.heic", "photo.avif", "webp_as.jpg", "bom_before.pdf")]
    )
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator(".files .file")).to_have_count(4)
    assert [row.filename for row in Attachment.objects.all()] == [
        "iphone.jpg",
        "photo.jpg",
        "webp_as.webp",
        "bom_before.pdf",
    ]
    with page.context.expect_page() as opened:
        page.locator(".files a.file-shown").first.click()
    opened.value.wait_for_load_state()
    assert opened.value.locator("img").evaluate("(image) => image.naturalWidth") > 0


def test_a_file_that_cannot_be_opened_is_named(
    log_in: Callable[[User], Page], support: User, connection: ServiceRequest
) -> None:
    page = open_ticket(log_in(support), connection)
    page.locator("#composer_attachments").set_input_files([CASES / "encrypted.pdf"])
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator("#composer .notice")).to_contain_text("encrypted.pdf")
    expect(page.locator("#composer .notice")).to_contain_text("This PDF has a password.")
