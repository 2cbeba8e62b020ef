"""The logins of the API."""

import datetime as dt
import secrets
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from gasutil.models.accounts import User

USER_AGENT_LENGTH = 200
BATCH_SIZE = 1000


def new_number() -> int:
    """Return a random number that fits into the numbers of JavaScript."""
    return secrets.randbelow(2**53 - 1) + 1


class Logins(models.QuerySet["Login"]):
    """The logins of the API."""

    def active(self, user: User, now: dt.datetime) -> "Logins":
        """Return the logins with which a user can still use the API."""
        return self.filter(
            user=user,
            revoked_at=None,
            auth_hash__in=user.session_hashes,
            rotated_at__gt=now - dt.timedelta(seconds=settings.JWT_REFRESH_SECONDS),
            created_at__gt=now - dt.timedelta(days=settings.JWT_LOGIN_DAYS),
        )


class Login(models.Model):
    """One login of one person: the row that every one of its tokens is checked against.

    A refresh token is rotated in place: `current` is the ID of the one that may be used, `previous`
    that of the one before it. That one returns `current` again until `is_current_used`: until this
    token, or the access token that was issued with it, has been used.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.BigIntegerField(
        null=True,
        unique=True,
        default=new_number,
        editable=False,
        help_text=(
            "The ID in the API. Null until the first refresh if an older release created the login."
        ),
    )
    user = models.ForeignKey(User, models.CASCADE, related_name="logins")
    current = models.CharField(max_length=32)
    previous = models.CharField(max_length=32, blank=True, default="")
    is_current_used = models.BooleanField(
        default=True,
        db_default=True,
        editable=False,
        help_text="False from a refresh until the first use of a token of the new pair.",
    )
    rotated_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)
    auth_hash = models.CharField(max_length=128)
    ip = models.GenericIPAddressField(null=True, editable=False)
    user_agent = models.CharField(
        max_length=USER_AGENT_LENGTH, blank=True, default="", db_default="", editable=False
    )

    objects = Logins.as_manager()

    def __str__(self) -> str:
        return f"{self.user_id} since {self.created_at:%Y-%m-%d %H:%M}"


def fill_numbers(model: type[Login]) -> None:
    """Give each login without a number one, in batches."""
    while rows := list(model._base_manager.filter(number=None).only("pk")[:BATCH_SIZE]):
        for row in rows:
            row.number = new_number()
        model._base_manager.bulk_update(rows, ["number"])
