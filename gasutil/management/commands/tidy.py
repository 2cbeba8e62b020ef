"""Delete expired data, and encrypt secrets with the current key. Run it once a day.

Expired are logins, tickets, sessions, security events, finished tasks, stored responses, drafts of
bulk changes and imports, and deliveries. IP addresses are erased from history rows after a year.
"""

from typing import Any

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db.models import QuerySet
from django.utils import timezone

from gasutil import request_owners
from gasutil.identity import logins
from gasutil.models import (
    BulkRun,
    ConsoleSession,
    Delivery,
    EventTicket,
    IdempotencyKey,
    Import,
    ReportKey,
    SecurityEvent,
)
from gasutil.models.heartbeats import TIDY, Heartbeat
from gasutil.proof import erasure
from gasutil.search import index as search_index
from gasutil.workflow import webhooks

BATCH_SIZE = 1000


class Command(BaseCommand):
    """Delete what has expired; run it once a day."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, and print how much."""
        now = timezone.now()
        ended = delete_in_batches(logins.expired(now))
        delete_in_batches(EventTicket.objects.expired(now))
        delete_in_batches(SecurityEvent.objects.expired(now))
        delete_in_batches(Session.objects.filter(expire_date__lt=now))
        delete_in_batches(ConsoleSession.objects.orphans())
        responses, _ = IdempotencyKey.objects.expired(now).delete()
        responses += delete_in_batches(ReportKey.objects.expired(now))
        BulkRun.objects.unconfirmed(now).delete()
        Import.objects.unconfirmed(now).delete()
        webhooks.seal_anew()
        search_index.fill_index()
        request_owners.fill_owners()
        erasure.erase_addresses(now)
        deliveries, _ = Delivery.objects.expired(now).delete()
        call_command("prune_db_task_results", queue_name="*", verbosity=0)
        Heartbeat.objects.beat(TIDY)
        if options["verbosity"]:
            self.stdout.write(
                f"Deleted: {ended} logins, {responses} stored responses, {deliveries} deliveries."
            )


def delete_in_batches(rows: QuerySet[Any]) -> int:
    """Delete rows in short transactions, so that no one waits long for a lock.

    Return how many there were.
    """
    count = 0
    while keys := list(rows.order_by().values_list("pk", flat=True)[:BATCH_SIZE]):
        rows.model._base_manager.filter(pk__in=keys).delete()
        count += len(keys)
    return count
