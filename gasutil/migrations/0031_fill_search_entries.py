"""Index the requests that there are, in batches.

Requests that the previous release changes later are indexed by the worker, by `prepare` and by `tidy`.
The index `request_search` stays for the previous release.
"""

from django.db import migrations

from gasutil.search import index


BATCH_SIZE = index.BATCH_SIZE


def fill(apps, schema_editor):
    index.fill_index(apps)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("gasutil", "0030_search_entries")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
