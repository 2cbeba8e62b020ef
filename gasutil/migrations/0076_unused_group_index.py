"""Drop the index for patterns that Django makes for the names in the history of groups: nothing searches them by pattern."""

from django.db import migrations

from gasutil.concurrent_indexes import DropIndexesOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0075_off_duty'),
    ]

    operations = [
        DropIndexesOnline(['gasutil_historicalgroup_name_88b0349b_like']),
    ]
