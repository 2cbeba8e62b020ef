"""Accounts and teams for tests."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from gasutil.groups import SUPPORT
from gasutil.models import (
    RequestType,
    Team,
    User,
    UserType,
)

PASSWORD = "Blue-Flame-2026"


def make_user(username: str, **fields: Any) -> User:
    """Make an account with a profile that is complete."""
    fields = {
        "email": f"{username}@example.com",
        "first_name": username.title(),
        "last_name": "Example",
        "phone_number": "+917890123456",
        "address": f"1 {username} Street",
    } | fields
    return User.objects.create(username=username, password=password_hash(), **fields)


@cache
def password_hash() -> str:
    """Return the hash of everyone's password, made once.

    It is checked as any other, but making it would take half of a test's time.
    """
    return make_password(PASSWORD)


def make_support(username: str, **fields: Any) -> User:
    """Make an approved support representative."""
    user = make_user(
        username,
        **{
            "user_type": UserType.SUPPORT,
            "is_approved": True,
            "is_staff": True,
            "email_confirmed": True,
        }
        | fields,
    )
    user.groups.add(Group.objects.get(name=SUPPORT))
    return user


def make_role(username: str, groups: Iterable[str], **fields: Any) -> User:
    """Make an approved account of the staff with the groups of a role."""
    user = make_support(username, **fields)
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def make_team(name: str, members: Iterable[User], codes: Iterable[str]) -> Team:
    """Make a team of some representatives that handles some types."""
    team = Team.objects.create(name=name)
    team.members.set(members)
    team.request_types.set(RequestType.objects.filter(code__in=codes))
    return team
