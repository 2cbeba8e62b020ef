"""How many rows the last check of the history found unchanged."""

from django.db import migrations, models

from gasutil.concurrent_indexes import AddFieldOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0073_erasable_file_names'),
    ]

    operations = [
        AddFieldOnline(
            model_name='proofstate',
            name='verified_at',
            field=models.DateTimeField(null=True),
        ),
        AddFieldOnline(
            model_name='proofstate',
            name='verified_size',
            field=models.BigIntegerField(db_default=0, default=0, help_text='The rows that the last check found unchanged.'),
        ),
    ]
