"""Machine accounts for tests."""

import datetime as dt
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from gasutil.access import Actor
from gasutil.groups import MANAGERS
from gasutil.models import MachineAccount, User
from gasutil.workflow import machines
from tests.support.api import Api
from tests.support.people import make_support


class MachineApi(Api):
    """A client of the API with the key of a machine account."""

    def __init__(self, account: MachineAccount, key: str) -> None:
        super().__init__()
        self.account, self.key = account, key
        self.headers = {"Authorization": f"Bearer {key}"}


def make_machine(
    *scopes: str, name: str = "Dispatch", owner: User | None = None, **fields: Any
) -> MachineApi:
    """Create a machine account with some scopes, and an owner unless one is given."""
    owner = owner or User.objects.filter(username="owner").first() or make_owner()
    given = {
        "name": name,
        "owner": owner,
        "scopes": list(scopes),
        "networks": [],
        "expires_at": timezone.now() + dt.timedelta(days=90),
    } | fields
    return MachineApi(*machines.create_machine(actor=Actor(owner), **given))


def make_owner(username: str = "owner") -> User:
    """Make a manager, who can manage machine accounts."""
    owner = make_support(username)
    owner.groups.add(Group.objects.get(name=MANAGERS))
    return owner


def withdraw(user: User, codename: str) -> None:
    """Withdraw a permission from all groups of a user."""
    permission = Permission.objects.get(codename=codename, content_type__app_label="gasutil")
    for group in user.groups.all():
        group.permissions.remove(permission)
