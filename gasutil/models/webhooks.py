"""Webhooks: other systems that receive events by HTTP."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gasutil.models.append_only import History, MachineAuthoredRow
from gasutil.models.fields import SeveralField
from gasutil.models.vocabulary import Event


class WebhookState(models.TextChoices):
    """The state of a webhook."""

    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    DEAD = "dead", _("Failed")


class Webhook(models.Model):
    """One URL that receives some events. It changes through the verbs of `workflow.webhooks` only.

    Its secrets are stored encrypted (`gasutil.sealing`), and in no history. After a
    rotation the former secret signs as well until `former_until`. `failures` counts the tries that
    have failed since the last success, `given_up` the deliveries; `failing_since` is when the first
    of these tries was. While `retry_at` is set, everything waits until one delivery gets through.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    url = models.CharField(
        "URL", max_length=500, help_text=_("The public https:// URL that receives the events.")
    )
    events = SeveralField(_("events"), several=Event.choices)
    with_internal = models.BooleanField(
        _("include internal events"),
        default=False,
        help_text=_("Internal notes, escalations and incidents. Customers never see these."),
    )
    with_request = models.BooleanField(
        _("include the request"),
        default=False,
        db_default=False,
        help_text=_("Each event also has the request as it is when the event is sent."),
    )
    state = models.CharField(
        _("state"), max_length=16, choices=WebhookState, default=WebhookState.ACTIVE, editable=False
    )
    state_since = models.DateTimeField(_("state since"), default=timezone.now, editable=False)
    state_reason = models.CharField(
        _("reason"), max_length=300, blank=True, default="", editable=False
    )
    sealed_secret = models.TextField(editable=False)
    former_sealed_secret = models.TextField(blank=True, default="", editable=False)
    former_until = models.DateTimeField(null=True, blank=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    given_up = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    retry_at = models.DateTimeField(null=True, blank=True, editable=False)
    succeeded_at = models.DateTimeField(_("last success"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history = History(
        bases=[MachineAuthoredRow],
        excluded_fields=[
            "sealed_secret",
            "former_sealed_secret",
            "former_until",
            "failures",
            "given_up",
            "failing_since",
            "retry_at",
            "succeeded_at",
            "state_since",
        ],
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        """Return whether it receives events now."""
        return self.state == WebhookState.ACTIVE

    def sealed_secrets(self, now: dt.datetime) -> list[str]:
        """Return its encrypted secrets: the present one, and the former one while it is valid."""
        is_valid = self.former_until is not None and now < self.former_until
        return [self.sealed_secret, *([self.former_sealed_secret] if is_valid else [])]
