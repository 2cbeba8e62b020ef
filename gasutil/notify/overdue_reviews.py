"""The daily mail to managers about overdue reviews. It is no alarm."""

from typing import Any

from django.utils import timezone

from gasutil.models import Delivery, Review, User, WhyNot
from gasutil.notify import links
from gasutil.notify.notices import BACKEND
from gasutil.notify.outcomes import Skip

MAX_LISTED_REVIEWS = 20  # reviews in a mail


def summary_recipients() -> list[User]:
    """Return the active users with the permission to review, or else the administrators."""
    holders = User.objects.with_perm(
        "gasutil.review_servicerequest", include_superusers=False, backend=BACKEND
    ).exclude(email="")
    return list(holders.order_by("pk")) or list(
        User.objects.filter(is_superuser=True, is_active=True).exclude(email="").order_by("pk")
    )


def overdue_context(user: User, delivery: Delivery) -> dict[str, Any]:
    """Return the overdue reviews that the mail lists, the oldest first."""
    rows = Review.objects.overdue(timezone.now()).select_related("service_request__request_type")
    number = rows.count()
    if not number:
        raise Skip(WhyNot.NOT_NEEDED)
    return {
        "reviews": list(rows[:MAX_LISTED_REVIEWS]),
        "number": number,
        "link": f"{links.absolute_url('admin:gasutil_review_changelist')}?state=overdue",
    }
