"""Every address of the console, and the users who get a page there.

What is not written down here is for superusers alone.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver

from gasutil.groups import SUPPORT
from gasutil.models import Import, ServiceRequest, User

ANYONE = {"login", "jsi18n"}
AGENTS = {
    "index",
    "search",
    "session",
    "password_change",
    "password_change_done",
    "app_list",
    "gasutil_bulkrun_changelist",
    "gasutil_bulkrun_change",
    "gasutil_bulkrun_progress",
    "gasutil_incident_changelist",
    "gasutil_incident_change",
    "gasutil_incident_comment",
    "gasutil_incident_close",
    "gasutil_servicerequest_changelist",
    "gasutil_servicerequest_change",
    "gasutil_servicerequest_new",
    "gasutil_servicerequest_peek",
    "gasutil_servicerequest_replies",
    "gasutil_servicerequest_save_view",
    "my_notices",
    "my_sessions",
    *(
        f"gasutil_servicerequest_{verb}"
        for verb in ("assign", "cancel", "comment", "hold", "join", "leave", "prioritise", "record")
    ),
    *(
        f"gasutil_servicerequest_{verb}"
        for verb in ("reclassify", "reopen", "resolve", "resume", "start")
    ),
}
MANAGERS = AGENTS | {
    "gasutil_backgroundtask_changelist",
    "gasutil_backgroundtask_change",
    "task_run_again",
    *(
        f"gasutil_cannedreply_{name}"
        for name in ("changelist", "add", "change", "delete", "history")
    ),
    *(f"gasutil_delivery_{name}" for name in ("changelist", "change", "send_again")),
    *(f"gasutil_team_{name}" for name in ("changelist", "add", "change", "delete", "history")),
    *(f"gasutil_webhook_{name}" for name in ("changelist", "add", "change", "delete", "history")),
    *(f"gasutil_webhook_{verb}" for verb in ("pause", "resume", "rotate_secret", "send_test")),
    "gasutil_servicerequest_story",
    "auth_group_changelist",
    "auth_group_change",
    "auth_group_history",
    "gasutil_calendar_changelist",
    "gasutil_calendar_add",
    "gasutil_calendar_change",
    "gasutil_calendar_history",
    "gasutil_export_changelist",
    "gasutil_export_change",
    "gasutil_requestupdate_changelist",
    "gasutil_requestupdate_change",  # which leads to the ticket
    "gasutil_requestupdate_export",
    "gasutil_requesttype_changelist",
    "gasutil_requesttype_change",
    "gasutil_requesttype_add",
    "gasutil_requesttype_history",
    "gasutil_requesttype_approve_safety",
    *(f"gasutil_securityevent_{name}" for name in ("changelist", "change", "export")),
    "gasutil_servicerequest_export",
    "gasutil_servicerequest_import",
    "gasutil_user_changelist",
    "gasutil_user_change",
    "gasutil_user_history",
    "gasutil_user_approve",
    "gasutil_user_withdraw_approval",
    "gasutil_user_export",
}


def addresses(patterns: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name and the pattern of every address of the console."""
    for one in patterns:
        pattern = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, pattern)
        elif (
            isinstance(one, URLPattern)
            and one.name
            and one.name not in ("logout", "view_on_site", "autocomplete")
        ):
            yield one.name, pattern


def path_of(pattern: str) -> str:
    """Return an address of a pattern, with an object that is there."""
    if "app_label" in pattern:
        return "/admin/gasutil/"
    app, model = [*pattern.split("/"), ""][:2]
    found = apps.all_models.get(app, {}).get(model)
    obj = found._default_manager.order_by("pk").first() if found else None
    path = "/admin/" + re.sub(r"<[^>]*>", str(obj.pk if obj else 1), pattern)
    return re.sub(r"import/\d+/", f"import/{Import.objects.get().pk}/", path)


def gets(client: Client) -> set[str]:
    """Return the names of the addresses at which somebody gets a page by GET."""
    got = set()
    for name, pattern in addresses(admin.site.urls[0]):
        answer = client.get(path_of(pattern))
        assert answer.status_code in (200, 302, 403, 404, 405), (name, answer.status_code)
        if answer.status_code == 200 or (
            answer.status_code == 302 and "/login/" not in answer.headers["Location"]
        ):
            got.add(name)
    return got


def test_agents_get_what_they_work_with(desk: None, support: User, console) -> None:
    assert gets(console(support)) - ANYONE == AGENTS


def test_managers_also_get_oversight_and_configuration(desk: None, manager: User, console) -> None:
    assert gets(console(manager)) - ANYONE == MANAGERS


def test_superusers_get_the_rest(desk: None, root: User, console) -> None:
    got = gets(console(root))
    assert got > {
        "gasutil_servicerequest_who",
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
def test_nobody_else_gets_anything(
    who: str | None, desk: None, pending: User, console, request: pytest.FixtureRequest
) -> None:
    client = console(request.getfixturevalue(who)) if who else Client()
    assert gets(client) - ANYONE == set()


def test_no_page_edits_the_permissions_of_an_object(desk: None) -> None:
    assert not [pattern for _, pattern in addresses(admin.site.urls[0]) if "permission" in pattern]


def test_a_superuser_sees_who_may_see_a_request(
    root: User, customer: User, neighbour: User, console, leak: ServiceRequest
) -> None:
    path = f"/admin/gasutil/servicerequest/{leak.pk}/who/"
    page = console(root).get(path).content.decode()
    assert str(customer) in page
    assert "Can change service request" in page
    assert str(neighbour) not in page
    assert (
        path
        in console(root).get(f"/admin/gasutil/servicerequest/{leak.pk}/change/").content.decode()
    )
    assert console(root).post(path).status_code == 405


@pytest.mark.parametrize(
    ("who", "groups"),
    [
        ("support", ["Work"]),
        ("manager", ["Work", "Audit", "Configuration"]),
        ("root", ["Work", "Audit", "Configuration"]),
    ],
)
def test_the_sidebar_shows_what_one_gets(
    who: str, groups: list[str], desk: None, console, request: pytest.FixtureRequest
) -> None:
    client = console(request.getfixturevalue(who))
    shown = client.get("/admin/gasutil/servicerequest/").context["sidebar_navigation"]
    assert [str(group["title"]) for group in shown] == groups
    for item in (item for group in shown for item in group["items"]):
        assert client.get(item["link"]).status_code == 200, item["title"]


def test_support_holds_the_permission_to_file_for_callers(support: User) -> None:
    assert support.groups.get().name == SUPPORT
    assert support.has_perm("gasutil.submit_for_customer")
