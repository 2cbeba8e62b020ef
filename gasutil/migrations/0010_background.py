"""Which background workers live; and indexes on the queue, so that a hundred thousand alarms of the future cost a look at it nothing."""

from django.db import migrations, models
from django.utils import timezone

INDEXES = {
    "tasks_due": "(run_after) WHERE status = 'READY'",
    "tasks_undone": "(status, finished_at) WHERE status IN ('FAILED', 'RUNNING')",
    "tasks_newest": "(enqueued_at)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("gasutil", "0006_deliveries"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ]

    operations = [
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("queues", models.CharField(max_length=100)),
                ("place", models.CharField(help_text="The machine and the process.", max_length=100)),
                ("started_at", models.DateTimeField(default=timezone.now)),
                ("beat_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="BackgroundTask",
            fields=[],
            options={
                "verbose_name": "background work",
                "verbose_name_plural": "background work",
                "permissions": [("run_backgroundtask", "Can run failed background work again")],
                "proxy": True,
                "default_permissions": ("view",),
                "indexes": [],
                "constraints": [],
            },
            bases=("django_tasks_database.dbtaskresult",),
        ),
        *(
            migrations.RunSQL(f"CREATE INDEX {name} ON django_tasks_database_dbtaskresult {what}", f"DROP INDEX {name}")
            for name, what in INDEXES.items()
        ),
    ]
