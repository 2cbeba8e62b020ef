"""The updates of a customer: of their own requests, and of those that others share with them."""

import pytest
from django.db import connection as db
from guardian.shortcuts import assign_perm, remove_perm

from gasutil import access, request_owners
from gasutil.access import Actor
from gasutil.models import RequestUpdate, ServiceRequest, ServiceRequestUserPermission, User
from gasutil.workflow import reports, requests
from tests.support.api import Api

UPDATES = "request-updates/?page_size=2"
VIEW = "view_servicerequest"


def submit(user: User) -> ServiceRequest:
    return requests.submit(actor=Actor(user), request_type="new_connection", description="x")


def listed(user: User, path: str = UPDATES) -> list[int]:
    """Return the IDs of the updates on all pages; check that they are the same backwards."""
    api, forwards, backwards = Api(user), [], []
    page = api.get(path).json()
    forwards += page["results"]
    while page["next"]:
        page = api.get(page["next"].partition("/api/v1/")[2]).json()
        forwards += page["results"]
    backwards = page["results"]
    while page["previous"]:
        page = api.get(page["previous"].partition("/api/v1/")[2]).json()
        backwards = page["results"] + backwards
    assert forwards == backwards
    return [row["id"] for row in forwards]


def visible(user: User) -> list[int]:
    rows = access.visible_to(Actor(user), RequestUpdate).order_by("-history_id")
    return list(rows.values_list("history_id", flat=True))


@pytest.fixture
def theirs(neighbour: User, support: User) -> ServiceRequest:
    """A request of the neighbour, with a note that customers may not read."""
    obj = submit(neighbour)
    requests.comment(obj.pk, actor=Actor(support), notes="Only for us.", is_internal=True)
    requests.comment(obj.pk, actor=Actor(support), notes="Hello.")
    return obj


def test_a_shared_request_is_listed_among_the_own_ones(
    customer: User, neighbour: User, theirs: ServiceRequest, support: User
) -> None:
    own = submit(customer)
    assign_perm(VIEW, customer, theirs)
    for obj in (theirs, own, theirs):
        requests.comment(obj.pk, actor=Actor(support), notes="Again.")
    assert listed(customer) == visible(customer)
    assert len(listed(customer)) == 2 + 4
    assert listed(neighbour) == visible(neighbour)
    assert len(listed(neighbour)) == 4
    assert len(listed(customer, f"{UPDATES}&service_request={theirs.pk}")) == 4


@pytest.mark.parametrize("permission", [VIEW, "change_servicerequest"])
def test_only_a_grant_to_view_shows_it(
    permission: str, customer: User, theirs: ServiceRequest
) -> None:
    assign_perm(permission, customer, theirs)
    assert len(listed(customer)) == (2 if permission == VIEW else 0)


def test_a_withdrawn_grant_hides_it_at_once(
    customer: User, neighbour: User, theirs: ServiceRequest
) -> None:
    assign_perm(VIEW, customer, theirs)
    assert listed(customer)
    remove_perm(VIEW, customer, theirs)
    remove_perm(VIEW, neighbour, theirs)
    assert (listed(customer), listed(neighbour)) == ([], [])


def test_one_granted_again_to_its_own_customer_is_listed_once(
    neighbour: User, theirs: ServiceRequest
) -> None:
    remove_perm(VIEW, neighbour, theirs)
    assign_perm(VIEW, neighbour, theirs)
    assert listed(neighbour) == visible(neighbour)
    assert len(listed(neighbour)) == 2


def test_the_history_moves_with_a_claimed_request(customer: User, settings: object) -> None:
    report = Api().post("emergencies/", {"description": "Gas", "address": "Here"}).json()
    former = ServiceRequest.objects.get(reference=report["reference"]).customer
    obj = reports.claim(actor=Actor(customer), tracking_token=report["tracking_token"])
    assert len(listed(customer)) == 2
    assert listed(customer) == visible(customer)
    assert not access.visible_to(Actor(former), RequestUpdate).exists()
    rows = RequestUpdate.objects.filter(id=obj.pk)
    assert set(rows.values_list("customer", flat=True)) == {customer.pk}


def forget_owners() -> None:
    """Empty the columns that the previous release does not fill."""
    ServiceRequestUserPermission.objects.update(is_owner=False)
    with db.cursor() as cursor:
        cursor.execute("UPDATE gasutil_requestupdate SET customer_id = NULL")


def test_what_the_previous_release_writes_is_listed_and_filled(
    customer: User, theirs: ServiceRequest, rewritable_histories: None
) -> None:
    submit(customer)
    assign_perm(VIEW, customer, theirs)
    forget_owners()
    before = listed(customer)
    assert before == visible(customer)
    assert len(before) == 3
    request_owners.fill_owners()
    public = RequestUpdate.objects.filter(is_internal=False)
    assert public.values("customer").distinct().count() == 2
    assert ServiceRequestUserPermission.objects.filter(is_owner=False).count() == 1
    assert listed(customer) == before
    request_owners.fill_owners()  # nothing is left
