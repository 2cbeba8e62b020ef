"""Machine accounts: other systems that use the API with a key of their own."""

import datetime as dt

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gasutil.models.append_only import History
from gasutil.models.fields import SeveralField


class MachineScope(models.TextChoices):
    """What a machine account may do."""

    REQUESTS_READ = "requests:read", _("Read requests, updates, files and staff")
    REQUESTS_WORK = "requests:work", _("Work on requests, without reading them")
    INTAKE_CREATE = "intake:create", _("Create requests for other people")
    CUSTOMERS_READ = "customers:read", _("Read customers and search by their contact details")
    REPORTS_READ = "reports:read", _("Read reports")
    EVENTS_READ = "events:read", _("Follow the live stream")
    WEBHOOKS_MANAGE = "webhooks:manage", _("Manage webhooks")


class MachineAccount(models.Model):
    """One system with a key. It changes through the verbs of `workflow.machines` only.

    It is no user: it has no password, no role, and nothing is assigned to it. It is never deleted,
    because the history names it.
    """

    name = models.CharField(
        _("name"), max_length=100, unique=True, validators=[MinLengthValidator(2)]
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("owner"),
        related_name="machine_accounts",
        help_text=_("The person who answers for it."),
    )
    scopes = SeveralField(_("scopes"), several=MachineScope.choices)
    networks = models.JSONField(
        _("networks"),
        default=list,
        blank=True,
        help_text=_(
            "The addresses and networks that can use the key, one per line, such as 192.0.2.0/24."
            " Empty: any address."
        ),
    )
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history = History()

    class Meta:
        ordering = ["name"]
        default_permissions = ("add", "change", "view")
        verbose_name = _("machine account")
        verbose_name_plural = _("machine accounts")

    def __str__(self) -> str:
        return self.name

    def is_active(self, now: dt.datetime) -> bool:
        """Return whether its keys are valid."""
        return self.revoked_at is None and now < self.expires_at


class MachineKey(models.Model):
    """A key of a machine account, of which only a digest is stored.

    After a rotation the former key is valid until `expires_at`.
    """

    account = models.ForeignKey(MachineAccount, models.CASCADE, related_name="keys")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the key.")
    beginning = models.CharField(max_length=12, help_text="The first characters of the key.")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    last_used_ip = models.GenericIPAddressField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.beginning}…"
