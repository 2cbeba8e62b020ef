"""Unsubscribing from a kind of mail by its link, without a login."""

from typing import Any

import pytest
from django.test import Client

from gasutil.models import Notice, User
from gasutil.notify import links


@pytest.fixture
def page(customer: User) -> str:
    return links.unsubscribe_page(customer, Notice.REPLIED).removeprefix("http://127.0.0.1:8000")


def muted(user: User) -> list[str]:
    return User.objects.get(pk=user.pk).muted_notices


def test_one_click_turns_that_kind_off_and_no_other(page: str, customer: User) -> None:
    answer = Client(enforce_csrf_checks=True).post(
        page, "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"
    )
    assert (answer.status_code, muted(customer)) == (200, ["replied"])
    assert "You no longer get these emails" in answer.content.decode()
    row = User.history.latest("history_id")
    assert (row.history_user, row.history_change_reason) == (customer, "Unsubscribed by email")


def test_opening_the_link_changes_nothing(page: str, customer: User) -> None:
    answer = Client().get(page)
    assert (answer.status_code, muted(customer)) == (200, [])
    assert '<form method="post">' in answer.content.decode()
    assert "New message about your request" in answer.content.decode()


def test_twice_is_once(page: str, customer: User) -> None:
    for _ in range(2):
        assert Client().post(page).status_code == 200
    assert muted(customer) == ["replied"]
    assert User.history.filter(history_change_reason="Unsubscribed by email").count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_is_not_ours_does_nothing(method: str, page: str, customer: User) -> None:
    for forged in (
        page.replace("/unsubscribe/W", "/unsubscribe/V"),
        page[:-2] + "/",
        "/unsubscribe/nonsense/",
    ):
        answer = getattr(Client(), method)(forged)
        assert answer.status_code == 400
        assert "This link is not valid" in answer.content.decode()
    assert muted(customer) == []


def test_there_is_no_link_for_what_is_essential(customer: User) -> None:
    for notice in (Notice.RECEIVED, Notice.ESCALATED, Notice.PASSWORD_RESET):
        assert links.unsubscribe_page(customer, notice) == ""


def test_a_deleted_user_gets_the_page_of_an_invalid_link(page: str, customer: User) -> None:
    User.objects.filter(pk=customer.pk).update(is_active=False)
    assert Client().post(page).status_code == 400


def test_other_methods_are_rejected(page: str) -> None:
    answer: Any = Client().delete(page)
    assert answer.status_code == 405
