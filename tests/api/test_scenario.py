"""The whole story, from the first registration to the resolved leak."""

from typing import Any

from gasutil.access import Actor
from gasutil.models import User
from gasutil.notify import links
from gasutil.workflow import approval, email_confirmations
from tests.support.api import Api
from tests.support.bodies import ABHISHEK, ANSHU, CONNECTION, LEAK


def log_in(anyone: Api, given: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Log in and return the tokens and the Authorization header."""
    answer = anyone.post("login/", {"username": given["username"], "password": given["password"]})
    assert answer.status_code == 200
    return answer.json(), {"Authorization": f"Bearer {answer.json()['access']}"}


def test_it_works_from_end_to_end(anyone: Api, manager: User) -> None:
    # Both register, and both log in.
    assert [anyone.post("register/", given).status_code for given in (ANSHU, ABHISHEK)] == [
        201,
        201,
    ]
    tokens, customer = log_in(anyone, ANSHU)
    _, support = log_in(anyone, ABHISHEK)

    # The customer's profile, read and changed.
    assert anyone.get("profile/", **customer).json()["username"] == "anshu_singh"
    moved = {"phone_number": "+917890123457", "address": "12, Green Valley, Pune - 411001"}
    assert anyone.put("profile/", moved, **customer).json().items() >= moved.items()
    assert anyone.put("profile/", {"phone_number": "+919876543211"}, **support).status_code == 200
    assert anyone.put("profile/", {"first_name": "Boss"}, **support).status_code == 403

    # Two requests are filed; support could not file one, and sees none before a manager says so.
    leak = anyone.post("requests/", LEAK, **customer).json()
    connection = anyone.post("requests/", CONNECTION, **customer).json()
    assert anyone.post("requests/", LEAK, **support).status_code == 403
    assert (
        anyone.get("requests/", **support).json()["type"] == "urn:gasutil:problem:approval-required"
    )
    approve(manager, "abhishek_support")

    # Support sees both, works them by both calls, and the customer can't.
    assert [row["id"] for row in anyone.get("requests/", **support).json()["results"]] == [
        connection["id"],
        leak["id"],
    ]
    given = {"status": "in_progress", "notes": "Technician assigned for inspection"}
    assert anyone.patch(f"requests/{leak['id']}/", given, **customer).status_code == 403
    assert (
        anyone.patch(f"requests/{leak['id']}/", given, **support).json()["status"] == "in_progress"
    )
    update = {
        "service_request": leak["id"],
        "status": "resolved",
        "notes": "Gas leak fixed. No further action required.",
    }
    assert anyone.post("request-updates/", update, **customer).status_code == 403
    assert anyone.post("request-updates/", update, **support).status_code == 201

    # The customer reads how it went, and refreshes the login.
    result: list[dict[str, Any]] = anyone.get(f"requests/{leak['id']}/", **customer).json()[
        "updates"
    ]
    assert [(item["status"], item["notes"]) for item in result] == [
        ("pending", ""),
        ("in_progress", "Technician assigned for inspection"),
        ("resolved", "Gas leak fixed. No further action required."),
    ]
    fresh = anyone.post("login/refresh/", {"refresh": tokens["refresh"]}).json()
    customer = {"Authorization": f"Bearer {fresh['access']}"}
    assert [row["status"] for row in anyone.get("requests/", **customer).json()["results"]] == [
        "pending",
        "resolved",
    ]
    assert anyone.post("logout/", {"refresh": fresh["refresh"]}).status_code == 204
    assert anyone.get("requests/", **customer).status_code == 401


def approve(manager: User, username: str) -> None:
    """Approve a support account as the console does, once its address is confirmed."""
    user = User.objects.get(username=username)
    email_confirmations.confirm_email(links.email_token(user))
    approval.approve(user.pk, actor=Actor(manager))
