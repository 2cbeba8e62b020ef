"""What users do in a browser."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from gasutil.models import ServiceRequest
from tests.support.pages import Seen


def send_note(
    page: Page, notes: str, button: str, *, internal: bool = False, label: str = "Note"
) -> None:
    """Fill in the dialog that is open, and send it."""
    dialog = page.locator("#dialog")
    dialog.get_by_label(label, exact=label == "Note").fill(notes)
    if internal:
        dialog.locator(".segment-internal").click()
    dialog.get_by_role("button", name=button).click()
    expect(dialog).to_be_hidden()


def more(page: Page, verb: str) -> None:
    """Open a verb's dialog from behind More."""
    page.locator(".more > .btn").click()
    page.locator(f".more-menu [data-verb={verb}]").click()
    expect(page.locator("#dialog")).to_be_visible()


def press(page: Page, button: str) -> None:
    """Send the dialog that is open."""
    page.locator("#dialog").get_by_role("button", name=button).click()
    expect(page.locator("#dialog")).to_be_hidden()


CUSTOMER = {
    "username": "anshu_singh",
    "password": "CustomerGas@2024",
    "password2": "CustomerGas@2024",
    "email": "anshu.singh@gmail.com",
    "first_name": "Anshu",
    "last_name": "Singh",
    "phone_number": "+917890123456",
    "address": "Flat 302, Sunrise Apartments, Koramangala, Bengaluru - 560095",
}


def dress(page: Page, theme: str) -> None:
    """Let pages be shown in a theme."""
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    page.add_init_script(f"localStorage.setItem('adminTheme', JSON.stringify({theme!r}))")


def show(page: Page, seen: Seen) -> None:
    """Open a page, and the dialog on it.

    A page that is shown already is not loaded again for another dialog.
    """
    if not seen.dialog or urlsplit(page.url).path != seen.path:
        page.goto(seen.path)
    if seen.dialog:
        page.wait_for_function("window.htmx && document.body._x_dataStack")
        page.evaluate(
            "path => htmx.ajax('GET', path, { target: '#modal-content', select: '#dialog' })",
            seen.dialog,
        )
        page.locator("#dialog").wait_for()


def open_ticket(page: Page, obj: ServiceRequest) -> Page:
    page.goto(f"/admin/gasutil/servicerequest/{obj.pk}/change/")
    expect(page.locator("#composer")).to_be_visible()
    return page
