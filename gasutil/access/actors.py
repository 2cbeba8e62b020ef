"""Who acts: roles, actors, and the sets of roles that calls and verbs are open to."""

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gasutil.errors import (
    NotAllowed,
)
from gasutil.models import (
    Channel,
    MachineAccount,
    User,
    UserType,
)
from gasutil.statements import Given


class Role(StrEnum):
    """Roles; the values are used in error messages.

    `OWNER` is the role of a customer on their own request. A `REPORTER` has no account: a tracking
    token gives access to one request.
    """

    STRANGER = gettext_noop("a stranger")
    CUSTOMER = gettext_noop("a customer")
    OWNER = gettext_noop("the owner")
    REPORTER = "a reporter"
    PENDING_SUPPORT = gettext_noop("an unapproved support account")
    SUPPORT = gettext_noop("support")
    MACHINE = "a machine account"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and through which channel."""

    user: User | None
    channel: Channel = Channel.API
    login_id: uuid.UUID | None = None  # of a call to the API
    machine: MachineAccount | None = None  # instead of a user
    request_id: Any = None  # the only request that a reporter has access to

    @property
    def role(self) -> Role:
        """Return the role of the actor; an inactive user is a stranger."""
        user = self.user
        if self.machine is not None:
            return Role.MACHINE
        if user is None:
            return Role.SYSTEM if self.channel == Channel.SYSTEM else Role.STRANGER
        if not user.is_active:
            return Role.STRANGER
        if user.is_superuser:
            return Role.SUPPORT
        if user.user_type == UserType.SUPPORT:
            return Role.SUPPORT if user.is_approved else Role.PENDING_SUPPORT
        return Role.CUSTOMER if self.request_id is None else Role.REPORTER

    @property
    def is_staff(self) -> bool:
        """Return whether the actor sees and works on every request."""
        return self.role in STAFF

    @property
    def id(self) -> Any:
        """Return the id of the user who acts; the system has none."""
        return None if self.user is None else self.user.pk

    @property
    def key(self) -> str:
        """Return the key under which the calls of a user or a machine account are counted."""
        return str(self.id) if self.machine is None else f"machine-{self.machine.pk}"

    def has_scope(self, scope: str) -> bool:
        """Return whether a machine account has a scope; a user needs none."""
        return self.machine is None or scope in self.machine.scopes

    @property
    def given(self) -> dict[str, Any]:
        """Return the values for the places of statements that are written for `anyone`."""
        return {"actor": self.id, "request": self.request_id}

    def is_limited_to(self, pk: int) -> bool:
        """Return whether a request is not outside of the only one of a reporter."""
        return self.request_id in (None, pk)

    @property
    def person(self) -> User:
        """Return the user who acts; raise an error for a caller without an account."""
        if self.user is None:
            raise NotAllowed(_("Log in to do this."))
        return self.user


@dataclass(frozen=True, slots=True)
class Anyone(Actor):
    """A stand-in for every actor of a role, in statements that are written once for all of them.

    Such a statement gets `Actor.given` each time it runs. So a rule that depends on more of an
    actor than the role and these values has to be a `PERSONAL_SCOPE`.
    """

    any_role: Role = Role.STRANGER

    @property
    def role(self) -> Role:
        """Return the role."""
        return self.any_role

    @property
    def id(self) -> Given:
        """Return the place of the id."""
        return Given("actor")


def anyone(role: Role) -> Anyone:
    """Return the stand-in for the actors of a role."""
    request_id = Given("request") if role is Role.REPORTER else None
    return Anyone(None, any_role=role, request_id=request_id)


STAFF = frozenset({Role.SUPPORT, Role.MACHINE, Role.SYSTEM})
REPRESENTATIVES = frozenset({Role.SUPPORT})
CUSTOMERS = frozenset({Role.CUSTOMER})
OWNER_OR_STAFF = STAFF | {Role.OWNER}
CUSTOMERS_AND_STAFF = STAFF | CUSTOMERS
# The calls that a tracking token works on, for its request.
TOKEN_ROLES = CUSTOMERS_AND_STAFF | {Role.REPORTER}
HOLDERS = frozenset({Role.CUSTOMER, Role.REPORTER})  # roles that see what grants show them
UNNAMED_ROLES = {Role.MACHINE, Role.REPORTER, Role.SYSTEM}  # roles that no message offers
ANY_ACCOUNT = frozenset({Role.CUSTOMER, Role.PENDING_SUPPORT, Role.SUPPORT})
STRANGER = Actor(None)
SYSTEM = Actor(None, Channel.SYSTEM)
