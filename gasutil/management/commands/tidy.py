"""Forget what nobody can use any more: ended logins, kept answers, runs and tables never begun, old deliveries; seal secrets anew."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from gasutil.identity import logins
from gasutil.models import BulkRun, Delivery, IdempotencyKey, Import
from gasutil.workflow import webhooks


class Command(BaseCommand):
    """Delete what has expired; run it once a day."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete, and say how much there was."""
        now = timezone.now()
        ended, _ = logins.expired(now).delete()
        kept, _ = IdempotencyKey.objects.expired(now).delete()
        BulkRun.objects.unconfirmed(now).delete()
        Import.objects.unconfirmed(now).delete()
        webhooks.seal_anew()
        told, _ = Delivery.objects.expired(now).delete()
        call_command("prune_db_task_results", verbosity=0)
        if options["verbosity"]:
            self.stdout.write(f"{ended} logins and {kept} kept answers and {told} deliveries forgotten.")
