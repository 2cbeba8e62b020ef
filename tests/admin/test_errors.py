"""The pages for 403, 404 and 500.

They explain the error and link back, even while other services are down.
"""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.views.defaults import server_error
from pytest_django import Settings

from gasutil.models import User

POLICY = "script-src 'self' 'unsafe-eval'"


def test_a_missing_page_is_explained(db: None) -> None:
    answer = Client().get("/nothing/")
    assert answer.status_code == 404
    assert 'href="/admin/"' in answer.content.decode()


def test_the_page_of_a_server_error_needs_no_database_or_context() -> (
    None
):  # no `db`: a query would fail
    answer = server_error(RequestFactory().get("/"))
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Gas Service Desk" in page
    assert "The error has been logged" in page
    assert 'href="/admin/"' in page


@pytest.mark.parametrize("template", ["403.html", "403_csrf.html", "404.html", "500.html"])
def test_each_is_a_whole_page_without_a_script_of_its_own(template: str) -> None:
    page = render_to_string(template)
    assert page.count("<h1>") == page.count("<main>") == 1
    assert "<script>" not in page


def test_every_response_but_a_file_has_the_policy(customer: User) -> None:
    for path in ("/nothing/", "/admin/login/", "/api/v1/docs", "/api/v1/request-types/"):
        assert POLICY in Client().get(path)["Content-Security-Policy"]


def test_the_brand_is_the_operators(settings: Settings) -> None:
    settings.SITE_NAME, settings.SITE_LOGO, settings.SITE_LOGO_DARK = (
        "North Gas",
        "/static/north.svg",
        "",
    )
    page = render_to_string("404.html")
    assert "North Gas" in page
    assert page.count("/static/north.svg") == 2
