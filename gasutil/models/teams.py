"""Teams of support representatives: who handles which types."""

from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gasutil.models.accounts import UserType
from gasutil.models.append_only import History
from gasutil.models.catalogue import RequestType


class Team(models.Model):
    """A team of representatives and its request types.

    Types without a team, and emergencies, belong to everyone.
    """

    name = models.CharField(
        _("name"), max_length=80, unique=True, validators=[ProhibitNullCharactersValidator()]
    )
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
        help_text=_(
            "“Take next” assigns requests of these types only to members. Anyone can get"
            " emergencies and types without a team."
        ),
    )

    history = History(m2m_fields=[members, request_types])

    class Meta:
        ordering = ["name"]
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name
