"""The IDs of requests in other systems."""

from typing import Any

from gasutil.models import ExternalReference, RequestUpdate, ServiceRequest, User
from tests.support.problems import NOT_FOUND, conflict, field_errors, not_allowed

ORDER = {"id": "WO-4711", "url": "https://dispatch.example.com/WO-4711"}


def place(obj: ServiceRequest, system: str = "dispatch") -> str:
    return f"requests/{obj.pk}/references/{system}/"


def test_it_works(api: Any, support: User, leak: ServiceRequest) -> None:
    client = api(support)
    response = client.put(place(leak), ORDER)
    shown = {"system": "dispatch"} | ORDER
    assert (response.status_code, response.json()) == (201, shown)
    assert client.get(f"requests/{leak.pk}/").json()["references"] == [shown]
    assert client.get("requests/").json()["results"][0]["references"] == [shown]
    row = RequestUpdate.objects.filter(id=leak.pk).latest("history_id")
    assert (row.event, row.subject, row.is_internal, row.history_user) == (
        "request.reference_changed",
        "dispatch: WO-4711",
        True,
        support,
    )


def test_the_same_again_changes_nothing(api: Any, support: User, leak: ServiceRequest) -> None:
    client = api(support)
    client.put(place(leak), ORDER)
    again = client.put(place(leak), ORDER)
    assert again.status_code == 200
    assert ServiceRequest.objects.get(pk=leak.pk).version == 2
    changed = client.put(place(leak), {"id": "WO-4712"})
    assert (changed.status_code, changed.json()) == (
        200,
        {"system": "dispatch", "id": "WO-4712", "url": ""},
    )
    assert ServiceRequest.objects.get(pk=leak.pk).version == 3


def test_an_id_is_on_one_request(
    api: Any, support: User, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    client = api(support)
    client.put(place(leak), ORDER)
    response = client.put(place(connection), ORDER)
    text = "Another request has this ID in dispatch."
    assert (response.status_code, response.json()) == (409, conflict(text))
    assert client.put(place(connection, "billing"), ORDER).status_code == 201
    assert ExternalReference.objects.count() == 2


def test_it_is_found_by_the_id(
    api: Any, support: User, leak: ServiceRequest, connection: ServiceRequest
) -> None:
    client = api(support)
    client.put(place(leak), {"id": "WO:1 a"})
    for asked, expected in (
        ("dispatch:WO:1%20a", [leak.pk]),
        ("dispatch:WO", []),
        ("billing:WO:1%20a", []),
    ):
        rows = client.get(f"requests/?external={asked}").json()["results"]
        assert [row["id"] for row in rows] == expected
    assert field_errors(client.get("requests/?external=dispatch")) == [
        ("external", "string_pattern_mismatch")
    ]


def test_it_is_removed(api: Any, support: User, leak: ServiceRequest) -> None:
    client = api(support)
    client.put(place(leak), ORDER)
    assert client("DELETE", place(leak)).status_code == 204
    again = client("DELETE", place(leak))
    assert (again.status_code, again.json()) == (404, NOT_FOUND)
    assert client.get(f"requests/{leak.pk}/").json()["references"] == []


def test_a_stale_version_changes_nothing(api: Any, support: User, leak: ServiceRequest) -> None:
    client = api(support)
    assert client.put(place(leak), ORDER, If_Match='"7"').status_code == 412
    assert client.put(place(leak), ORDER, If_Match='"1"').status_code == 201
    assert client("DELETE", place(leak), If_Match='"1"').status_code == 412
    assert ExternalReference.objects.count() == 1


def test_it_names_what_is_wrong(api: Any, support: User, leak: ServiceRequest) -> None:
    client = api(support)
    body = {"id": " ", "url": "javascript:alert(1)", "x": 1}
    assert field_errors(client.put(place(leak), body)) == [
        ("id", "string_pattern_mismatch"),
        ("url", "string_pattern_mismatch"),
        ("x", "extra_forbidden"),
    ]
    assert field_errors(client.put(place(leak), {})) == [("id", "missing")]
    assert field_errors(client.put(place(leak, "x" * 41), ORDER)) == [("system", "string_too_long")]


def test_customers_neither_see_nor_set_it(
    api: Any, support: User, customer: User, neighbour: User, leak: ServiceRequest
) -> None:
    api(support).put(place(leak), ORDER)
    for path in ("requests/", f"requests/{leak.pk}/"):
        assert "WO-4711" not in api(customer).get(path).content.decode()
        assert '"references"' not in api(customer).get(path).content.decode()
    own, others = api(customer).put(place(leak), ORDER), api(neighbour).put(place(leak), ORDER)
    assert (own.status_code, own.json()) == (403, not_allowed("Only support can do this."))
    assert (others.status_code, others.json()) == (404, NOT_FOUND)
