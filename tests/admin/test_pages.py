"""The pages that mailed links lead to."""

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from gasutil.errors import Busy
from gasutil.identity.hashing import GatedArgon2Hasher
from gasutil.models import User
from gasutil.notify.links import email_token
from tests.support.people import PASSWORD

NEW = "Green-Flame-2027"


def reset_link(user: User) -> str:
    return reverse(
        "password_reset_confirm",
        args=[
            urlsafe_base64_encode(force_bytes(user.pk)),
            default_token_generator.make_token(user),
        ],
    )


def test_it_confirms_an_address_by_a_button_alone(customer: User) -> None:
    client, path = (
        Client(enforce_csrf_checks=True),
        reverse("email-confirm", args=[email_token(customer)]),
    )
    page = client.get(path)
    customer.refresh_from_db()
    assert (page.status_code, customer.email_confirmed) == (200, False)
    assert client.post(path).status_code == 403
    answer = client.post(path, {"csrfmiddlewaretoken": client.cookies["csrftoken"].value})
    customer.refresh_from_db()
    assert (answer.status_code, customer.email_confirmed) == (200, True)
    assert b"customer@example.com" in answer.content
    assert customer.history.latest().history_change_reason == "Email confirmed"


@pytest.mark.parametrize("token", ["x", "a:b:c", "%3Cscript%3E"])
def test_an_invalid_token_is_explained(token: str, db: None) -> None:
    answer = Client().post(f"/email/confirm/{token}/")
    assert answer.status_code == 400
    assert b"This link is not valid" in answer.content
    assert b"<script>" not in answer.content


def test_it_sets_a_new_password(customer: User) -> None:
    client = Client()
    form = client.get(reset_link(customer), follow=True)
    assert b"Set a new password" in form.content
    path = form.redirect_chain[-1][0]
    assert (
        b"The two password fields"
        in client.post(path, {"new_password1": NEW, "new_password2": "other"}).content
    )
    answer = client.post(path, {"new_password1": NEW, "new_password2": NEW}, follow=True)
    assert b"Password changed" in answer.content
    customer.refresh_from_db()
    assert customer.check_password(NEW)
    row = customer.history.latest()
    assert (row.history_user, row.history_change_reason) == (customer, "Password reset by email")


def test_a_link_works_once(customer: User) -> None:
    path = reset_link(customer)
    customer.set_password(NEW)
    customer.save()
    assert b"This link is not valid" in Client().get(path).content


def test_a_link_that_was_used_since_is_an_error_in_the_form(
    customer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, link = Client(), reset_link(customer)
    path = client.get(link, follow=True).redirect_chain[-1][0]
    hashed = User.set_password

    def used_while_hashing(user: User, password: str) -> None:
        hashed(user, password)
        User.objects.filter(pk=user.pk).update(password="set by a faster request")

    monkeypatch.setattr(User, "set_password", used_while_hashing)
    assert (
        b"This link is not valid or has expired."
        in client.post(path, {"new_password1": NEW, "new_password2": NEW}).content
    )
    assert User.objects.get().password == "set by a faster request"


def test_a_deactivated_account_has_no_link(customer: User) -> None:
    path = reset_link(customer)
    User.objects.filter(pk=customer.pk).update(is_active=False)
    assert b"This link is not valid" in Client().get(path, follow=True).content


def test_a_busy_server_says_so_in_the_form(customer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    path = client.get(reset_link(customer), follow=True).redirect_chain[-1][0]

    def refuse(*args: object) -> str:
        raise Busy

    monkeypatch.setattr(GatedArgon2Hasher, "encode", refuse)
    assert (
        b"The server is busy"
        in client.post(path, {"new_password1": NEW, "new_password2": NEW}).content
    )
    customer.refresh_from_db()
    assert customer.check_password(PASSWORD)


def test_a_missing_page_has_our_design(db: None) -> None:
    answer = Client().get("/nothing/")
    assert answer.status_code == 404
    assert b"Page not found" in answer.content
