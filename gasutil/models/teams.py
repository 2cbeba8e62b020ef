"""Teams of support representatives: who handles which types."""

from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from gasutil.models.accounts import UserType
from gasutil.models.catalogue import RequestType


class Team(models.Model):
    """Some representatives and the types that are theirs. A type of no team is everybody's, and so is an emergency."""

    name = models.CharField(_("name"), max_length=80, unique=True, validators=[ProhibitNullCharactersValidator()])
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="teams",
        blank=True,
        verbose_name=_("members"),
        limit_choices_to={"user_type": UserType.SUPPORT, "is_approved": True, "is_active": True},
    )
    request_types = models.ManyToManyField(
        RequestType,
        related_name="teams",
        blank=True,
        verbose_name=_("request types"),
        help_text=_("“Take next” gives these to members alone. Emergencies, and types of no team, are everybody's."),
    )

    history = HistoricalRecords(m2m_fields=[members, request_types])

    class Meta:
        ordering = ["name"]
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name
