import datetime as dt

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from gasutil.identity import logins
from gasutil.models import Delivery, IdempotencyKey, Import, Login, User


def test_it_forgets_what_has_expired_and_nothing_else(customer: User) -> None:
    logins.start(customer)
    logins.start(customer)
    long_ago = timezone.now() - dt.timedelta(days=2)
    Login.objects.filter(pk=Login.objects.latest("created_at").pk).update(rotated_at=long_ago)
    IdempotencyKey.objects.create(user=customer, key="old", fingerprint="", created_at=long_ago)
    IdempotencyKey.objects.create(user=customer, key="new", fingerprint="")

    for filename, created_at, confirmed_at in (("old", long_ago, None), ("filed", long_ago, long_ago), ("new", timezone.now(), None)):
        Import.objects.create(author=customer, filename=filename, number=1, created_at=created_at, confirmed_at=confirmed_at)

    years_ago = timezone.now() - dt.timedelta(days=settings.DELIVERY_DAYS + 1)
    for state, created_at in (("sent", years_ago), ("waiting", years_ago), ("given_up", timezone.now())):
        Delivery.objects.create(channel="mail", user=customer, state=state, created_at=created_at)

    call_command("tidy", verbosity=0)

    assert Login.objects.count() == 1
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["given_up", "waiting"]
    assert sorted(Import.objects.values_list("filename", flat=True)) == ["filed", "new"]
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["new"]
