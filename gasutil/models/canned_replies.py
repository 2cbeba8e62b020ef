"""Canned replies: texts with variables that are filled in from the request."""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gasutil.models.append_only import History
from gasutil.models.fields import TextField
from gasutil.models.teams import Team

GAP = re.compile(r"\{([^{}]*)\}")
VARIABLES: Mapping[str, Any] = {
    "customer": _("the customer's name"),
    "reference": _("the reference of the request"),
    "type": _("the request type"),
    "address": _("the address of the request"),
    "due": _("the deadline of the request"),
    "agent": _("the name of the representative who sends the reply"),
}


def check_gaps(text: str) -> None:
    """Reject a text with an unknown variable."""
    unknown = sorted({name for name in GAP.findall(text) if name not in VARIABLES})
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in unknown)
        raise ValidationError(
            _t("Unknown variable %(names)s."), "unknown_variable", {"names": names}
        )
    if "{" in GAP.sub("", text) or "}" in GAP.sub("", text):
        raise ValidationError(_t("A curly bracket is not closed."), "open_bracket")


class CannedReply(models.Model):
    """A canned reply, of a team or for everyone."""

    title = models.CharField(
        _("title"), max_length=80, validators=[ProhibitNullCharactersValidator()]
    )
    text = TextField(_("text"), max_length=settings.TEXT_LIMIT, validators=[check_gaps])
    team = models.ForeignKey(
        Team,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="canned_replies",
        verbose_name=_("team"),
        help_text=_("Only members of this team can use the reply. Leave empty for everyone."),
    )
    is_internal = models.BooleanField(
        _("internal note"),
        default=False,
        help_text=_("Inserts the reply into an internal note, which only staff can read."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Replies with a lower position come first.")
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Inactive replies are not shown to representatives.")
    )

    history = History()

    class Meta:
        ordering = ["position", "title", "pk"]
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")

    def __str__(self) -> str:
        return self.title
