"""The access list: every account of the staff with its rights, and the reviews of it."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone
from pytest_django import Settings

from gasutil.access import Actor
from gasutil.errors import Conflict, Invalid, PermissionRequired
from gasutil.groups import ADMINISTRATORS, AUDITORS
from gasutil.models import AccessReview, Export, SecurityEvent, User
from gasutil.workflow import access_reviews
from tests.support.people import make_role

PAGE, FILE, FRONT = "/admin/access-list/", "/admin/access-list/export/", "/admin/"
COMMENT = "Two accounts deactivated"


def seen() -> str:
    return access_reviews.digest_of_accounts(access_reviews.read_access_list())


def review(client: Any, **fields: str) -> Any:
    return client.post(PAGE, {"comment": COMMENT, "seen": seen()} | fields)


def text(response: Any) -> str:
    assert response.status_code == 200
    page: str = response.content.decode()
    return page


def test_it_works(manager: User, support: User, customer: User, console: Any) -> None:
    support.user_permissions.add(Permission.objects.get(codename="export_user"))
    page = text(console(manager).get(PAGE))
    assert "The access list has never been reviewed." in page
    assert "Export users" in page
    assert customer.email not in page
    assert review(console(manager)).status_code == 302
    stored = AccessReview.objects.get()
    assert (stored.author, stored.comment, stored.digest) == (manager, COMMENT, seen())
    assert (stored.accounts, stored.superusers, stored.without_second_factor) == (2, 0, 2)
    page = text(console(manager).get(PAGE))
    assert COMMENT in page
    assert "It has changed since." not in page


@pytest.mark.parametrize("name", [AUDITORS, ADMINISTRATORS])
def test_others_read_it_and_review_nothing(name: str, db: None, console: Any) -> None:
    user = make_role("reader", [name])
    assert "Mark as reviewed" not in text(console(user).get(PAGE))
    refused = review(console(user))
    assert refused.status_code == 403
    assert "You need permission to review the access list." in refused.content.decode()
    with pytest.raises(PermissionRequired):
        access_reviews.record_review(actor=Actor(user), comment=COMMENT, seen=seen())
    assert not AccessReview.objects.exists()


def test_agents_have_no_access_to_it(support: User, console: Any) -> None:
    client = console(support)
    assert (client.get(PAGE).status_code, client.post(FILE).status_code) == (403, 403)
    assert "access list" not in text(client.get(FRONT))


def test_a_review_needs_a_comment(manager: User, console: Any) -> None:
    assert "Say what you checked." in text(review(console(manager), comment="…"))
    with pytest.raises(Invalid):
        access_reviews.record_review(actor=Actor(manager), comment=" ", seen=seen())
    assert not AccessReview.objects.exists()


def test_a_review_is_of_the_list_that_was_read(
    manager: User, support: User, auditor: User, console: Any
) -> None:
    before = seen()
    support.groups.add(Group.objects.get(name=AUDITORS))
    page = text(review(console(manager), seen=before))
    assert "The list changed while you were reading it. Check it again." in page
    with pytest.raises(Conflict):
        access_reviews.record_review(actor=Actor(manager), comment=COMMENT, seen=before)
    assert not AccessReview.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"is_approved": False},
        {"is_superuser": True},
        {"is_staff": False},
        {"has_second_factor": True},
    ],
)
def test_every_right_counts_as_a_change(support: User, change: dict[str, bool]) -> None:
    before = seen()
    User.objects.filter(pk=support.pk).update(last_login=timezone.now(), first_name="Other")
    assert seen() == before
    User.objects.filter(pk=support.pk).update(**change)
    assert seen() != before


def test_the_page_says_that_the_list_has_changed_since(
    manager: User, support: User, console: Any
) -> None:
    review(console(manager))
    support.groups.clear()
    assert "It has changed since." in text(console(manager).get(PAGE))


def test_the_front_page_says_when_a_review_is_due(
    manager: User, console: Any, settings: Settings
) -> None:
    settings.ACCESS_REVIEW_DAYS = 30
    client = console(manager)
    assert "The access list has never been reviewed." in text(client.get(FRONT))
    review(client)
    [stored] = AccessReview.objects.all()
    assert access_reviews.next_review_at(stored) - stored.reviewed_at == dt.timedelta(days=30)
    assert f"by {manager}. Next review due" in text(client.get(FRONT))
    settings.ACCESS_REVIEW_DAYS = 1
    assert not access_reviews.is_due(stored, timezone.now())
    assert access_reviews.is_due(stored, timezone.now() + dt.timedelta(days=1))


def test_the_file_has_a_row_for_each_account(
    manager: User, support: User, customer: User, console: Any
) -> None:
    User.objects.filter(pk=support.pk).update(is_active=False, first_name="=1+1")
    assert console(manager).get(FILE).status_code == 405
    response = console(manager).post(FILE)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row["username"] for row in rows] == ["manager", "support"]
    assert rows[0]["roles"] == "Manager"
    assert rows[0]["groups"] == "Managers; Support"
    assert rows[1]["active"] == "false"
    assert rows[1]["name"].startswith("'=1+1")
    export = Export.objects.get()
    assert (export.what, export.rows, export.author) == ("gasutil.accessreview", 2, manager)
    assert SecurityEvent.objects.filter(event="export", user=manager).exists()


def test_its_number_of_queries_does_not_grow_with_the_accounts(
    manager: User, django_assert_num_queries: Any
) -> None:
    for number in range(5):
        make_role(f"member{number}", [AUDITORS])
    with django_assert_num_queries(3):
        access_reviews.read_access_list()
