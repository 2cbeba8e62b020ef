"""Saved views of the change history: those of the queue, for the users who may read it."""

import datetime as dt
from html import escape
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from gasutil.access import Actor
from gasutil.admin.base.filters import FigureFilter
from gasutil.admin.requests.updates import RequestUpdateAdmin
from gasutil.errors import Invalid, NotFound, PermissionRequired
from gasutil.models import Channel, RequestUpdate, SavedView, SavedViewPage, ServiceRequest, User
from gasutil.models import saved_views as model
from gasutil.workflow import requests, saved_views
from tests.support.console import QUEUE
from tests.support.people import make_user
from tests.support.query_counts import assert_cost_is_constant, count_of

HISTORY = "/admin/gasutil/requestupdate/"
SAVE = f"{HISTORY}views/save/"
PAGE = SavedViewPage.HISTORY
MONDAY = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
NASTY = "<img src=x onerror=alert(1)>"


def save(client: Client, query: str = "changed=assignee", **fields: str) -> Any:
    return client.post(
        f"{SAVE}?{query}",
        {"_form_submitted": "on", "name": "Reassigned", **fields},
        headers={"HX-Request": "true"},
    )


@pytest.fixture
def other_manager(db: None, manager: User) -> User:
    """Another manager with the same name."""
    user = make_user("manager2", user_type="support", is_approved=True, is_staff=True)
    User.objects.filter(pk=user.pk).update(
        first_name=manager.first_name, last_name=manager.last_name
    )
    user.groups.set(manager.groups.all())
    return User.objects.get(pk=user.pk)


def test_it_works(manager: User, support: User, console: Any, leak: ServiceRequest) -> None:
    requests.start(leak.pk, actor=Actor(support, Channel.CONSOLE))
    client = console(manager)
    query = f"p=1&period=last_7_days&history_user__id__exact={support.pk}&changed=status&q="
    answer = save(client, query)
    view = SavedView.objects.get()
    assert (view.owner, view.page, view.name, view.is_shared, view.query) == (
        manager,
        "history",
        "Reassigned",
        False,
        f"changed=status&history_user__id__exact={support.pk}&period=last_7_days",
    )
    assert answer.headers["HX-Redirect"] == f"{HISTORY}?{view.query}"
    shown = client.get(answer.headers["HX-Redirect"])
    page = shown.content.decode()
    assert "Reassigned" in page
    assert 'aria-current="page"' in page
    assert [row.event for row in shown.context["cl"].result_list] == ["request.status_changed"]


def test_it_belongs_to_its_list(manager: User, console: Any) -> None:
    client = console(manager)
    saved_views.keep_view(actor=Actor(manager), name="Reassigned", query="", page=PAGE)
    assert b"Reassigned" not in client.get(QUEUE).content
    assert b"Reassigned" not in client.get("/admin/").content
    view = SavedView.objects.get()
    for verb in ("change", "delete"):
        assert client.get(f"{QUEUE}views/{view.pk}/{verb}/").status_code == 404
        assert client.get(f"{HISTORY}views/{view.pk}/{verb}/").status_code == 200


def test_a_view_of_the_previous_release_is_of_the_queue(manager: User) -> None:
    saved_views.keep_view(actor=Actor(manager), name="Old", query="view=open")
    SavedView.objects.update(page=SavedView._meta.get_field("page").db_default.value)
    assert SavedView.objects.get().page == SavedViewPage.REQUESTS


def test_it_stores_only_parameters_of_the_history(manager: User, console: Any) -> None:
    save(console(manager), "changed=status&history_user__password__startswith=a&view=open&figure=x")
    assert SavedView.objects.get().query == "changed=status"
    for query in ("view=open", "history_user__password__startswith=a"):
        with pytest.raises(Invalid) as error:
            saved_views.keep_view(actor=Actor(manager), name="x", query=query, page=PAGE)
        assert [problem.field for problem in error.value.errors] == ["query"]
    with pytest.raises(Invalid):
        saved_views.keep_view(actor=Actor(manager), name="x", query="", page="nothing")


def test_it_knows_every_filter_of_the_history(manager: User, console: Any) -> None:
    filters = console(manager).get(HISTORY).context["cl"].filter_specs
    stored = [item for item in RequestUpdateAdmin.list_filter if item is not FigureFilter]
    assert len(filters) == len(stored)
    asked = {name for item in filters for name in item.expected_parameters() if name}
    assert {name for name in asked if not name.endswith("__isnull")} <= model.HISTORY_PARAMETERS


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": " "}, "This field is required"),
        ({"name": "x" * 41}, "at most 40 characters"),
        ({"name": "Taken"}, "You already have a view with this name."),
        ({"name": "Leaks"}, "You already have a view with this name on the page “Requests”."),
    ],
)
def test_a_bad_name_is_an_error(
    fields: dict[str, str], message: str, manager: User, console: Any
) -> None:
    saved_views.keep_view(actor=Actor(manager), name="Taken", query="", page=PAGE)
    saved_views.keep_view(actor=Actor(manager), name="Leaks", query="")
    answer = save(console(manager), **fields)
    assert answer.status_code == 200
    assert escape(message) in answer.content.decode()
    assert SavedView.objects.count() == 2


def test_a_query_that_is_too_long_is_an_error(manager: User, console: Any) -> None:
    answer = save(console(manager), f"q={'x' * 1000}")
    assert answer.status_code == 200
    assert b"at most 1000 characters" in answer.content
    assert not SavedView.objects.exists()


def test_others_cannot_see_or_change_it(manager: User, other_manager: User, console: Any) -> None:
    assert str(manager) == str(other_manager)
    save(console(manager))
    client = console(other_manager)
    view = SavedView.objects.get()
    assert b"Reassigned" not in client.get(HISTORY).content
    for verb in ("change", "delete"):
        path = f"{HISTORY}views/{view.pk}/{verb}/"
        assert client.get(path).status_code == 404
        assert client.post(path, {"_form_submitted": "on", "name": "Mine"}).status_code == 404
    with pytest.raises(NotFound):
        saved_views.delete_view(view.pk, actor=Actor(other_manager))
    save(client)  # the name is free for them
    assert list(SavedView.objects.values_list("owner", flat=True)) == [manager.pk, other_manager.pk]


def test_a_shared_one_is_for_those_who_may_read_the_history(
    manager: User, other_manager: User, support: User, console: Any
) -> None:
    save(console(manager), is_shared="on")
    page = console(other_manager).get(HISTORY).content.decode()
    assert "Reassigned" in page
    assert "views/save/" in page
    assert f"views/{SavedView.objects.get().pk}/change/" not in page
    for path in (QUEUE, "/admin/"):
        assert b"Reassigned" not in console(support).get(path).content


def test_it_is_renamed_and_deleted(manager: User, console: Any) -> None:
    client = console(manager)
    save(client)
    view = SavedView.objects.get()
    path = f"{HISTORY}views/{view.pk}"
    assert b'value="Reassigned"' in client.get(f"{path}/change/").content
    client.post(f"{path}/change/", {"_form_submitted": "on", "name": "Moved", "position": "4"})
    view.refresh_from_db()
    assert (view.name, view.position, view.query) == ("Moved", 4, "changed=assignee")
    assert b"The change history is not affected" in client.get(f"{path}/delete/").content
    answer = client.post(
        f"{path}/delete/", {"_form_submitted": "on"}, headers={"HX-Request": "true"}
    )
    assert answer.headers["HX-Redirect"] == HISTORY
    assert not SavedView.objects.exists()
    assert client.post(f"{path}/delete/", {"_form_submitted": "on"}).status_code == 404


def test_it_needs_the_permission_of_the_page(support: User, customer: User, console: Any) -> None:
    for user in (support, customer):
        assert save(console(user)).status_code in (302, 401, 403)
        assert console(user).get(SAVE).status_code in (302, 401, 403)
    with pytest.raises(PermissionRequired):
        saved_views.keep_view(actor=Actor(support), name="x", query="", page=PAGE)
    assert not SavedView.objects.exists()


def test_without_the_permission_any_more_it_is_gone(support: User, console: Any) -> None:
    permission = Permission.objects.get(codename="view_requestupdate")
    support.user_permissions.add(permission)
    reader = User.objects.get(pk=support.pk)
    save(console(reader))
    view = SavedView.objects.get()
    support.user_permissions.clear()
    former = User.objects.get(pk=support.pk)
    path = f"{HISTORY}views/{view.pk}"
    assert b"Reassigned" not in console(former).get(QUEUE).content
    for verb in ("change", "delete"):
        assert console(former).get(f"{path}/{verb}/").status_code == 403
    with pytest.raises(PermissionRequired):
        saved_views.change_view(view.pk, actor=Actor(former), name="y", is_shared=False, position=0)
    with pytest.raises(PermissionRequired):
        saved_views.delete_view(view.pk, actor=Actor(former))


def test_a_get_changes_nothing(manager: User, console: Any) -> None:
    assert b"Save view" in console(manager).get(f"{SAVE}?changed=status").content
    client = console(manager, enforce_csrf_checks=True)
    assert client.post(SAVE, {"_form_submitted": "on", "name": "x"}).status_code == 403
    assert not SavedView.objects.exists()


# --- What a saved view shows later
# --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("today", [0]),
        ("yesterday", [1]),
        ("last_7_days", [0, 1, 6]),
        ("last_30_days", [0, 1, 6, 7, 29]),
        ("this_month", [0, 1]),
        ("last_month", [6, 7, 29]),
        ("nonsense", [0, 1, 6, 7, 29, 30]),
    ],
)
def test_a_period_moves_with_the_day(
    period: str,
    days: list[int],
    manager: User,
    leak: ServiceRequest,
    console: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)
    first = RequestUpdate.objects.get(id=leak.pk)
    for day in (0, 1, 6, 7, 29, 30):
        first.pk, first.history_date = None, MONDAY - dt.timedelta(days=day)
        RequestUpdate.objects.bulk_create([first])
    rows = console(manager).get(HISTORY, {"period": period}).context["cl"].result_list
    ages = sorted((MONDAY - row.history_date).days for row in rows if row.history_date <= MONDAY)
    assert ages == days


def test_active_filters_are_shown_in_words(
    manager: User, support: User, console: Any, leak: ServiceRequest
) -> None:
    query = {
        "history_user__id__exact": str(support.pk),
        "changed": "status",
        "event__exact": "request.assigned",
        "is_internal__exact": "0",
        "period": "last_7_days",
        "history_date_from": "2026-03-02",
    }
    answer = console(manager).get(HISTORY, query)
    filters = answer.context["cl"].filters_in_words
    assert [(item.label, item.value, item.is_known) for item in filters] == [
        ("Person", str(support), True),
        ("What changed", "Status", True),
        ("Event", "Assigned", True),
        ("Internal", "No", True),
        ("Period", "Last 7 days", True),
        ("Day", "from 2 Mar 2026", True),
    ]
    without = console(manager).get(HISTORY + filters[4].url).context["cl"].filters_in_words
    assert [item.label for item in without] == [
        item.label for item in filters if item.label != "Period"
    ]


@pytest.mark.parametrize(
    "query",
    [
        "history_user__id__exact=987654321",
        "event__exact=request.gone",
        "channel__exact=fax",
        "history_user__isnull=True",
        "changed=colour",
        "period=last_century",
        "history_date_from=31.02.2026",
    ],
)
def test_a_value_that_is_gone_is_shown_plainly(
    query: str, manager: User, console: Any, leak: ServiceRequest
) -> None:
    answer = console(manager).get(f"{HISTORY}?{query}")
    assert answer.status_code == 200
    (only,) = answer.context["cl"].filters_in_words
    assert not only.is_known
    assert "does not exist any more" in answer.content.decode()


def test_what_people_type_stays_text(manager: User, console: Any) -> None:
    saved_views.keep_view(actor=Actor(manager), name=NASTY, query="changed=status", page=PAGE)
    page = console(manager).get(HISTORY, {"changed": NASTY}).content.decode()
    assert "<img src=x" not in page
    assert page.count(escape(NASTY)) >= 3


def test_many_cost_no_query_more(manager: User, console: Any) -> None:
    client = console(manager)

    def grow(number: int) -> None:
        for _ in range(number):
            name = f"View {SavedView.objects.count()}"
            saved_views.keep_view(actor=Actor(manager), name=name, query="q=x", page=PAGE)

    assert_cost_is_constant(
        lambda: client.get(HISTORY), grow, count_of("View "), at_most=12, sizes=(1, 30)
    )
