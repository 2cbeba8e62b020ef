"""Saved views: their owner creates, changes and deletes them, and managers share them."""

from html import escape

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError

from gasutil.access import Actor
from gasutil.admin.base.filters import FigureFilter
from gasutil.admin.requests.service_requests import ServiceRequestAdmin
from gasutil.errors import Conflict, Invalid, NotAllowed
from gasutil.models import SavedView, ServiceRequest, Team, User
from gasutil.models import saved_views as model
from gasutil.workflow import saved_views
from tests.support.console import QUEUE
from tests.support.query_counts import assert_cost_is_constant, count_of

SAVE = f"{QUEUE}views/save/"
NASTY = "<img src=x onerror=alert(1)>"


def save(client, query: str = "view=mine", **fields: str):
    return client.post(
        f"{SAVE}?{query}",
        {"_form_submitted": "on", "name": "Late ones", **fields},
        headers={"HX-Request": "true"},
    )


def test_it_works(support: User, console, leak: ServiceRequest) -> None:
    client = console(support)
    answer = save(client, "p=3&priority__exact=emergency&view=open&assignee=")
    view = SavedView.objects.get()
    assert (view.owner, view.name, view.is_shared, view.query) == (
        support,
        "Late ones",
        False,
        "priority__exact=emergency&view=open",
    )
    assert answer.headers["HX-Redirect"] == f"{QUEUE}?{view.query}"
    page = client.get(answer.headers["HX-Redirect"]).content.decode()
    assert page.count("Late ones") >= 2
    assert 'aria-current="page"' in page
    assert leak.reference in page


def test_a_get_changes_nothing(support: User, console) -> None:
    client = console(support)
    assert b"Save view" in client.get(f"{SAVE}?view=mine").content
    assert (
        console(support, enforce_csrf_checks=True)
        .post(f"{SAVE}?view=mine", {"_form_submitted": "on", "name": "x"})
        .status_code
        == 403
    )
    assert not SavedView.objects.exists()


def test_it_stores_only_parameters_of_the_queue(support: User, console) -> None:
    save(console(support), "view=mine&customer__password__startswith=a&next=//evil.example")
    assert SavedView.objects.get().query == "view=mine"
    with pytest.raises(Invalid):
        saved_views.keep_view(
            actor=Actor(support), name="x", query="customer__password__startswith=a"
        )
    with pytest.raises(ValidationError):
        model.validate_query("view=mine&next=x")


def test_it_knows_every_filter_of_the_queue(support: User, console) -> None:
    Team.objects.create(name="North")
    filters = console(support).get(QUEUE).context["cl"].filter_specs
    stored = [item for item in ServiceRequestAdmin.list_filter if item is not FigureFilter]
    assert len(filters) == len(stored)  # no view keeps the count of a report
    asked = {name for item in filters for name in item.expected_parameters() if name} - {
        "created_at__gte",
        "created_at__lt",
        "status__isnull",
        "priority__isnull",
    }
    assert asked <= model.QUEUE_PARAMETERS


def test_a_name_is_required_and_unique_for_the_user(
    support: User, colleague: User, console
) -> None:
    client = console(support)
    assert b"This field is required" in save(client, name=" ").content
    save(client)
    assert (
        escape("You already have a view with this name.").encode()
        in save(client, "view=open").content
    )
    save(console(colleague))
    assert SavedView.objects.count() == 2


def test_others_cannot_see_or_change_it(support: User, colleague: User, console) -> None:
    save(console(support))
    view = SavedView.objects.get()
    client = console(colleague)
    assert b"Late ones" not in client.get(QUEUE).content
    for verb in ("change", "delete"):
        path = f"{QUEUE}views/{view.pk}/{verb}/"
        assert (
            client.get(path).status_code
            == client.post(path, {"_form_submitted": "on", "name": "Mine"}).status_code
            == 404
        )
    assert SavedView.objects.get().name == "Late ones"


def test_managers_share(support: User, manager: User, console) -> None:
    save(console(manager), is_shared="on")
    page = console(support).get(QUEUE).content.decode()
    assert "Late ones" in page
    assert str(manager) in page
    assert SavedView.objects.get().is_shared


def test_agents_do_not_share(support: User, console) -> None:
    answer = save(console(support), is_shared="on")
    assert b"Only a manager can share a view." in answer.content
    with pytest.raises(NotAllowed):
        saved_views.keep_view(actor=Actor(support), name="x", query="", is_shared=True)
    assert not SavedView.objects.exists()
    support.user_permissions.add(Permission.objects.get(codename="share_savedview"))
    save(console(User.objects.get(pk=support.pk)), is_shared="on")
    assert SavedView.objects.get().is_shared


def test_it_is_changed_and_dropped(support: User, console) -> None:
    client = console(support)
    save(client)
    view = SavedView.objects.get()
    path = f"{QUEUE}views/{view.pk}"
    assert b'value="Late ones"' in client.get(f"{path}/change/").content
    client.post(f"{path}/change/", {"_form_submitted": "on", "name": "Mine", "position": "4"})
    view.refresh_from_db()
    assert (view.name, view.position, view.query) == ("Mine", 4, "view=mine")
    assert b"This deletes" in client.get(f"{path}/delete/").content
    assert SavedView.objects.exists()
    client.post(f"{path}/delete/", {"_form_submitted": "on"})
    assert not SavedView.objects.exists()


def test_their_number_is_limited(support: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "MAX_VIEWS", 2)
    for name in ("a", "b"):
        saved_views.keep_view(actor=Actor(support), name=name, query="")
    with pytest.raises(Conflict):
        saved_views.keep_view(actor=Actor(support), name="c", query="")


def test_what_people_type_stays_text(support: User, console) -> None:
    saved_views.keep_view(actor=Actor(support), name=NASTY, query="view=mine")
    page = console(support).get(QUEUE).content.decode()
    assert "<img src=x" not in page
    assert page.count(escape(NASTY)) >= 3


def test_customers_have_none(customer: User, console) -> None:
    save(console(customer))
    with pytest.raises(NotAllowed):
        saved_views.keep_view(actor=Actor(customer), name="x", query="")
    assert not SavedView.objects.exists()


def test_many_cost_one_query(support: User, console) -> None:
    client = console(support)

    def grow(number: int) -> None:
        for _ in range(number):
            name = f"View {SavedView.objects.count()}"
            saved_views.keep_view(actor=Actor(support), name=name, query="view=mine")

    assert_cost_is_constant(
        lambda: client.get(QUEUE), grow, count_of("View "), at_most=10, sizes=(1, 30)
    )
