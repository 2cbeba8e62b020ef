import re
from typing import Any

import pytest
from django.core import mail, signing

from gasutil.errors import Invalid
from gasutil.models import User
from gasutil.notify.links import EMAIL_SALT, email_token
from gasutil.workflow import email_confirmations
from tests.support.people import PASSWORD
from tests.support.problems import invalid
from tests.support.worker import run_worker

NO_PROOF = invalid(("token", "invalid_token", "This link is not valid or has expired."))


@pytest.mark.parametrize("who", ["customer", "pending"])
def test_it_works_with_what_was_mailed(who: str, api: Any, request: pytest.FixtureRequest) -> None:
    client = api(request.getfixturevalue(who))
    client.patch("profile/", {"email": "new@example.com"})
    run_worker()
    [body] = [item.body for item in mail.outbox if item.to == ["new@example.com"]]
    token = re.search(r"^token: (\S+)$", body, re.MULTILINE).group(1)
    answer = client.post("profile/email/confirm/", {"token": token, "password": PASSWORD})
    assert (answer.status_code, answer.json()["email"], answer.json()["email_confirmed"]) == (
        200,
        "new@example.com",
        True,
    )


def test_a_stale_access_token_does_not_matter(api: Any, customer: User) -> None:
    api(customer).patch("profile/", {"email": "new@example.com"})
    run_worker()
    [body] = [item.body for item in mail.outbox if item.to == ["new@example.com"]]
    token = re.search(r"^token: (\S+)$", body, re.MULTILINE).group(1)
    sent = {"token": token, "password": PASSWORD}
    answer = api()("POST", "profile/email/confirm/", sent, Authorization="Bearer garbage")
    assert (answer.status_code, answer.json()["email"]) == (200, "new@example.com")


def test_it_stays_confirmed_when_it_is_confirmed_again(api: Any, customer: User) -> None:
    token = email_token(customer)
    rows = User.history.count()
    answers = [api(customer).post("profile/email/confirm/", {"token": token}) for _ in range(2)]
    assert [answer.json()["email_confirmed"] for answer in answers] == [True, True]
    assert User.history.count() == rows + 1


def test_it_rejects_the_token_of_an_address_that_was_changed_since(
    api: Any, customer: User
) -> None:
    token = email_token(customer)
    client = api(customer)
    client.patch("profile/", {"email": "new@example.com"})
    answer = client.post("profile/email/confirm/", {"token": token})
    assert (answer.status_code, answer.json()) == (422, NO_PROOF)


def test_it_rejects_the_token_of_another_account(api: Any, customer: User, neighbour: User) -> None:
    answer = api(neighbour).post("profile/email/confirm/", {"token": email_token(customer)})
    assert (answer.status_code, answer.json()) == (422, NO_PROOF)
    assert not User.objects.filter(email_confirmed=True).exists()


def test_it_rejects_a_token_that_was_not_mailed(api: Any, customer: User) -> None:
    claim = {"user": customer.pk, "email": customer.email}
    forged = [
        "x",
        "a:b:c",
        signing.dumps(claim, salt="another"),
        signing.dumps(claim, salt=EMAIL_SALT, key="another"),
        email_token(customer)[:-1],
    ]
    for token in forged:
        answer = api(customer).post("profile/email/confirm/", {"token": token})
        assert (answer.status_code, answer.json()) == (422, NO_PROOF)


def test_it_rejects_a_token_after_three_days(
    customer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, now = email_token(customer), signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 3 * 24 * 60 * 60 + 2)
    with pytest.raises(Invalid):
        email_confirmations.confirm_email(token)
