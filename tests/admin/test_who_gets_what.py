"""Every address of the console, and the users who get a page there.

Addresses that are not listed here are for superusers alone.
"""

import pytest
from django.contrib import admin
from django.test import Client

from gasutil.groups import SUPPORT
from gasutil.models import User
from tests.support.console_pages import AGENTS, ANYONE, MANAGERS, addresses, path_of

pytestmark = pytest.mark.sweep


def gets(client: Client) -> set[str]:
    """Return the names of the URLs at which a user gets a page by GET."""
    got = set()
    for name, pattern in addresses(admin.site.urls[0]):
        answer = client.get(path_of(pattern))
        assert answer.status_code in (200, 302, 403, 404, 405), (name, answer.status_code)
        if answer.status_code == 200 or (
            answer.status_code == 302 and "/login/" not in answer.headers["Location"]
        ):
            got.add(name)
    return got


def test_agents_get_the_pages_of_their_work(desk: None, support: User, console) -> None:
    assert gets(console(support)) - ANYONE == AGENTS


def test_managers_also_get_oversight_and_configuration(desk: None, manager: User, console) -> None:
    assert gets(console(manager)) - ANYONE == MANAGERS


def test_superusers_get_the_rest(desk: None, root: User, console) -> None:
    got = gets(console(root))
    assert got > {
        "gasutil_servicerequest_import_look",
        "auth_group_add",
        "gasutil_user_add",
    }
    never = (
        "_servicerequest_add",
        "_servicerequest_delete",
        "_requestupdate_add",
        "_requestupdate_delete",
        "_user_delete",
        "_bulkrun_add",
    )
    assert not [name for name in got if name.endswith(never)]


@pytest.mark.parametrize("who", ["customer", "pending", None])
def test_no_one_else_gets_a_page(
    who: str | None, desk: None, pending: User, console, request: pytest.FixtureRequest
) -> None:
    client = console(request.getfixturevalue(who)) if who else Client()
    assert gets(client) - ANYONE == set()


def test_no_page_edits_the_permissions_of_an_object(desk: None) -> None:
    assert not [pattern for _, pattern in addresses(admin.site.urls[0]) if "permission" in pattern]


@pytest.mark.parametrize(
    ("who", "groups"),
    [
        ("support", ["Work"]),
        ("manager", ["Work", "Audit", "Configuration"]),
        ("root", ["Work", "Audit", "Configuration"]),
    ],
)
def test_the_sidebar_shows_the_pages_that_a_user_gets(
    who: str, groups: list[str], desk: None, console, request: pytest.FixtureRequest
) -> None:
    client = console(request.getfixturevalue(who))
    shown = client.get("/admin/gasutil/servicerequest/").context["sidebar_navigation"]
    assert [str(group["title"]) for group in shown] == groups
    for item in (item for group in shown for item in group["items"]):
        assert client.get(item["link"], follow=True).status_code == 200, item["title"]


def test_support_has_the_permission_for_intake(support: User) -> None:
    assert support.groups.get().name == SUPPORT
    assert support.has_perm("gasutil.submit_for_customer")
