"""Representatives who are off duty."""

from django.db import migrations, models

from gasutil.concurrent_indexes import AddFieldOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0074_verified_history'),
    ]

    operations = [
        AddFieldOnline(
            model_name='user',
            name='is_off_duty',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='A representative who takes no requests at the moment.'),
        ),
    ]
