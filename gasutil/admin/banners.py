"""What everybody in the console has to know at once, above every page."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gasutil.workflow import catalogue, escalation


@dataclass(frozen=True, kw_only=True)
class Banner:
    """One thing that is wrong with the desk itself."""

    icon: str
    said: str
    link: str = ""
    link_said: str = ""
    is_grave: bool = False


DEAF = gettext_noop(
    "Escalation has not run for two minutes: deadlines may pass without anybody being told. Watch the queue, and have the escalation worker started."
)


def banners(request: HttpRequest) -> list[Banner]:
    """Return what is wrong with the desk, as far as it concerns whoever asks."""
    found = [] if escalation.is_alive() else [Banner(icon="alarm_off", said=_(DEAF), is_grave=True)]
    if request.user.has_perm("gasutil.change_requesttype") and catalogue.to_approve().exists():
        link = reverse("admin:gasutil_requesttype_changelist")
        found.append(
            Banner(
                icon="gpp_maybe",
                said=_("Reporters are shown safety texts that nobody has approved."),
                link=link,
                link_said=_("Look at them"),
            )
        )
    return found
