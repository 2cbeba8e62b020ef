"""The ticket page: drafts, canned replies by keys, files, other viewers, and hostile texts."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from gasutil.access import Actor
from gasutil.models import Attachment, CannedReply, Channel, RequestUpdate, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.browser import open_ticket
from tests.support.documents import PDF, pdf_of_size
from tests.support.files import png, png_part
from tests.support.hostile_input import NASTY
from tests.support.people import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
LogIn = Callable[[User], Page]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def stored(page: Page) -> list[str]:
    names: list[str] = page.evaluate(
        "Object.keys(localStorage).filter((name) => name.startsWith('draft:'))"
    )
    return names


def document(folder: Path, size: int) -> Path:
    """Return a document of so many bytes."""
    file = folder / f"{size}.pdf"
    file.write_bytes(pdf_of_size(size))
    return file


def test_files_are_sent_as_large_as_they_may_be(
    log_in: LogIn, support: User, connection: ServiceRequest, tmp_path: Path
) -> None:
    page = open_ticket(log_in(support), connection)
    page.locator("#composer_attachments").set_input_files(
        [document(tmp_path, settings.FILE_LIMIT - more) for more in range(3)]
    )
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator("#toasts, .messages, main")).to_contain_text("Reply sent on")
    assert Attachment.objects.count() == 3


def test_files_that_are_too_large_are_named_before_sending(
    log_in: LogIn, support: User, connection: ServiceRequest, tmp_path: Path
) -> None:
    page = open_ticket(log_in(support), connection)
    large = document(tmp_path, settings.FILE_LIMIT + 1)
    page.locator("#composer textarea").fill("My words")
    page.locator("#composer_attachments").set_input_files([large])
    expect(page.locator("#composer [role=alert]")).to_have_text(
        f"{large.name}: the limit is 10 MiB per file."
    )
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator("#composer [role=alert]")).to_have_text(
        f"{large.name}: the limit is 10 MiB per file."
    )
    page.locator("[data-chosen] button").click()
    expect(page.locator("#composer [role=alert]")).to_have_count(0)
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator(".line:target")).to_contain_text("My words")
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (413, "This message is too large"),
        (401, "You are logged out"),
        (502, "Message not sent"),
        (0, "Message not sent"),
    ],
)
def test_an_error_of_the_server_is_shown_in_the_composer(
    status: int, result: str, log_in: LogIn, support: User, connection: ServiceRequest
) -> None:
    page = open_ticket(log_in(support), connection)
    page.route(
        "**/comment/", lambda route: route.fulfill(status=status) if status else route.abort()
    )
    page.locator("#composer textarea").fill("My words")
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator("#composer [role=alert]")).to_contain_text(result)
    expect(page.locator("#composer textarea")).to_have_value("My words")
    page.unroute("**/comment/")
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator(".line:target")).to_contain_text("My words")


def test_a_draft_waits_until_it_is_sent(
    log_in: LogIn, support: User, connection: ServiceRequest, leak: ServiceRequest, page_errors
) -> None:
    page = open_ticket(log_in(support), connection)
    words = page.locator("#composer textarea")
    words.fill("Half a sentence")
    page.locator("#composer").get_by_text("Internal note").click()
    open_ticket(page, leak)
    expect(words).to_have_value("")
    open_ticket(page, connection)
    expect(words).to_have_value("Half a sentence")
    expect(page.locator("#composer_internal")).to_be_checked()
    expect(page.locator("[data-draft-note]")).to_contain_text("Draft restored")

    page.get_by_role("button", name="Discard draft").click()
    expect(words).to_have_value("")
    assert stored(page) == []

    words.fill("A whole one")
    words.press("Control+Enter")
    expect(page.locator(".line.is-internal:target")).to_contain_text("A whole one")
    expect(words).to_have_value("")
    assert stored(page) == []
    assert page_errors == []


def test_a_draft_survives_an_error(
    log_in: LogIn, support: User, customer: User, connection: ServiceRequest, page_errors
) -> None:
    page = open_ticket(log_in(support), connection)
    page.locator("#composer textarea").fill("My words")
    page.locator("#composer_attachments").set_input_files(
        {"name": "meter.png", "mimeType": "image/png", "buffer": png()}
    )
    requests.comment(connection.pk, actor=Actor(customer, Channel.API), notes="Is anybody there?")
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator(".edit-conflict")).to_contain_text("Is anybody there?")
    expect(page.locator("#composer textarea")).to_have_value("My words")
    expect(page.locator(".chosen")).to_contain_text("meter.png")
    assert len(stored(page)) == 1
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator(".timeline")).to_contain_text("My words")
    assert stored(page) == []
    assert Attachment.objects.get().filename == "meter.png"
    assert page_errors == []


def test_a_canned_reply_is_put_in_by_keys_alone(
    log_in: LogIn, support: User, customer: User, connection: ServiceRequest, page_errors
) -> None:
    CannedReply.objects.create(
        title="Hello", text="Dear {customer},\nthis is {reference}.", position=0
    )
    CannedReply.objects.create(
        title="Nobody home", text="Called about {reference}.", is_internal=True, position=1
    )
    page = open_ticket(log_in(support), connection)
    words = page.locator("#composer textarea")
    words.focus()
    page.keyboard.press("/")
    expect(page.get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    expect(page.locator("[role=option][aria-selected=true]")).to_contain_text("Nobody home")
    page.keyboard.type("hell")
    expect(page.locator("[role=option]:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(words).to_have_value(f"Dear {customer},\nthis is {connection.reference}.")
    expect(words).to_be_focused()
    expect(page.locator("#composer_public")).to_be_checked()

    page.get_by_role("button", name="Canned reply").click()
    page.get_by_role("option", name="Nobody home").click()
    expect(page.locator("#composer_internal")).to_be_checked()
    expect(words).to_have_value(
        f"Dear {customer},\nthis is {connection.reference}.Called about {connection.reference}."
    )
    page.get_by_role("button", name="Canned reply").click()
    page.keyboard.press("Escape")
    expect(page.locator("#canned")).to_be_hidden()
    expect(words).to_be_focused()
    assert page_errors == []


def test_files_are_shown_taken_back_and_sent(
    log_in: LogIn, support: User, connection: ServiceRequest, page_errors
) -> None:
    page = open_ticket(log_in(support), connection)
    page.locator("#composer_attachments").set_input_files(
        [
            {"name": "meter.png", "mimeType": "image/png", "buffer": png()},
            {"name": "bill.pdf", "mimeType": "application/pdf", "buffer": PDF},
            {"name": "virus.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"},
        ]
    )
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator("#composer .notice")).to_contain_text("virus.exe")
    page.get_by_role("button", name="Remove: virus.exe").click()
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator(".files .file")).to_have_count(2)
    expect(page.locator(".files img")).to_have_js_property("naturalWidth", 8)
    assert page_errors == []


@pytest.fixture
def second(browser: Browser, base_url: str) -> Iterator[Page]:
    """A colleague's browser."""
    context = browser.new_context(base_url=base_url)
    yield context.new_page()
    context.close()


def expect_viewers(page: Page, said: str) -> None:
    """Let a page ask for the other viewers until it gets this response.

    By itself it asks only every twenty seconds.
    """
    for _ in range(20):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        with contextlib.suppress(AssertionError):
            expect(page.locator(".headline .presence")).to_have_text(said, timeout=500)
            break
    expect(page.locator(".headline .presence")).to_have_text(said)


def test_colleagues_see_each_other(
    log_in: LogIn,
    second: Page,
    support: User,
    colleague: User,
    connection: ServiceRequest,
    page_errors,
) -> None:
    page = open_ticket(log_in(support), connection)
    second.goto("/admin/login/")
    second.get_by_label("Username").fill(colleague.username)
    second.get_by_label("Password").fill(PASSWORD)
    second.get_by_role("button", name="Log in").click()
    expect(second.locator("#nav-sidebar")).to_be_visible()
    open_ticket(second, connection)
    expect(second.locator(".headline .presence")).to_have_text(
        f"{support} is viewing this request."
    )
    page.reload()
    expect(page.locator(".headline .presence")).to_have_text(
        f"{colleague} is viewing this request."
    )
    second.locator("#composer textarea").press_sequentially("Hello")
    expect_viewers(page, f"{colleague} is writing.")
    second.goto("/admin/gasutil/incident/")
    expect(second.locator("#nav-sidebar")).to_be_visible()
    expect_viewers(page, "")
    expect(page.locator(".headline .presence")).to_be_hidden()
    assert page_errors == []


def test_only_the_conversation_is_shown_and_that_is_remembered(
    log_in: LogIn, support: User, connection: ServiceRequest, page_errors
) -> None:
    requests.start(connection.pk, actor=Actor(support))
    requests.comment(connection.pk, actor=Actor(support), notes="On our way")
    page = open_ticket(log_in(support), connection)
    expect(page.locator(".line:visible")).to_have_count(3)
    page.get_by_role("button", name="Conversation").click()
    expect(page.locator(".line:visible")).to_have_count(1)
    page.reload()
    expect(page.locator(".line:visible")).to_have_count(1)
    filed = RequestUpdate.objects.filter(id=connection.pk).earliest("history_id")
    page.goto(f"/admin/gasutil/servicerequest/{connection.pk}/change/?x#update-{filed.pk}")
    expect(page.locator(".line:target")).to_be_visible()
    assert page_errors == []


@pytest.mark.parametrize("width", [390, 1280, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_breaks_it(
    width: int,
    theme: str,
    log_in: LogIn,
    support: User,
    colleague: User,
    customer: User,
    page_errors,
) -> None:
    long = f"{NASTY} {'W' * 300}\n" * 9
    obj = requests.submit(
        actor=Actor(customer, Channel.API),
        request_type="new_connection",
        description=long[:4000],
        address=f"{NASTY} {'A' * 200}",
    )
    User.objects.filter(pk=customer.pk).update(first_name="N" * 140, last_name=NASTY[:100])
    for number in range(14):
        requests.assign(
            obj.pk, actor=Actor(support), assigned_to=(colleague if number % 2 else support).pk
        )
        requests.comment(
            obj.pk, actor=Actor(customer, Channel.API), notes=NASTY if number % 2 else "W" * 400
        )
        requests.comment(obj.pk, actor=Actor(support), notes="M" * 400, is_internal=True)
    for number in range(20):
        requests.reply(
            obj.pk,
            actor=Actor(customer, Channel.API),
            attachments=[png_part(f"{number}{'f' * 80}.png")],
        )
    page = log_in(support)
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate(f"localStorage.setItem('adminTheme', '\"{theme}\"')")
    open_ticket(page, obj)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("button", name="Show more").click()
    page.get_by_role("button", name="Show all 20").click()
    page.locator(".more > .btn").click()
    page.locator(".more-menu [data-verb=reclassify]").click()
    expect(page.locator("#dialog")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page_errors == []
