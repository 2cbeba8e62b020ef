"""Background work: its tasks, and the workers that send heartbeats.

The task of a worker that stops is requeued.
"""

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult


class BackgroundTask(DBTaskResult):  # type: ignore[type-arg]
    """One task of django-tasks' queue, as the console speaks of it."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        permissions = [("run_backgroundtask", "Can run failed background work again")]
        verbose_name = _("background work")
        verbose_name_plural = _("background work")

    def __str__(self) -> str:
        return self.task_path.rpartition(".")[2].replace("_", " ").capitalize()


class Workers(models.QuerySet["Worker"]):
    """Workers, dead or alive."""

    def beat(self, pk: str, *, queues: str, place: str) -> None:
        """Record the heartbeat of a worker."""
        self.update_or_create(
            pk=pk, defaults={"queues": queues, "place": place, "beat_at": timezone.now()}
        )

    def alive(self, now: dt.datetime) -> "Workers":
        """Filter to those with a recent heartbeat."""
        return self.filter(beat_at__gte=now - dt.timedelta(seconds=settings.WORKER_SILENCE))


class Worker(models.Model):
    """One worker, by the name that the queue knows it by, from its start to its end.

    One that is killed stays for a while.
    """

    id = models.CharField(max_length=64, primary_key=True)
    queues = models.CharField(max_length=100)
    place = models.CharField(max_length=100, help_text="The host and the process ID.")
    started_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField()

    objects = Workers.as_manager()

    def __str__(self) -> str:
        return self.place
