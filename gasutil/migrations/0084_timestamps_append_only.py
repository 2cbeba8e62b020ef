"""Triggers that keep the time stamps append-only."""

from django.db import migrations

from gasutil.history_triggers import MakeAppendOnly


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0083_timestamps'),
    ]

    operations = [
        MakeAppendOnly('CheckpointTimestamp'),
    ]
