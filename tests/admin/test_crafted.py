"""Crafted addresses. Any value in one is rejected or ignored, and never causes a server error."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from gasutil.models import User
from tests.support.console import Browser
from tests.support.console_pages import addresses, path_of

pytestmark = pytest.mark.sweep

HOSTILE = {
    "letters": "abc",
    "long number": "9" * 25,
    "negative": "-1",
    "repeated": "1&{name}=" + "9" * 25,
    "NUL": "a%00b",
    "lone surrogate": "%ED%A0%80",
    "many words": "+".join(["g"] * 1900),
    "long word": "g" * 60_000,
}
READ = (
    "customer",
    "request_type",
    "q",
    "version",
    "milestone",
    "at",
    "view",
    "approval",
    "s",
    "term",
    "page",
    "_to_field",
    "_popup",
    "_changelist_filters",
)
FORM_ADDRESSES = 5  # of an add page, which share its fields
OF_LISTS = (
    "q",
    "p",
    "o",
    "all",
    "e",
    "view",
    "approval",
    "_to_field",
    "_popup",
    "_facets",
    "customer__id__exact",
)


@pytest.fixture
def prober(desk: None, root: User, console) -> Browser:
    """A superuser, who gets every page and sees an error as it is returned."""
    client: Browser = console(root, raise_request_exception=False)
    return client


def asking(value: str) -> Iterator[str]:
    """Yield every page with the value in each parameter that it reads.

    `test_lookups` has the lists.
    """
    for name, pattern in addresses(admin.site.urls[0]):
        if not name.endswith("_changelist"):
            yield f"{path_of(pattern)}?" + "&".join(
                f"{item}={value.format(name=item)}" for item in READ
            )
        if name.endswith("_add"):  # whose form a browser may fill in
            model = apps.get_model(*pattern.split("/")[:2])
            fields = [field.name for field in (*model._meta.fields, *model._meta.many_to_many)]
            for start in range(FORM_ADDRESSES):  # one that is rejected hides few others
                shown = fields[start::FORM_ADDRESSES]
                yield f"{path_of(pattern)}?" + "&".join(
                    f"{field}={value.format(name=field)}" for field in shown
                )


def asking_exports(client: Browser, value: str) -> Iterator[str]:
    """Yield every export with the value for each parameter of its list."""
    named = dict(addresses(admin.site.urls[0]))
    for name, pattern in named.items():
        if name.endswith("_export") and f"{name.removesuffix('export')}changelist" in named:
            path = path_of(pattern)
            shown = client.get(path.removesuffix("export/")).context["cl"].filter_specs
            for item in {
                *OF_LISTS,
                *(parameter for spec in shown for parameter in spec.expected_parameters()),
            }:
                yield f"{path}?{item}={value.format(name=item)}"


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_no_id_is_a_server_error(value: str, prober: Browser) -> None:
    paths = [
        "/admin/" + re.sub(r"<[^>]*>", value, pattern)
        for _, pattern in addresses(admin.site.urls[0])
        if "<" in pattern
    ]
    assert [path for path in paths if prober.get(path).status_code >= 500] == []
    assert [
        path for path in paths if prober.post(path, {"_form_submitted": "on"}).status_code >= 500
    ] == []


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_no_query_is_a_server_error(value: str, prober: Browser) -> None:
    assert [
        path
        for path in (*asking(value), *asking_exports(prober, value))
        if prober.get(path).status_code >= 500
    ] == []


@pytest.mark.parametrize("value", ["abc", "9" * 25, "-1", "\0", "g" * 60_000], ids=repr)
def test_no_selection_is_a_server_error(value: str, prober: Browser) -> None:
    for name in ("gasutil_servicerequest", "gasutil_delivery", "auth_group"):
        path = reverse(f"admin:{name}_changelist")
        shown = prober.get(path)
        for action, _label in shown.context["cl"].model_admin.get_action_choices(
            shown.wsgi_request
        ):
            assert (
                prober.post(path, {"action": action, "_selected_action": [value, "1"]}).status_code
                < 500
            ), (path, action)
