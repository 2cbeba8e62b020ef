from django.contrib.auth.models import Group

from gasutil.groups import PERMISSIONS
from gasutil.models import User


def test_they_hold_what_they_are_to_hold_on_a_fresh_installation(db: None) -> None:
    held = {group.name: set(group.permissions.values_list("codename", flat=True)) for group in Group.objects.all()}
    assert held == {name: set(codenames) for name, codenames in PERMISSIONS.items()}


def test_managers_alone_may_approve(support: User, manager: User) -> None:
    assert [user.has_perm("gasutil.approve_support") for user in (support, manager)] == [False, True]
