"""Canned replies: what agents write again and again, with gaps that are filled from the request."""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from gasutil.models.fields import TextField
from gasutil.models.teams import Team

GAP = re.compile(r"\{([^{}]*)\}")
VARIABLES: Mapping[str, Any] = {
    "customer": _("the customer's name"),
    "reference": _("the number of the request"),
    "type": _("what kind of request it is"),
    "address": _("where it is"),
    "due": _("the day and time that it is promised for"),
    "agent": _("the name of whoever writes"),
}


def check_gaps(text: str) -> None:
    """Refuse a text with a gap that nothing fills."""
    unknown = sorted({name for name in GAP.findall(text) if name not in VARIABLES})
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in unknown)
        raise ValidationError(_t("There is no variable %(names)s."), "unknown_variable", {"names": names})
    if "{" in GAP.sub("", text) or "}" in GAP.sub("", text):
        raise ValidationError(_t("A curly bracket is left open."), "open_bracket")


class CannedReply(models.Model):
    """One such text; of a team, or of everybody."""

    title = models.CharField(_("title"), max_length=80, validators=[ProhibitNullCharactersValidator()])
    text = TextField(_("text"), max_length=settings.TEXT_LIMIT, validators=[check_gaps])
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="canned_replies",
        verbose_name=_("team"),
        help_text=_("Whose members are offered it."),
    )
    is_internal = models.BooleanField(_("an internal note"), default=False, help_text=_("It is put into a note that only staff can read."))
    position = models.PositiveSmallIntegerField(_("position"), default=0, help_text=_("Lower ones stand first."))
    is_active = models.BooleanField(_("active"), default=True, help_text=_("An inactive one is offered to nobody."))

    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "title", "pk"]
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")

    def __str__(self) -> str:
        return self.title
