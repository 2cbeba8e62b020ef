"""Accounts."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now, Upper
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from guardian.mixins import GuardianUserMixin

from gasutil.models.append_only import History, MachineAuthoredRow
from gasutil.models.fields import PhoneField, SeveralField, TextField
from gasutil.models.identifiers import (
    email_key,
    looks_like_email,
    username_key,
    validate_own_username,
    validate_personal_name,
    validate_username,
)
from gasutil.models.vocabulary import MUTABLE


def settled_at(email: str) -> Q:
    """Return the condition that an account has this settled address, in any spelling of it."""
    key = email_key(email)
    return Q(previous_email_key=key) | Q(
        Q(email_key=key) | Q(email__iexact=email), previous_email=""
    )


class UserType(models.TextChoices):
    """The type that a user registered as. `access.Actor.role` has the rights that follow."""

    CUSTOMER = "customer", _("Customer")
    SUPPORT = "support", _("Support representative")


class AccountManager(UserManager["User"]):
    """Make accounts; an administrator's is an approved support account."""

    def create_user(
        self, username: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> "User":
        """Make an account.

        Raise `ValidationError` for a username that is another email address than the account's own.
        """
        validate_own_username(username, email or "")
        return super().create_user(username, email, password, **extra)

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> "User":
        """Make an account that may do everything, in the console and by the API.

        Raise `ValidationError` as `create_user` does.
        """
        validate_own_username(username, email or "")
        extra = {
            "user_type": UserType.SUPPORT,
            "is_approved": True,
            "email_confirmed": True,
        } | extra
        return super().create_superuser(username, email, password, **extra)


UNCLAIMED_PREFIX = "unclaimed-"  # of the usernames of people without an account
ERASED_FIELDS = (
    "username",
    "first_name",
    "last_name",
    "email",
    "phone_number",
    "address",
)  # what an erasure empties in the history
BOOKKEEPING = (  # columns that follow from others, or that no history shows
    "username_key",
    "email_key",
    "previous_email",
    "previous_email_key",
    "previous_confirmed",
    "mails_unconfirmed",
    "email_locked_until",
    "session_generation",
    "updated_at",
    "is_unclaimed",
    "is_off_duty",
    "enrol_by",
)


class User(GuardianUserMixin, AbstractUser):
    """A customer or a support representative."""

    username = models.CharField(
        _("username"),
        max_length=150,
        unique=True,
        help_text=_("150 characters or fewer: letters of one script, digits and @ . + - _ only."),
        validators=[validate_username],
        error_messages={"unique": _("A user with that username already exists.")},
    )
    first_name = models.CharField(
        _("first name"), max_length=150, blank=True, validators=[validate_personal_name]
    )
    last_name = models.CharField(
        _("last name"), max_length=150, blank=True, validators=[validate_personal_name]
    )
    username_key = models.CharField(max_length=600, null=True, unique=True, editable=False)  # noqa: DJ001  # null: no key
    email_key = models.CharField(max_length=600, null=True, unique=True, editable=False)  # noqa: DJ001  # null: no key
    email = models.EmailField("email address", validators=[ProhibitNullCharactersValidator()])
    previous_email = models.EmailField(blank=True, default="", db_default="", editable=False)
    previous_email_key = models.CharField(max_length=600, null=True, unique=True, editable=False)  # noqa: DJ001  # null: no key
    previous_confirmed = models.BooleanField(default=False, db_default=False, editable=False)
    mails_unconfirmed = models.BooleanField(default=True, db_default=True, editable=False)
    email_locked_until = models.DateTimeField(null=True, editable=False)
    session_generation = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    email_confirmed = models.BooleanField("email confirmed", default=False, editable=False)
    phone_number = PhoneField()
    address = TextField(max_length=settings.ADDRESS_LIMIT, blank=True, default="")
    user_type = models.CharField(max_length=16, choices=UserType, default=UserType.CUSTOMER)
    is_approved = models.BooleanField("approved", default=False, editable=False)
    language = models.CharField(
        max_length=16,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        help_text="The language of the emails.",
    )
    muted_notices = SeveralField(
        several=[(notice.value, notice.label) for notice in MUTABLE],
        help_text="The notifications that the user turned off.",
    )
    has_second_factor = models.BooleanField(
        "second factor",
        default=False,
        db_default=False,
        editable=False,
        help_text="Whether a login needs a code or a passkey as well.",
    )
    enrol_by = models.DateTimeField(
        null=True,
        editable=False,
        help_text="Until when the user must set up the second factor that their role needs.",
    )
    is_unclaimed = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="A person without an account, who reported something. They can't log in.",
    )
    is_off_duty = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="A representative who takes no requests at the moment.",
    )
    updated_at = models.DateTimeField(
        default=timezone.now,
        db_default=Now(),
        editable=False,
        help_text="The time of the last change of the account.",
    )
    registered_from = models.GenericIPAddressField(
        null=True,
        blank=True,
        editable=False,
        help_text="The IP address from which the account was registered.",
    )

    objects = AccountManager()  # type: ignore[misc]  # AbstractUser declares the manager of its own class
    history = History(
        bases=[MachineAuthoredRow],
        m2m_fields=["groups", "user_permissions"],
        excluded_fields=["password", "last_login", "registered_from", *BOOKKEEPING],
        erasable=ERASED_FIELDS,
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Upper("email"),
                name="user_email_unique",
                condition=~Q(email=""),
                violation_error_message="This email address is already taken.",
            )
        ]
        permissions = [
            ("approve_support", "Can approve support representatives"),
            ("export_user", "Can export users"),
        ]
        indexes = [
            models.Index(
                Upper("email"), name="user_email"
            ),  # what finds an address; the constraint's own leaves some out
            models.Index(fields=["updated_at", "id"], name="user_updated"),
            models.Index(
                fields=["date_joined"],
                condition=Q(user_type=UserType.SUPPORT, is_approved=False),
                name="user_waiting",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the account; the time of a login alone is no change to keep a history of."""
        if kwargs.get("update_fields") == ["last_login"]:
            self.skip_history_when_saving = True
        else:
            self.updated_at = timezone.now()
            kwargs = self._with_keys(kwargs)
        super().save(*args, **kwargs)
        self.__dict__.pop("skip_history_when_saving", None)

    @property
    def settled_email(self) -> str:
        """Return the address for mails, logins and password resets.

        While a change is pending, this is the previous address.
        """
        return self.previous_email or self.email

    @property
    def settled_is_confirmed(self) -> bool:
        """Return whether the settled address has been confirmed."""
        return self.previous_confirmed if self.previous_email else self.email_confirmed

    def is_known_address(self, email: str) -> bool:
        """Return whether an address is the account's settled one, and is confirmed.

        It may also count as confirmed for mails.
        """
        return email == self.settled_email and (self.settled_is_confirmed or self.mails_unconfirmed)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:  # Django's own hook
        """Return the hash that logins and sessions are valid for.

        The next generation ends them all.
        """
        value: str = super()._get_session_auth_hash(secret)  # type: ignore[misc]
        if not self.session_generation:
            return value
        return salted_hmac(
            "gasutil.session",
            f"{value}:{self.session_generation}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    @property
    def session_hashes(self) -> tuple[str, ...]:
        """Return the hashes of the logins and sessions that are valid.

        They are the current one, and those by former secret keys.
        """
        return (self.get_session_auth_hash(), *self.get_session_auth_fallback_hash())

    def clean_fields(self, exclude: Any = None) -> None:
        """Validate the fields.

        A username that has not changed stays valid, whatever the rules for new ones are.
        """
        if (
            not self._state.adding
            and User.objects.filter(pk=self.pk, username=self.username).exists()
        ):
            exclude = {*(exclude or ()), "username"}
        super().clean_fields(exclude)

    def clean(self) -> None:
        """Reject a new username that is another email address than the account's own."""
        super().clean()
        if (
            self._state.adding
            or not User.objects.filter(pk=self.pk, username=self.username).exists()
        ):
            try:
                validate_own_username(self.username, self.email)
            except ValidationError as error:
                raise ValidationError({"username": error}) from error

    @property
    def has_own_username(self) -> bool:
        """Return whether the username names no one else.

        If it looks like an email address, it has to be the settled one.
        """
        return not looks_like_email(self.username) or email_key(self.username) == email_key(
            self.settled_email
        )

    def _with_keys(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Set the keys of what is saved, and return the arguments of `save` with their columns.

        Accounts that had one name or one address between them before there were keys have no key,
        and keep it so.
        """
        names = kwargs.get("update_fields")
        if names is None and self.get_deferred_fields():
            return kwargs
        keys = {
            column: key
            for field, column, of in (
                ("username", "username_key", username_key),
                ("email", "email_key", email_key),
                ("previous_email", "previous_email_key", email_key),
            )
            if (names is None or field in names)
            and (key := of(getattr(self, field)) or None) != getattr(self, column)
        }
        for column, key in keys.items():
            is_old_collision = not self._state.adding and getattr(self, column) is None
            taken = (
                is_old_collision
                and User.objects.filter(**{column: key}).exclude(pk=self.pk).exists()
            )
            setattr(self, column, None if taken else key)
        return (
            kwargs if names is None else {**kwargs, "update_fields": [*names, *keys, "updated_at"]}
        )

    def __str__(self) -> str:
        name = self.get_full_name()
        if name or not self.username.startswith(UNCLAIMED_PREFIX):  # a column that is always read
            return name or self.username
        return self.phone_number or str(_("Unknown caller"))


class EmailChange(models.Model):
    """A change of an account's address, which the old address can undo."""

    user = models.ForeignKey(User, models.CASCADE, related_name="email_changes")
    old_email = models.EmailField()
    new_email = models.EmailField()
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.old_email} → {self.new_email}"
