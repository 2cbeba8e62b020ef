"""The second factor of a login: an app or passkeys, and codes for the day they are lost."""

from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gasutil.models.accounts import User

MAX_PASSKEYS = 10  # of a user
CREDENTIAL_ID_LENGTH = 1364  # base64url of the 1023 bytes that WebAuthn allows


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


class Passkey(models.Model):
    """A passkey of a user (WebAuthn). The console takes it instead of a code.

    `sign_count` is the counter of the last login. Passkeys without a counter always send 0.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="passkeys")
    name = models.CharField(
        _("name"), max_length=64, validators=[ProhibitNullCharactersValidator()]
    )
    credential_id = models.CharField(max_length=CREDENTIAL_ID_LENGTH, editable=False)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0, editable=False)
    transports = models.JSONField(
        default=list, editable=False, help_text="How a browser reaches it, such as by USB."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["credential_id"], name="passkey_credential_unique")
        ]

    def __str__(self) -> str:
        return f"Passkey of {self.user}: {self.name}"


class RecoveryCode(models.Model):
    """A code that replaces one of the app or a passkey, once. Only its digest is stored."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes", db_index=False)
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="one_recovery_code")]

    def __str__(self) -> str:
        return f"Recovery code of {self.user}"
