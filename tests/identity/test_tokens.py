"""Forged tokens: each is rejected, and none causes an error."""

import base64
import datetime as dt
import json
import time
import uuid
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django import Settings

from gasutil.errors import NotAuthenticated
from gasutil.identity import logins, tokens
from gasutil.identity.tokens import TokenType
from gasutil.models import Login, User
from tests.support.api import Api

MISSING = object()


@pytest.fixture
def login(customer: User) -> Login:
    return Login.objects.create(
        user=customer, current=uuid.uuid4().hex, auth_hash=customer.get_session_auth_hash()
    )


def genuine(login: Login, **changed: Any) -> dict[str, Any]:
    """Return the claims of a good access token, with some changed or left out."""
    now = int(timezone.now().timestamp())
    claims = {
        "iss": "gasutil",
        "aud": "gasutil-api",
        "sub": str(login.user_id),
        "iat": now,
        "exp": now + 300,
        "jti": uuid.uuid4().hex,
        "typ": "access",
        "sid": login.pk.hex,
    }
    return {name: value for name, value in (claims | changed).items() if value is not MISSING}


def sign(
    claims: dict[str, Any], *, algorithm: str = "HS256", key: Any = None, kid: Any = None
) -> str:
    """Sign claims as the application does, with some changed."""
    own_kid, own_key = tokens._key(tokens.settings.SECRET_KEY)
    headers = {} if kid is MISSING else {"kid": own_kid if kid is None else kid}
    return jwt.encode(claims, own_key if key is None else key, algorithm, headers=headers)


def opens(token: str) -> bool:
    """Return whether the API and the stream accept a token; both must agree."""
    answer = Api()("GET", "profile/", Authorization=f"Bearer {token}")
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


def raw(header: dict[str, Any], claims: dict[str, Any], signature: str = "") -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in (header, claims)
    ]
    return ".".join([*parts, signature])


def test_a_genuine_token_is_accepted(login: Login) -> None:
    assert opens(sign(genuine(login)))


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "iat", "exp", "jti", "typ", "sid"])
def test_a_token_without_a_claim_is_rejected(claim: str, login: Login) -> None:
    assert not opens(sign(genuine(login, **{claim: MISSING})))


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "somebody-else"),
        ("aud", "another-api"),
        ("aud", ["another-api"]),
        ("sub", 7),
        ("iat", "yesterday"),
        ("exp", 1),
        ("exp", "soon"),
        ("exp", None),
        ("jti", 7),
        ("typ", "refresh"),
        ("typ", "admin"),
        ("typ", None),
        ("sid", "00000000000000000000000000000000"),
        ("sid", "not-a-uuid"),
        ("sid", 7),
        ("sid", None),
        ("sid", ["x"]),
        ("sid", {"x": 1}),
        ("sid", "\x00"),
    ],
)
def test_a_token_with_a_wrong_claim_is_rejected(claim: str, value: Any, login: Login) -> None:
    claims = genuine(login, **{claim: value})
    try:
        token = sign(claims)
    except TypeError:  # PyJWT itself will not sign some of these
        own_kid, own_key = tokens._key(tokens.settings.SECRET_KEY)
        token = jwt.PyJWS().encode(
            json.dumps(claims).encode(), own_key, "HS256", headers={"kid": own_kid}
        )
    assert not opens(token)


def test_a_token_from_the_future_is_rejected(login: Login) -> None:
    assert not opens(sign(genuine(login, iat=int(timezone.now().timestamp()) + 60)))
    assert not opens(sign(genuine(login, nbf=int(timezone.now().timestamp()) + 60)))


def test_an_unsigned_token_is_rejected(login: Login) -> None:
    kid = tokens._key(tokens.settings.SECRET_KEY)[0]
    for algorithm in ("none", "None", "NONE"):
        assert not opens(raw({"alg": algorithm, "typ": "JWT", "kid": kid}, genuine(login)))
        assert not opens(raw({"alg": algorithm, "kid": kid}, genuine(login), "x"))
    assert not opens(raw({"alg": "HS256", "kid": kid}, genuine(login)))


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_is_rejected(algorithm: str, login: Login) -> None:
    key = tokens._key(tokens.settings.SECRET_KEY)[1] * 2
    assert not opens(sign(genuine(login), algorithm=algorithm, key=key))


def test_another_key_is_rejected(login: Login) -> None:
    for key in (b"x" * 32, tokens.settings.SECRET_KEY.encode(), tokens._key("another secret")[1]):
        assert not opens(sign(genuine(login), key=key))


@pytest.mark.parametrize("kid", [MISSING, "", "00000000", "../../etc/passwd", "\x00"])
def test_an_unknown_key_id_is_rejected(kid: Any, login: Login) -> None:
    assert not opens(sign(genuine(login), kid=kid))


@pytest.mark.parametrize("kid", [7, None, ["x"], {"x": 1}, True])
def test_a_key_id_that_is_no_text_is_rejected(kid: Any, login: Login) -> None:
    assert not opens(raw({"alg": "HS256", "kid": kid}, genuine(login), "x"))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b.c",
        "....",
        "ey.ey.ey",
        "é.é.é",
        "W10.W10.W10",
        "bnVsbA.bnVsbA.bnVsbA",
        "x" * 8000,
    ],
)
def test_rubbish_is_rejected(token: str, db: None) -> None:
    assert not opens(token)


def test_a_changed_token_is_rejected(login: Login) -> None:
    header, claims, signature = sign(genuine(login)).split(".")
    other = sign(genuine(login, sub="999")).split(".")
    assert not opens(".".join([header, other[1], signature]))
    assert not opens(f"{header}.{claims}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}")
    assert not opens(f"{header}.{claims}")


def test_a_refresh_token_is_no_access_token(login: Login) -> None:
    token = tokens.refresh_token(login)
    assert not opens(token)
    with pytest.raises(NotAuthenticated) as refusal:
        tokens.read_token(token, TokenType.ACCESS)
    assert refusal.value.message == "This is not an access token."


def test_an_access_token_is_no_refresh_token(customer: User) -> None:
    pair = logins.start_login(customer)
    for call in (logins.refresh, logins.end_login):
        with pytest.raises(NotAuthenticated) as refusal:
            call(refresh=pair.access)
        assert refusal.value.message == "This is not a refresh token."
    assert opens(pair.access)


def test_a_token_of_another_users_login_is_rejected(login: Login, neighbour: User) -> None:
    theirs = Login.objects.create(user=neighbour, current="x", auth_hash="of another password")
    assert not opens(sign(genuine(login, sid=theirs.pk.hex)))


def test_an_access_token_is_valid_for_five_minutes(login: Login) -> None:
    now = timezone.now()
    claims = jwt.decode(
        tokens.access_token(login, now=now, jti="x"), options={"verify_signature": False}
    )
    assert claims["exp"] - claims["iat"] == 300
    old = now - dt.timedelta(seconds=301)
    assert not opens(tokens.access_token(login, now=old, jti="x"))
    young = now - dt.timedelta(seconds=290)
    assert opens(tokens.access_token(login, now=young, jti="x"))


def test_a_refresh_token_is_valid_for_a_day(login: Login) -> None:
    claims = jwt.decode(tokens.refresh_token(login), options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 24 * 60 * 60


def test_it_contains_only_the_id_of_the_user(login: Login) -> None:
    standard = {"iss", "aud", "sub", "iat", "exp", "jti", "typ", "sid"}
    access, refresh = (
        jwt.decode(token, options={"verify_signature": False})
        for token in (
            tokens.access_token(login, now=timezone.now(), jti="x"),
            tokens.refresh_token(login),
        )
    )
    assert (set(access), set(refresh)) == (standard | {"pair"}, standard)
    assert access["pair"] == refresh["jti"]  # it names the token that it was issued with


def test_a_cached_token_expires(login: Login) -> None:
    age = dt.timedelta(seconds=settings.JWT_ACCESS_SECONDS - 2)
    token = tokens.access_token(login, now=timezone.now() - age, jti=uuid.uuid4().hex)
    expires = tokens.read_token(token, TokenType.ACCESS)["exp"]
    time.sleep(max(0.0, expires - time.time()) + 0.05)  # until the token has expired
    with pytest.raises(NotAuthenticated):
        tokens.read_token(token, TokenType.ACCESS)


@pytest.mark.parametrize("name", ["SECRET_KEY", "JWT_ISSUER", "JWT_AUDIENCE"])
def test_a_cached_token_follows_the_settings(name: str, login: Login, settings: Settings) -> None:
    token = tokens.access_token(login, now=timezone.now(), jti=uuid.uuid4().hex)
    assert tokens.read_token(token, TokenType.ACCESS)["sid"] == login.pk.hex
    setattr(settings, name, "another-value-that-is-long-enough-for-a-key")
    with pytest.raises(NotAuthenticated):
        tokens.read_token(token, TokenType.ACCESS)
