"""Saved views of the queue."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

# What the queue's address may say; a view keeps nothing else. `admin/` has a test that its filters
# are all in here.
PARAMETERS = frozenset(
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
MAX_VIEWS = 50  # of a person


def validate_query(query: str) -> None:
    """Raise `ValidationError` for an address that says something that the queue does not know."""
    unknown = sorted(set(QueryDict(query)) - PARAMETERS)
    if unknown:
        raise ValidationError(
            _("The queue has no filter “%(names)s”."),
            "unknown_parameter",
            {"names": ", ".join(unknown)},
        )


class SavedViews(models.QuerySet["SavedView"]):
    """Saved views."""

    def shown_to(self, user_id: int | None) -> "SavedViews":
        """Filter to the actor's own views and the shared ones."""
        return self.filter(Q(owner=user_id) | Q(is_shared=True))


class SavedView(models.Model):
    """Store one way to look at the queue.

    It consists of the view of the queue, the filters, the text that is searched for, and the order.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", db_index=False
    )
    name = models.CharField(max_length=40, validators=[ProhibitNullCharactersValidator()])
    is_shared = models.BooleanField(
        "shared", default=False, help_text="All representatives can see the view."
    )
    query = models.CharField(max_length=1000, blank=True, validators=[validate_query])
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
