"""Who uses the service desk, and the logins they hold."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.mixins import GuardianUserMixin
from simple_history.models import HistoricalRecords

from gasutil.models.fields import PhoneField, SeveralField, TextField
from gasutil.models.vocabulary import MUTABLE


class UserType(models.TextChoices):
    """What somebody registered as. What they may do is `access.Actor.role`."""

    CUSTOMER = "customer", _("Customer")
    SUPPORT = "support", _("Support representative")


class AccountManager(UserManager["User"]):
    """Make accounts; an administrator's is an approved support account."""

    def create_superuser(self, username: str, email: str | None = None, password: str | None = None, **extra: Any) -> "User":
        """Make an account that may do everything, in the console and by the API."""
        extra = {"user_type": UserType.SUPPORT, "is_approved": True, "email_confirmed": True} | extra
        return super().create_superuser(username, email, password, **extra)


class User(GuardianUserMixin, AbstractUser):
    """A customer or a support representative."""

    email = models.EmailField("e-mail address", validators=[ProhibitNullCharactersValidator()])
    email_confirmed = models.BooleanField("e-mail confirmed", default=False, editable=False)
    phone_number = PhoneField()
    address = TextField(max_length=settings.ADDRESS_LIMIT, blank=True, default="")
    user_type = models.CharField(max_length=16, choices=UserType, default=UserType.CUSTOMER)
    is_approved = models.BooleanField("approved", default=False, editable=False)
    language = models.CharField(max_length=16, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE, help_text="Of the mails.")
    muted_notices = SeveralField(several=[(one.value, one.label) for one in MUTABLE], help_text="What is not mailed.")
    registered_from = models.GenericIPAddressField(null=True, blank=True, editable=False, help_text="The address of whoever registered it.")

    objects = AccountManager()  # type: ignore[misc]  # AbstractUser declares the manager of its own class
    history = HistoricalRecords(excluded_fields=["password", "last_login", "registered_from"])

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Upper("email"), name="user_email_unique", condition=~Q(email=""), violation_error_message="This e-mail address is taken."
            )
        ]
        permissions = [("approve_support", "Can approve support representatives"), ("export_user", "Can export users")]
        indexes = [
            models.Index(Upper("email"), name="user_email"),  # what finds an address; the constraint's own leaves some out
            models.Index(fields=["date_joined"], condition=Q(user_type=UserType.SUPPORT, is_approved=False), name="user_waiting"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the account; the time of a login alone is no change to keep a history of."""
        if kwargs.get("update_fields") == ["last_login"]:
            self.skip_history_when_saving = True
        super().save(*args, **kwargs)
        self.__dict__.pop("skip_history_when_saving", None)

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class Login(models.Model):
    """One login of one person: the row that every one of its tokens is checked against.

    A refresh token is rotated in place: `current` is the id of the one that may be used, `previous` that of the one
    before it, which for a short grace still brings the very same successor.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="logins")
    current = models.CharField(max_length=32)
    previous = models.CharField(max_length=32, blank=True, default="")
    rotated_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)
    auth_hash = models.CharField(max_length=128)

    def __str__(self) -> str:
        return f"{self.user_id} since {self.created_at:%Y-%m-%d %H:%M}"
