"""The users that a request can be assigned to."""

from django.db.models import (
    QuerySet,
)

from gasutil.models import (
    User,
    UserType,
)
from gasutil.statements import Given, Statement, compiled


def representatives() -> QuerySet[User]:
    """Return the users that a request can be assigned to: approved and active representatives."""
    return User.objects.filter(user_type=UserType.SUPPORT, is_approved=True, is_active=True)


def is_representative(user: User) -> bool:
    """Return whether a user is one of `representatives`, without a query."""
    return user.user_type == UserType.SUPPORT and user.is_approved and user.is_active


def is_assignable(user_id: int) -> bool:
    """Return whether a user is one of `representatives` now."""
    return bool(_representative().read(key=user_id))


@compiled
def _representative() -> Statement:
    """Return the statement that finds a representative."""
    rows = representatives().filter(pk=Given("key", User._meta.pk)).order_by()
    return Statement(rows.values_list("pk"))
