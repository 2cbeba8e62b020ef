"""A session that has ended.

The scripts of a page receive 401 and a notice, never the login page.
"""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.test import Client
from django.test.html import Element, parse_html
from django.utils import timezone

from gasutil.models import ServiceRequest, User
from tests.support.console import QUEUE, Browser, log, ticket
from tests.support.console_pages import ANYONE, addresses, path_of
from tests.support.people import PASSWORD

PAGE = f"http://testserver{QUEUE}?view=open"


def deactivate(client: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def change_password(client: Client, user: User) -> None:
    user.set_password("Green-Flame-2027")
    user.save()


# The ways in which a session ends without its page noticing.
ENDINGS: dict[str, Callable[[Client, User], Any]] = {
    "expired": lambda client, user: Session.objects.update(expire_date=timezone.now()),
    "deleted": lambda client, user: Session.objects.all().delete(),
    "blocks cookies": lambda client, user: client.cookies.clear(),
    "deactivated": deactivate,
    "new password": change_password,
}


def paths() -> list[str]:
    return [
        path_of(pattern) for name, pattern in addresses(admin.site.urls[0]) if name not in ANYONE
    ]


class Notice:
    """The notice that a response consists of."""

    def __init__(self, answer: Any) -> None:
        self.text = html.unescape(answer.content.decode())
        root = parse_html(self.text)
        assert isinstance(root, Element)
        self.about = dict(root.attributes)
        assert self.about["class"].startswith("notice"), self.text
        self.links = [
            dict(child.attributes)["href"]
            for child in root.children
            if isinstance(child, Element) and child.name == "a"
        ]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_every_call_of_htmx_is_401(
    ending: Callable[..., Any], method: str, desk: None, root: User, console: Any
) -> None:
    client, called = console(root), paths()
    ending(client, root)
    assert len(called) > 100
    for path in called:
        answer = getattr(client, method)(
            path, headers={"HX-Request": "true", "HX-Current-URL": PAGE}
        )
        assert (answer.status_code, answer.headers.get("HX-Redirect")) == (401, None), path
        notice = Notice(answer)
        assert "You have been logged out" in notice.text
        assert notice.links[0] == f"/admin/login/?next={QUEUE.replace('/', '%2F')}%3Fview%3Dopen"


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_a_page_is_still_redirected_to_the_login(
    ending: Callable[..., Any], root: User, console: Any
) -> None:
    client = console(root)
    ending(client, root)
    answer = client.get(f"{QUEUE}?view=open")
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"/admin/login/?next={QUEUE}%3Fview%3Dopen",
    )


def test_the_link_returns_to_the_page(support: User, console: Any, leak: ServiceRequest) -> None:
    client = console(support)
    client.session.flush()
    page = ticket(leak)
    link = Notice(
        client.get(
            page, headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}
        )
    ).links[0]
    answer = client.post(link, {"username": support.username, "password": PASSWORD, "next": page})
    assert (answer.status_code, answer["Location"]) == (302, page)
    answer = client.get(link)  # the user has logged in already, in another tab
    assert (answer.status_code, answer["Location"]) == (302, page)


@pytest.mark.parametrize(
    "page",
    ["https://evil.example/admin/", "//evil.example/", "http://[", "javascript:alert(1)", ""],
)
def test_the_link_leads_to_no_other_site(
    page: str, support: User, console: Any, leak: ServiceRequest
) -> None:
    answer = Client().get(ticket(leak), headers={"HX-Request": "true", "HX-Current-URL": page})
    assert Notice(answer).links[0] == "/admin/login/?next=%2Fadmin%2F"
    assert console(support).get("/admin/login/", {"next": page})["Location"] == "/admin/"


def test_an_account_without_access_any_more_gets_a_message(
    support: User, console: Any, leak: ServiceRequest
) -> None:
    client = console(support)
    User.objects.filter(pk=support.pk).update(is_approved=False)
    answer = client.verb(leak, "start")
    assert (answer.status_code, Notice(answer).about["data-state"]) == (401, "no-access")


def test_nothing_is_done_as_another_user(
    support: User, colleague: User, console: Any, leak: ServiceRequest
) -> None:
    client, before = console(support), log(leak)
    client.force_login(
        colleague, backend="gasutil.identity.backend.ThrottledBackend"
    )  # in another tab
    mine = {"HX-Request": "true", "Desk-User": str(support.pk)}
    for method in ("get", "post"):
        answer = getattr(client, method)(
            ticket(leak, "start"), {"_form_submitted": "on"}, headers=mine
        )
        assert (answer.status_code, Notice(answer).about["data-state"]) == (401, "other-user")
        assert str(colleague) in Notice(answer).text
    assert log(leak) == before
    answer = client.post(
        ticket(leak, "start"),
        {"_form_submitted": "on"},
        headers=mine | {"Desk-User": str(colleague.pk)},
    )
    assert "HX-Redirect" in answer.headers


class TestTheTokenOfAnEarlierLogin:
    @pytest.fixture
    def client(self, support: User, console: Any, leak: ServiceRequest) -> Browser:
        client: Browser = console(support, enforce_csrf_checks=True)
        client.get(ticket(leak))
        return client

    def call(self, client: Browser, leak: ServiceRequest, token: str, **headers: str) -> Any:
        fields = {"_form_submitted": "on", "csrfmiddlewaretoken": token}
        return client.post(ticket(leak, "start"), fields, headers={"HX-Request": "true"} | headers)

    def test_it_is_exchanged(self, client: Browser, support: User, leak: ServiceRequest) -> None:
        old = client.cookies["csrftoken"].value
        client.cookies["csrftoken"] = "n" * 32  # another login has set it
        answer = self.call(client, leak, old)
        assert (answer.status_code, Notice(answer).about["data-state"]) == (403, "renewed")
        assert "HX-Redirect" in self.call(client, leak, Notice(answer).about["data-token"]).headers

    def test_it_is_not_exchanged_for_another_user(
        self, client: Browser, colleague: User, support: User, leak: ServiceRequest
    ) -> None:
        client.force_login(colleague, backend="gasutil.identity.backend.ThrottledBackend")
        answer = self.call(client, leak, "n" * 32, **{"Desk-User": str(support.pk)})
        assert (answer.status_code, Notice(answer).about["data-state"]) == (401, "other-user")
        assert "data-token" not in Notice(answer).about

    def test_it_is_401_without_a_session(self, client: Browser, leak: ServiceRequest) -> None:
        client.cookies.clear()
        answer = self.call(client, leak, "n" * 32)
        assert (answer.status_code, Notice(answer).about["data-state"]) == (401, "logged-out")

    def test_a_wrong_origin_gets_none(self, client: Browser, leak: ServiceRequest) -> None:
        answer = self.call(
            client, leak, client.cookies["csrftoken"].value, Origin="https://evil.example"
        )
        assert answer.status_code == 403
        assert b"data-token" not in answer.content

    def test_a_form_without_htmx_gets_the_page(self, client: Browser, leak: ServiceRequest) -> None:
        answer = client.post(ticket(leak, "start"), {"_form_submitted": "on"})
        assert answer.status_code == 403
        assert b"Please try again" in answer.content


def test_a_page_asks_whether_its_session_is_there(support: User, console: Any) -> None:
    client = console(support, enforce_csrf_checks=True)
    answer = client.get("/admin/session/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain")
    assert re.fullmatch(r"\w{64}", answer.content.decode())
    assert (
        client.post(
            "/language/", {"language": "en", "csrfmiddlewaretoken": answer.content.decode()}
        ).status_code
        == 302
    )
