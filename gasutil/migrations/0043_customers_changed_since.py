"""When an account changed, for integrations that ask what changed since a time."""

import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

from gasutil.concurrent_indexes import AddFieldOnline, AddIndexOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0042_updates_that_say_what_happened'),
    ]

    operations = [
        AddFieldOnline(
            model_name='user',
            name='updated_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now, editable=False, help_text='The time of the last change of the account.'),
        ),
        AddIndexOnline(
            model_name='user',
            index=models.Index(fields=['updated_at', 'id'], name='user_updated'),
        ),
    ]
