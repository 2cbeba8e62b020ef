"""Triggers that keep the reviews of access append-only."""

from django.db import migrations

from gasutil.history_triggers import MakeAppendOnly


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0079_access_reviews'),
    ]

    operations = [
        MakeAppendOnly('AccessReview'),
    ]
