"""The second factor of a login: an authenticator app, and codes for the day it is lost."""

from django.db import models
from django.utils import timezone

from gasutil.models.accounts import User


class AuthenticatorApp(models.Model):
    """The app that makes a user's codes (TOTP, RFC 6238). It counts once it is confirmed by a code.

    `last_step` is the step of 30 seconds of the last code that was accepted: no code is accepted
    twice.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="authenticator_app")
    sealed_secret = models.TextField(editable=False)
    last_step = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"Authenticator app of {self.user}"


class RecoveryCode(models.Model):
    """A code that replaces one of the app, once. Only its digest is stored."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes", db_index=False)
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="one_recovery_code")]

    def __str__(self) -> str:
        return f"Recovery code of {self.user}"
