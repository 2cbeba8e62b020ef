# ruff: noqa: RUF001  # look-alike letters are what this is about
import unicodedata
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from gasutil.errors import Invalid
from gasutil.identity.backend import find_by_login
from gasutil.models import User
from gasutil.models.identifiers import (
    email_key,
    is_single_script,
    to_e164,
    validate_personal_name,
    validate_username,
)
from gasutil.workflow import identity_keys
from gasutil.workflow.imports import _customer
from tests.support.api import Api
from tests.support.bodies import ANSHU
from tests.support.people import PASSWORD, make_user
from tests.support.problems import field_errors


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("+917890123456", "+917890123456"),
        (" 078901 23456 ", "+917890123456"),
        ("tel:+91-78901-23456", "+917890123456"),
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("\u202a+91 78901 23456\u202c", "+917890123456"),
        ("७८९०१२३४५६", "+917890123456"),
        ("＋９１ ７８９０１２３４５６", "+917890123456"),
        ("78901\u201323456", "+917890123456"),
    ],
)
def test_it_reads_a_number_as_people_write_it(written: str, expected: str) -> None:
    assert to_e164(written, "IN") == expected


@pytest.mark.parametrize(
    "written",
    [
        "O98765432I0",
        "98765O3210",
        "+91 7890123456 ext. 12",
        "+917890123456;ext=12",
        "7890123456x5",
        "call 7890123456",
        "7890123456?",
        "+",
        "()",
    ],
)
def test_it_rejects_what_is_not_entirely_a_number(written: str) -> None:
    with pytest.raises(ValidationError):
        to_e164(written, "IN")


@given(
    st.text(alphabet="+0123456789 ()-.tel:xO\u202a९", max_size=24),
    st.sampled_from(["IN", "GB", "US", "IT", "MX"]),
)
def test_a_stored_number_is_a_fixed_point(text: str, region: str) -> None:
    try:
        stored = to_e164(text, region)
    except ValidationError:
        return
    assert to_e164(stored, region) == stored


@pytest.mark.parametrize(
    "name",
    [
        "अंशु",
        "anshu_singh",
        "José",
        "Jose\u0301",
        "李小龙",
        "東京タワー",
        "김철수",
        "анна",
        "محمد",
        "சிவா",
        "a.b+c@d-e_1",
    ],
)
def test_it_takes_a_user_name_of_one_script(name: str) -> None:
    assert validate_username(name) is None  # it raises `ValidationError` otherwise


@pytest.mark.parametrize(
    "name", ["ｕser", "p\u0430ypal", "abcअ", "ﬁona", "user①", "аbc", "αdmin", "李а"]
)
def test_it_rejects_what_could_be_mistaken(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        validate_username(name)
    assert caught.value.code == "confusable"


@pytest.mark.parametrize("name", ["a b", "a\u200db", "a/b", "a\nb", "\u0902a", "a\u202eb"])
def test_it_rejects_other_characters(name: str) -> None:
    with pytest.raises(ValidationError):
        validate_username(name)


def test_japanese_is_one_writing_system_and_cyrillic_with_latin_is_not() -> None:
    assert is_single_script("漢字かなカナ")
    assert not is_single_script("漢字한글かな")
    assert not is_single_script("аa")


def test_registration_says_confusable(anyone: Api, db: None) -> None:
    assert field_errors(anyone.post("register/", ANSHU | {"username": "\uff55ser"})) == [
        ("username", "confusable")
    ]


@pytest.mark.parametrize("same", ["ANSHU_SINGH", "Anshu_Singh"])
def test_registration_takes_a_name_once_in_any_case(same: str, anyone: Api, db: None) -> None:
    anyone.post("register/", ANSHU)
    answer = anyone.post("register/", ANSHU | {"username": same, "email": "other@example.com"})
    assert field_errors(answer) == [("username", "taken")]


@pytest.mark.parametrize(
    "same", ["anshu.singh@GMAIL.com", "anshu.\u200dsingh@gmail.com", "anshu.singh@ｇmail.com"]
)
def test_one_mailbox_has_one_account(same: str, anyone: Api, db: None) -> None:
    anyone.post("register/", ANSHU)
    assert (
        anyone.post("register/", ANSHU | {"username": "another", "email": same}).status_code == 422
    )
    assert User.objects.count() == 1


def test_addresses_are_compared_in_idna() -> None:
    assert email_key("a@bücher.example") == email_key("A@xn--bcher-kva.example")


def test_a_user_name_like_an_address_is_the_accounts_own(anyone: Api, customer: User) -> None:
    stranger = ANSHU | {"username": "someone@example.com"}
    assert field_errors(anyone.post("register/", stranger)) == [("username", "not_own_email")]
    assert anyone.post("register/", stranger | {"email": "Someone@example.com"}).status_code == 201


@pytest.mark.parametrize(
    "changed",
    [
        {"first_name": "a\nb"},
        {"last_name": "http://x.example"},
        {"first_name": "a\u2028b"},
        {"last_name": "a\rb"},
    ],
)
def test_personal_names_are_one_line_without_addresses(
    changed: dict[str, str], anyone: Api, api: Any, customer: User
) -> None:
    [name] = changed
    assert field_errors(anyone.post("register/", ANSHU | changed)) == [(name, "invalid")]
    assert field_errors(api(customer).patch("profile/", changed)) == [(name, "invalid")]


def test_a_personal_name_may_have_an_apostrophe() -> None:
    assert (
        validate_personal_name("O'Brien: the 2nd/3rd") is None
    )  # it raises `ValidationError` otherwise


def test_the_last_name_may_be_empty(anyone: Api, db: None) -> None:
    answer = anyone.post("register/", ANSHU | {"last_name": ""})
    assert (answer.status_code, answer.json()["last_name"]) == (201, "")


@pytest.mark.parametrize(
    "name", [" customer ", "CUSTOMER", "cUstomer", "customer@example.com", " Customer@EXAMPLE.com "]
)
def test_a_login_ignores_spaces_and_case(name: str, customer: User, anyone: Api) -> None:
    User.objects.filter(pk=customer.pk).update(email_confirmed=True)
    assert anyone.post("login/", {"username": name, "password": PASSWORD}).status_code == 200


def test_no_one_logs_in_by_an_unconfirmed_address(customer: User, anyone: Api) -> None:
    assert (
        anyone.post(
            "login/", {"username": "customer@example.com", "password": PASSWORD}
        ).status_code
        == 401
    )


def test_a_confirmed_address_goes_before_anothers_user_name(db: None) -> None:
    make_user("victim@example.com", email="stranger@example.com")
    victim = make_user("victim", email="victim@example.com", email_confirmed=True)
    assert find_by_login("victim@example.com") == victim


def test_accounts_that_collide_are_listed_and_can_log_in(customer: User, anyone: Api) -> None:
    twin = make_user("twin")
    User.objects.filter(pk=twin.pk).update(username="Customer", username_key=None)
    identity_keys.fill_identity_keys()
    twin.refresh_from_db()
    assert (twin.username_key, identity_keys.collisions()) == (None, [(twin, customer)])
    for name in ("customer", "Customer"):
        assert anyone.post("login/", {"username": name, "password": PASSWORD}).status_code == 200
    twin.save()  # which must not fail
    assert find_by_login("Customer") == twin


def test_keys_are_filled_for_older_accounts(customer: User) -> None:
    User.objects.update(username_key=None, email_key=None)
    identity_keys.fill_identity_keys()
    customer.refresh_from_db()
    assert (customer.username_key, customer.email_key) == ("customer", "customer@example.com")


def test_a_password_is_the_same_in_every_normal_form(db: None) -> None:
    composed = "Flámme-Bleue-2026"
    decomposed = unicodedata.normalize("NFD", composed)
    assert composed != decomposed
    assert all(
        check_password(item, make_password(other))
        for item in (composed, decomposed)
        for other in (composed, decomposed)
    )
    old = Argon2PasswordHasher().encode(decomposed, "saltsaltsalt")
    assert check_password(decomposed, old)
    assert check_password(composed, old)


def test_an_import_never_files_for_another_person(support: User) -> None:
    make_user("victim@example.com", email="stranger@example.com")
    victim = make_user("victim", email="victim@example.com")
    with pytest.raises(Invalid):
        _customer("victim@example.com")
    User.objects.filter(pk=victim.pk).update(email_confirmed=True)
    assert _customer("VICTIM@example.com") == victim
