"""Customers, as support and integrations read them; each call is a row of the security log."""

import datetime as dt
from typing import Any
from urllib.parse import quote

import pytest
from django.db import Error
from django.utils import timezone

from gasutil.access import Actor
from gasutil.models import SecurityEvent, SecurityEventType, ServiceRequest, User
from gasutil.workflow import requests
from tests.support.people import make_team, make_user
from tests.support.problems import APPROVAL_REQUIRED, NOT_FOUND, field_errors, not_allowed
from tests.support.query_counts import cost_of
from tests.support.request_types import make_type


def shown(user: User, **more: Any) -> dict[str, Any]:
    """Return a customer as the API shows them."""
    return {
        "id": user.pk,
        "name": str(user),
        "phone_number": user.phone_number,
        "email": user.email,
        "address": user.address,
        "language": "en",
        "special_care": [],
        "do_not_disconnect": False,
        "updated_at": user.updated_at.isoformat().replace("+00:00", "Z"),
    } | more


def results(response: Any) -> list[Any]:
    assert response.status_code == 200, response.content
    rows: list[Any] = response.json()["results"]
    return rows


def ids(response: Any) -> list[int]:
    return [row["id"] for row in results(response)]


def reads() -> list[tuple[int | None, Any]]:
    """Return who has read the data of which customers, from the security log."""
    rows = SecurityEvent.objects.filter(event=SecurityEventType.CUSTOMERS_READ).order_by("id")
    return [(row.user_id, row.details["customers"]) for row in rows]


def test_it_works(api: Any, support: User, customer: User, neighbour: User, pending: User) -> None:
    client = api(support)
    assert results(client.get("customers/")) == [shown(neighbour), shown(customer)]
    assert client.get(f"customers/{customer.pk}/").json() == shown(customer)
    for other in (pending, support):
        assert client.get(f"customers/{other.pk}/").json() == NOT_FOUND


def test_each_call_is_one_row_of_the_security_log(
    api: Any, support: User, customer: User, neighbour: User, leak: ServiceRequest
) -> None:
    client = api(support)
    client.get("customers/")
    client.get(f"customers/{customer.pk}/")
    client.get("customers/?q=nobody")
    client.get("requests/?expand=customer")
    client.get(f"requests/{leak.pk}/?expand=assigned_to,customer")
    client.get("requests/?expand=assigned_to")
    assert reads() == [
        (support.pk, [neighbour.pk, customer.pk]),
        (support.pk, [customer.pk]),
        (support.pk, []),
        (support.pk, [customer.pk]),
        (support.pk, [customer.pk]),
    ]


def test_no_data_leaves_without_its_row(
    api: Any, support: User, customer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: SecurityEvent, *args: Any, **kwargs: Any) -> None:
        raise Error("full")

    monkeypatch.setattr(SecurityEvent, "save", fail)
    for path in ("customers/", f"customers/{customer.pk}/"):
        response = api(support).get(path)
        assert (response.status_code, customer.email in response.content.decode()) == (500, False)


def test_it_is_for_support(api: Any, customer: User, pending: User, leak: ServiceRequest) -> None:
    for path in ("customers/", f"customers/{customer.pk}/", "staff/"):
        own, waiting = api(customer).get(path), api(pending).get(path)
        assert (own.status_code, own.json()) == (403, not_allowed("Only support can do this."))
        assert (waiting.status_code, waiting.json()) == (403, APPROVAL_REQUIRED)
    for path in ("requests/?expand=customer", f"requests/{leak.pk}/?expand=assigned_to"):
        response = api(customer).get(path)
        assert (response.status_code, response.json()) == (
            403,
            not_allowed("Only support can do this."),
        )
    assert reads() == []


def test_it_finds_by_number_address_and_words(
    api: Any, support: User, customer: User, neighbour: User
) -> None:
    User.objects.filter(pk=neighbour.pk).update(phone_number="+919876543210")
    client = api(support)
    for number in ("+919876543210", "9876543210", "098765 43210"):
        assert ids(client.get(f"customers/?phone_number={quote(number)}")) == [neighbour.pk]
        assert ids(client.get(f"customers/?q={quote(number)}")) == [neighbour.pk]
    assert ids(client.get("customers/?q=43210")) == [neighbour.pk]
    assert ids(client.get("customers/?email=Customer@EXAMPLE.com")) == [customer.pk]
    assert ids(client.get("customers/?q=neighbour%20example")) == [neighbour.pk]
    assert ids(client.get("customers/?q=support")) == []
    assert field_errors(client.get("customers/?phone_number=none&name=x&updated_after=x")) == [
        ("phone_number", "invalid_phone_number"),
        ("updated_after", "invalid_time"),
        ("name", "extra_forbidden"),
    ]


def test_an_address_that_is_not_confirmed_is_not_shown(
    api: Any, support: User, customer: User
) -> None:
    customer.previous_email, customer.email = customer.email, "attacker@example.com"
    customer.save()
    assert api(support).get(f"customers/{customer.pk}/").json()["email"] == "customer@example.com"
    assert ids(api(support).get("customers/?email=attacker@example.com")) == []


def test_it_shows_what_changed_since(
    api: Any, support: User, customer: User, neighbour: User
) -> None:
    long_ago = timezone.now() - dt.timedelta(days=3)
    User.objects.update(updated_at=long_ago)
    client = api(support)
    after = (long_ago + dt.timedelta(days=1)).isoformat().replace("+00:00", "Z")
    path = f"customers/?ordering=updated_at&updated_after={after}"
    assert ids(client.get(path)) == []
    assert api(customer).patch("profile/", {"address": "2 New Street"}).status_code == 200
    assert ids(client.get(path)) == [customer.pk]
    neighbour.save(update_fields=["first_name"])
    assert ids(client.get(path)) == [customer.pk, neighbour.pk]


def test_a_login_is_no_change(api: Any, customer: User) -> None:
    before = User.objects.get(pk=customer.pk).updated_at
    api(customer).get("profile/")
    assert User.objects.get(pk=customer.pk).updated_at == before


def test_it_names_special_care_and_disputes(
    api: Any, support: User, customer: User, neighbour: User
) -> None:
    care = {"name": "oxygen", "kind": "yes_no", "label": "Is oxygen used?", "marks_care": True}
    make_type("visit", fields=[care, {"name": "floor", "kind": "short_text"}])
    make_type("dispute", effect="dispute")
    file = {"description": "x"}
    visit = requests.submit(
        actor=Actor(customer), request_type="visit", details={"oxygen": True}, **file
    )
    requests.submit(actor=Actor(customer), request_type="visit", details={"floor": "2"}, **file)
    dispute = requests.submit(actor=Actor(customer), request_type="dispute", **file)
    client = api(support)
    expected = {"special_care": ["Is oxygen used?"], "do_not_disconnect": True}
    assert results(client.get("customers/")) == [shown(neighbour), shown(customer, **expected)]
    for obj in (visit, dispute):
        requests.resolve(obj.pk, actor=Actor(support), notes="Done")
    assert client.get(f"customers/{customer.pk}/").json() == shown(customer)


def test_it_costs_the_same_for_one_customer_and_for_thirty(
    api: Any, support: User, customer: User, django_assert_max_num_queries: Any
) -> None:
    care = {"name": "oxygen", "kind": "yes_no", "marks_care": True}
    make_type("visit", fields=[care])
    client = api(support)
    for number in range(30):
        person = make_user(f"person{number}")
        requests.submit(
            actor=Actor(person), request_type="visit", description="x", details={"oxygen": True}
        )
    client.get("customers/?page_size=100")
    with django_assert_max_num_queries(6):
        client.get("customers/?page_size=100")


# --- Staff
# --------------------------------------------------------------------------------------------------
def test_it_lists_the_people_to_whom_requests_can_be_assigned(
    api: Any, support: User, colleague: User, pending: User, customer: User
) -> None:
    north = make_team("North", [support, colleague], [])
    south = make_team("South", [support], [])
    User.objects.filter(pk=pending.pk).update(is_active=False)
    assert results(api(support).get("staff/")) == [
        {
            "id": support.pk,
            "name": "Support Example",
            "teams": [{"id": north.pk, "name": "North"}, {"id": south.pk, "name": "South"}],
        },
        {
            "id": colleague.pk,
            "name": "Colleague Example",
            "teams": [{"id": north.pk, "name": "North"}],
        },
    ]


# --- Objects in place of IDs
# --------------------------------------------------------------------------------------------------
def test_a_request_has_the_objects_in_place_of_the_ids(
    api: Any, support: User, customer: User, leak: ServiceRequest
) -> None:
    client = api(support)
    plain = client.get("requests/").json()["results"][0]
    assert (plain["customer"], plain["assigned_to"]) == (customer.pk, None)
    (row,) = results(client.get("requests/?expand=customer,assigned_to"))
    assert (row["customer"], row["assigned_to"]) == (shown(customer), None)
    requests.assign(leak.pk, actor=Actor(support), assigned_to=support.pk)
    member = {"id": support.pk, "name": "Support Example", "teams": []}
    detail = client.get(f"requests/{leak.pk}/?expand=assigned_to")
    assert (detail.json()["customer"], detail.json()["assigned_to"]) == (customer.pk, member)
    assert detail.headers["ETag"].startswith('"2-')


def test_the_next_page_has_the_objects_as_well(
    api: Any, support: User, customer: User, leak: ServiceRequest
) -> None:
    requests.submit(actor=Actor(customer), request_type="new_connection", description="x")
    client = api(support)
    first = client.get("requests/?expand=customer&page_size=1").json()
    path = first["next"].partition("/api/v1/")[2]
    assert results(client.get(path))[0]["customer"] == shown(customer)


@pytest.mark.parametrize("asked", ["request_type", "customer,", "customer,x", "Customer"])
def test_what_cannot_be_expanded_is_an_error(
    asked: str, api: Any, support: User, leak: ServiceRequest
) -> None:
    for path in ("requests/", f"requests/{leak.pk}/"):
        response = api(support).get(f"{path}?expand={asked}")
        assert field_errors(response) == [("expand", "string_pattern_mismatch")]
    assert field_errors(api(support).get(f"requests/{leak.pk}/?x=1")) == [("x", "extra_forbidden")]


def test_a_list_makes_five_queries_whatever_its_customers_need(
    api: Any, support: User, customer: User, neighbour: User
) -> None:
    for number, user in enumerate((customer, neighbour)):
        code = f"care_{number}"
        care = {"name": "dialysis", "kind": "yes_no", "marks_care": True}
        make_type(code, fields=[care])
        requests.submit(
            actor=Actor(user), request_type=code, description="x", details={"dialysis": True}
        )
    client = api(support)
    number, response = cost_of(lambda: client.get("customers/"))
    assert [bool(row["special_care"]) for row in results(response)] == [True, True]
    assert number <= 5
