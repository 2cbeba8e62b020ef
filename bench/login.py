"""Real logins, made by the project's own code inside the application (`manage.py shell`)."""

import json
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.test import Client

from gasutil.groups import MANAGERS
from gasutil.identity import logins, tokens
from gasutil.models import User

BACKEND = "gasutil.identity.backend.ThrottledBackend"


def log_in(ids: Iterable[int]) -> None:
    """Print an access token for each of these users, and the signing key."""
    _, key = tokens._key(settings.SECRET_KEY)
    users = User.objects.filter(pk__in=ids)
    access = {user.pk: logins.start_login(user).access for user in users}
    print(json.dumps({"key": key.hex(), "tokens": access}))


def log_in_to_console(pk: int) -> None:
    """Print the session cookie of a user, who becomes a manager."""
    user, client = User.objects.get(pk=pk), Client()
    user.groups.add(Group.objects.get(name=MANAGERS))
    client.force_login(user, backend=BACKEND)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    print(json.dumps({"cookie": f"{cookie.key}={cookie.value}"}))


def set_passwords(ids: Iterable[int], password: str) -> None:
    """Give users a password."""
    User.objects.filter(pk__in=ids).update(password=make_password(password))
