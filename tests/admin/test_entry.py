"""Who can log in to the console, and the error for others."""

import pytest
from django.test import Client

from gasutil.errors import Busy
from gasutil.identity.backend import ThrottledBackend
from gasutil.models import ServiceRequest, User
from tests.support.console import QUEUE, ticket
from tests.support.people import PASSWORD

LOGIN = "/admin/login/"


def log_in(user: User, password: str = PASSWORD):
    return Client().post(
        LOGIN, {"username": user.username, "password": password, "next": "/admin/"}
    )


def test_it_works(support: User) -> None:
    client = Client()
    answer = client.post(LOGIN, {"username": "support", "password": PASSWORD, "next": "/admin/"})
    assert answer.status_code == 302
    assert client.get("/admin/").status_code == 200


def test_a_login_without_a_target_leads_to_the_queue(support: User) -> None:
    answer = Client().post(LOGIN, {"username": "support", "password": PASSWORD})
    assert answer.headers["Location"] == "/admin/"


def test_customers_read_that_the_console_is_not_for_them(customer: User) -> None:
    answer = log_in(customer)
    assert answer.status_code == 200
    assert b"This console is for support staff" in answer.content


def test_pending_support_reads_that_a_manager_has_to_approve(pending: User) -> None:
    assert b"A manager must approve this support account" in log_in(pending).content


def test_a_wrong_password_reveals_nothing(pending: User) -> None:
    answer = log_in(pending, "wrong")
    assert b"Please enter the correct username and password" in answer.content
    assert b"manager" not in answer.content


def test_it_says_so_in_the_form_after_too_many_attempts(support: User) -> None:
    answers = [log_in(support, "wrong") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 6
    assert b"Too many attempts" in answers[-1].content
    assert b"Too many attempts" not in answers[0].content


def test_it_says_so_in_the_form_when_the_server_is_busy(
    support: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args, **kwargs):
        raise Busy

    monkeypatch.setattr(ThrottledBackend, "authenticate", refuse)
    answer = log_in(support)
    assert answer.status_code == 200
    assert b"The server is busy" in answer.content


@pytest.mark.parametrize("who", ["customer", "neighbour", "pending"])
@pytest.mark.parametrize("flags", [{}, {"is_staff": True}])
def test_it_keeps_out_users_who_are_not_support(
    who: str, flags: dict[str, bool], console, leak: ServiceRequest, request
) -> None:
    user = request.getfixturevalue(who)
    User.objects.filter(pk=user.pk).update(**flags)
    client = console(User.objects.get(pk=user.pk))
    for path in (
        "/admin/",
        QUEUE,
        ticket(leak),
        ticket(leak, "start"),
        "/admin/gasutil/user/",
        "/admin/search/?s=request",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.headers.get("Location", "").partition("?")[0]) == (
            302,
            LOGIN,
        ), path
    assert client.verb(leak, "start").status_code == 401
    assert client.verb(leak, "start", htmx=False).status_code == 302
    leak.refresh_from_db()
    assert leak.status == "pending"


def test_it_keeps_out_support_that_is_not_staff(support: User, console) -> None:
    User.objects.filter(pk=support.pk).update(is_staff=False)
    assert console(User.objects.get(pk=support.pk)).get(QUEUE).status_code == 302


def test_it_keeps_out_deactivated_users(support: User, console) -> None:
    client = console(support)
    User.objects.filter(pk=support.pk).update(is_active=False)
    assert client.get(QUEUE).status_code == 302


MANAGERS_MAY = {
    "/admin/gasutil/requestupdate/": 200,
    "/admin/gasutil/user/": 200,
    "/admin/gasutil/requesttype/": 200,
    "/admin/gasutil/requesttype/add/": 200,
    "/admin/auth/group/": 200,
    "/admin/gasutil/backgroundtask/": 200,
}
SUPERUSERS_MAY = {"/admin/gasutil/user/add/": 200, "/admin/auth/group/add/": 200}


def test_it_shows_agents_requests_alone(support: User, console) -> None:
    client = console(support)
    assert client.get(QUEUE).status_code == 200
    for path in (*MANAGERS_MAY, *SUPERUSERS_MAY):
        assert client.get(path).status_code == 403, path


def test_it_shows_managers_their_pages(manager: User, console) -> None:
    client = console(manager)
    for path in (QUEUE, *MANAGERS_MAY):
        assert client.get(path).status_code == 200, path
    for path in SUPERUSERS_MAY:
        assert client.get(path).status_code == 403, path


def test_it_shows_superusers_everything(root: User, console) -> None:
    client = console(root)
    for path in (QUEUE, *MANAGERS_MAY, *SUPERUSERS_MAY):
        assert client.get(path).status_code == 200, path


def test_its_sidebar_shows_agents_nothing_else(support: User, manager: User, console) -> None:
    assert b"Change history" not in console(support).get(QUEUE).content
    assert b"Change history" in console(manager).get(QUEUE).content


def test_it_has_no_page_to_add_change_or_delete_a_request(
    root: User, console, leak: ServiceRequest
) -> None:
    client = console(root)
    assert client.get(f"{QUEUE}add/").status_code == 403
    assert client.get(ticket(leak, "delete")).status_code == 403
    assert client.post(ticket(leak), {"status": "resolved", "description": "x"}).status_code == 405
    assert client.post(
        QUEUE, {"action": "delete_selected", "_selected_action": leak.pk}
    ).status_code in (200, 302, 403)
    leak.refresh_from_db()
    assert (leak.status, leak.description) == ("pending", "Suspected gas leak near kitchen stove")
