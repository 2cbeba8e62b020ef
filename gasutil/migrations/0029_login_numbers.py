"""Number the logins, in batches, and make the numbers unique."""

from django.db import migrations, models

import gasutil.models.logins
from gasutil.concurrent_indexes import MakeUniqueOnline

BATCH_SIZE = gasutil.models.logins.BATCH_SIZE


def fill(apps, schema_editor):
    gasutil.models.logins.fill_numbers(apps.get_model('gasutil', 'Login'))


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0028_login_clients'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        MakeUniqueOnline(
            'login',
            'number',
            models.BigIntegerField(default=gasutil.models.logins.new_number, editable=False, help_text='The ID in the API; null until its first refresh, if an older release opened it.', null=True, unique=True),
        ),
    ]
