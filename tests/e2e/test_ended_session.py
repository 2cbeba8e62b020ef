"""The session ends while an agent types.

The agent reads that it has ended, and after the login the text is where it was, in the composer and
in dialogs.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django import db
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from gasutil.access import Actor
from gasutil.models import Channel, ServiceRequest, User
from gasutil.workflow import incidents
from tests.support.files import png
from tests.support.people import PASSWORD

pytestmark = pytest.mark.e2e
LogIn = Callable[[User], Page]
ENDED = "You have been logged out"


def open_ticket(page: Page, obj: ServiceRequest) -> Page:
    page.goto(f"/admin/gasutil/servicerequest/{obj.pk}/change/")
    expect(page.locator("#composer")).to_be_visible()
    return page


def log_in_by(page: Page, user: User) -> None:
    """Fill in the login page that a link has led to."""
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def log_in_in_another_tab(page: Page, user: User) -> None:
    tab = page.context.new_page()
    tab.goto("/admin/login/")
    log_in_by(tab, user)
    expect(tab.locator("#nav-sidebar")).to_be_visible()
    tab.close()


def come_back(page: Page) -> None:
    """Fire the event of a tab that becomes visible, which a headless browser does not."""
    page.bring_to_front()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def open_dialog(page: Page, button: str, text: str) -> Any:
    page.locator(".more > .btn").click()
    page.get_by_role("button", name=button).click()
    dialog = page.locator("#dialog")
    dialog.locator("textarea").first.fill(text)
    return dialog


def deactivate() -> None:
    User.objects.filter(username="support").update(is_active=False)


def test_the_composer_keeps_its_text(
    log_in: LogIn, support: User, connection: ServiceRequest
) -> None:
    page = open_ticket(log_in(support), connection)
    page.locator("#composer").get_by_text("Internal note").click()
    page.locator("#composer textarea").fill("My words")
    Session.objects.all().delete()
    page.get_by_role("button", name="Save note").click()
    notice = page.locator(".session-notice")
    expect(notice).to_contain_text(ENDED)
    expect(page.locator("#composer textarea")).to_have_value("My words")
    notice.get_by_role("link", name="Log in", exact=True).click()
    log_in_by(page, support)
    page.wait_for_url(f"**/servicerequest/{connection.pk}/change/")
    expect(page.locator("#composer textarea")).to_have_value("My words")
    expect(page.locator("#composer_internal")).to_be_checked()
    page.get_by_role("button", name="Save note").click()
    expect(page.locator(".line.is-internal:target")).to_contain_text("My words")


def test_the_composer_of_an_incident_keeps_its_text(
    log_in: LogIn, support: User, leak: ServiceRequest
) -> None:
    incident = incidents.open_incident(
        actor=Actor(support, Channel.CONSOLE), title="Leak", reports=[leak.pk]
    )
    page = log_in(support)
    path = reverse("admin:gasutil_incident_change", args=[incident.pk])
    page.goto(path)
    page.locator("#composer textarea").fill("My words")
    Session.objects.all().delete()
    page.get_by_role("button", name="Send reply").click()
    page.locator(".session-notice").get_by_role("link", name="Log in", exact=True).click()
    log_in_by(page, support)
    page.wait_for_url(f"**{path}")
    expect(page.locator("#composer textarea")).to_have_value("My words")


def test_a_dialog_keeps_its_text_and_is_open_again(
    log_in: LogIn, support: User, connection: ServiceRequest
) -> None:
    page = open_ticket(log_in(support), connection)
    dialog = open_dialog(page, "Cancel request", "My words")
    dialog.get_by_text("Internal note").click()
    Session.objects.all().delete()
    dialog.get_by_role("button", name="Cancel request").click()
    notice = page.locator(".session-notice")
    expect(notice).to_contain_text(ENDED)
    expect(dialog.locator("textarea")).to_have_value("My words")
    notice.get_by_role("link", name="Log in", exact=True).click()
    log_in_by(page, support)
    page.wait_for_url(f"**/servicerequest/{connection.pk}/change/")
    expect(dialog.locator("textarea")).to_have_value("My words")
    expect(dialog.get_by_label("Internal note")).to_be_checked()
    expect(dialog).to_contain_text("Draft restored")
    dialog.get_by_role("button", name="Cancel request").click()
    expect(page.locator(".line.is-internal")).to_contain_text("My words")
    assert (
        page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('draft:'))") == []
    )


def test_a_draft_of_a_dialog_goes_with_its_back_button(
    log_in: LogIn, support: User, connection: ServiceRequest
) -> None:
    page = open_ticket(log_in(support), connection)
    dialog = open_dialog(page, "Cancel request", "My words")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.locator(".more > .btn").click()
    page.get_by_role("button", name="Cancel request").click()
    expect(dialog.locator("textarea")).to_have_value("My words")
    dialog.get_by_role("button", name="Back").click()
    expect(dialog).to_be_hidden()
    page.locator(".more > .btn").click()
    page.get_by_role("button", name="Cancel request").click()
    expect(dialog.locator("[data-draft-note]")).to_be_hidden()
    expect(dialog.locator("textarea")).to_have_value("")


def test_a_button_opens_no_empty_dialog(
    log_in: LogIn, support: User, connection: ServiceRequest
) -> None:
    page = open_ticket(log_in(support), connection)
    Session.objects.all().delete()
    page.get_by_role("button", name="Start work").click()
    expect(page.locator(".session-notice")).to_contain_text(ENDED)
    expect(page.locator("#modal-content")).to_be_hidden()


@pytest.mark.parametrize("status", [500, 0])
def test_a_button_that_fails_says_so(
    status: int, log_in: LogIn, support: User, connection: ServiceRequest
) -> None:
    page = open_ticket(log_in(support), connection)
    page.route(
        "**/start/**", lambda route: route.fulfill(status=status) if status else route.abort()
    )
    page.get_by_role("button", name="Start work").click()
    expect(page.locator(".toast.is-grave")).to_contain_text("The action failed")
    expect(page.locator("#modal-content")).to_be_hidden()


def test_text_and_files_stay_where_the_login_is_in_another_tab(
    log_in: LogIn, support: User, connection: ServiceRequest
) -> None:
    page = open_ticket(log_in(support), connection)
    page.locator("#composer textarea").fill("My words")
    page.locator("#composer_attachments").set_input_files(
        {"name": "meter.png", "mimeType": "image/png", "buffer": png()}
    )
    Session.objects.all().delete()
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator(".session-notice")).to_contain_text(ENDED)
    log_in_in_another_tab(page, support)
    come_back(page)
    expect(page.locator(".session-notice")).to_have_count(0)
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator(".timeline")).to_contain_text("My words")
    expect(page.locator(".files")).to_contain_text("meter.png")


def test_a_form_of_an_earlier_login_is_sent_at_the_second_try(
    log_in: LogIn, support: User, connection: ServiceRequest
) -> None:
    page = open_ticket(log_in(support), connection)
    page.locator("#composer textarea").fill("My words")
    page.context.clear_cookies()
    log_in_in_another_tab(page, support)
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator(".session-notice")).to_contain_text("Send it again")
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator(".line:target")).to_contain_text("My words")


def test_nothing_is_sent_in_another_users_name(
    log_in: LogIn, support: User, colleague: User, connection: ServiceRequest
) -> None:
    page = open_ticket(log_in(support), connection)
    page.locator("#composer textarea").fill("My words")
    page.context.clear_cookies()
    log_in_in_another_tab(page, colleague)
    page.get_by_role("button", name="Send reply").click()
    expect(page.locator(".session-notice")).to_contain_text(f"logged in as {colleague}.")
    page.get_by_role("link", name="Reload page").click()
    expect(page.locator("#composer textarea")).to_have_value("")
    assert page.locator(".timeline", has_text="My words").count() == 0


@pytest.mark.parametrize("end", [Session.objects.all().delete, deactivate])
def test_a_page_notices_by_itself(
    end: Callable[[], Any], log_in: LogIn, support: User, connection: ServiceRequest
) -> None:
    page = open_ticket(log_in(support), connection)
    end()
    come_back(page)  # which asks who else looks, as it does every twenty seconds
    expect(page.locator(".session-notice")).to_contain_text(ENDED)


def test_a_page_notices_that_its_stream_is_rejected(
    page: Page, let_in: Callable[[User], None], support: User
) -> None:
    def end(route: Route) -> None:
        Session.objects.all().delete()
        db.connection.close()  # a handler has a connection of its own
        route.fulfill(status=401)

    let_in(support)
    page.route("**/api/v1/events/", end)
    page.goto("/admin/")
    expect(page.locator(".session-notice")).to_contain_text(ENDED)
