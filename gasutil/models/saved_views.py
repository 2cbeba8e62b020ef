"""Saved views of the queue and of the change history."""

from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _


class SavedViewPage(models.TextChoices):
    """The lists that have saved views."""

    REQUESTS = "requests", _("Requests")
    HISTORY = "history", _("Change history")


# What the address of a list may say; a view stores nothing else. `admin/` has a test that the
# filters of the lists are all in here.
QUEUE_PARAMETERS = frozenset(
    {
        "view",
        "q",
        "o",
        "status__exact",
        "request_type__code__exact",
        "priority__exact",
        "assignee",
        "team",
        "late",
        "due",
        "danger",
        "in_incident",
        "pressing",
        "replied",
        "reopened",
        "created_at_from",
        "created_at_to",
        "customer__id__exact",
    }
)
HISTORY_PARAMETERS = frozenset(
    {
        "q",
        "history_user__id__exact",
        "changed",
        "event__exact",
        "channel__exact",
        "is_internal__exact",
        "period",
        "history_date_from",
        "history_date_to",
    }
)
PARAMETERS: Mapping[str, frozenset[str]] = {
    SavedViewPage.REQUESTS: QUEUE_PARAMETERS,
    SavedViewPage.HISTORY: HISTORY_PARAMETERS,
}
MAX_VIEWS = 50  # of a person


def validate_query(query: str, page: str = SavedViewPage.REQUESTS) -> None:
    """Raise `ValidationError` for an address that says something that the list does not know."""
    unknown = sorted(set(QueryDict(query)) - PARAMETERS.get(page, frozenset()))
    if unknown:
        raise ValidationError(
            _("The queue has no filter “%(names)s”.")
            if page == SavedViewPage.REQUESTS
            else _("The change history has no filter “%(names)s”."),
            "unknown_parameter",
            {"names": ", ".join(unknown)},
        )


class SavedViews(models.QuerySet["SavedView"]):
    """Saved views."""

    def shown_to(self, user_id: int | None) -> "SavedViews":
        """Filter to the actor's own views and the shared ones."""
        return self.filter(Q(owner=user_id) | Q(is_shared=True))


class SavedView(models.Model):
    """Store one way to look at a list.

    It consists of the view of the queue, the filters, the text that is searched for, and the order.
    A period such as “Last 7 days” is stored as such, so that the view stays useful.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", db_index=False
    )
    page = models.CharField(
        max_length=16,
        choices=SavedViewPage,
        default=SavedViewPage.REQUESTS,
        db_default=SavedViewPage.REQUESTS,
        help_text="The list that it is a view of.",
    )
    name = models.CharField(max_length=40, validators=[ProhibitNullCharactersValidator()])
    is_shared = models.BooleanField(
        "shared", default=False, help_text="All representatives can see the view."
    )
    query = models.CharField(max_length=1000, blank=True)
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower positions come first.")

    objects = SavedViews.as_manager()

    class Meta:
        ordering = ["position", "name", "pk"]
        permissions = [("share_savedview", "Can share saved views with every representative")]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="saved_view_name",
                violation_error_message=_("You already have a view with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raise `ValidationError` for a query that the list does not know."""
        try:
            validate_query(self.query, self.page)
        except ValidationError as error:
            raise ValidationError({"query": error}) from error
