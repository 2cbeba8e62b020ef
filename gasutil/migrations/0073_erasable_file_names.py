"""The triggers let an erasure empty the names and digests of files in the history of requests."""

from django.db import migrations

from gasutil.history_triggers import MakeAppendOnly


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0072_erasures'),
    ]

    operations = [
        MakeAppendOnly('requestupdate', erasable=('notes', 'subject', 'sha256', 'ip'), was_guarded=True),
    ]
