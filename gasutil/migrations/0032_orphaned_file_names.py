"""Drop the index that Django makes for `startswith` in the names of orphaned files, which no query uses."""

from django.db import migrations

from gasutil.concurrent_indexes import DropIndexesOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0031_fill_search_entries'),
    ]

    operations = [
        DropIndexesOnline(['gasutil_orphanedfile_name_84419fb4_like']),
    ]
