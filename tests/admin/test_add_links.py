"""The link to add an object, on every list and form of the console."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from gasutil.models import User
from tests.support.console import Browser


class Links(HTMLParser):
    """The paths that the links of a page lead to, by the class of the link."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            values = dict(attrs)
            path = (values.get("href") or "").partition("?")[0]
            self.found.append((values.get("class") or "", path))

    def paths(self, of: str) -> list[str]:
        return [path for classes, path in self.found if of in classes.split()]


def lists(user: User, rf: RequestFactory) -> Iterator[tuple[Any, str, bool]]:
    """Yield each model that a user sees, the start of its URL names, and if they may add."""
    request = rf.get("/")
    request.user = user
    for model, model_admin in admin.site._registry.items():
        if model_admin.has_view_permission(request):
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            yield model, name, model_admin.has_add_permission(request)


@pytest.mark.parametrize("who", ["support", "manager", "root"])
def test_a_list_and_its_forms_have_it_for_users_who_may_add(
    who: str, desk: None, console: Any, request: pytest.FixtureRequest, rf: RequestFactory
) -> None:
    user = request.getfixturevalue(who)
    client: Browser = console(user)
    missing, forbidden, count = [], [], 0
    for model, name, may_add in lists(user, rf):
        add = reverse(f"{name}_add")
        pages = [reverse(f"{name}_changelist")]
        first = model._default_manager.order_by("-pk").first()
        if first is not None and may_add:
            pages += [reverse(f"{name}_change", args=[first.pk]), add]
        for path in pages:
            response = client.get(path)
            assert response.status_code == 200, path
            has_link = add in Links(response.content.decode()).paths("addlink")
            missing += [path] if may_add and not has_link else []
            forbidden += [path] if has_link and not may_add else []
            count += has_link
    assert (missing, forbidden) == ([], [])
    assert (count > 0) == (who != "support")  # agents add nothing by a form


def test_an_empty_list_offers_it_as_well(console: Any, root: User, support: User) -> None:
    path = reverse("admin:gasutil_team_changelist")
    add = reverse("admin:gasutil_team_add")
    page = console(root).get(path).content.decode()
    assert add in Links(page).paths("btn")
    assert "Nothing here yet" in page
    assert add not in Links(console(root).get(f"{path}?q=north").content.decode()).paths("btn")


def test_the_header_names_the_object(console: Any, root: User) -> None:
    page = console(root).get(reverse("admin:gasutil_team_changelist")).content.decode()
    assert 'aria-label="Add team"' in page
