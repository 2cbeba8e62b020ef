"""The list that a saved view belongs to. The views of the previous release are of the queue."""

from django.db import migrations, models

from gasutil.concurrent_indexes import AddFieldOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0084_timestamps_append_only'),
    ]

    operations = [
        AddFieldOnline(
            model_name='savedview',
            name='page',
            field=models.CharField(choices=[('requests', 'Requests'), ('history', 'Change history')], db_default='requests', default='requests', help_text='The list that it is a view of.', max_length=16),
        ),
        migrations.AlterField(
            model_name='savedview',
            name='query',
            field=models.CharField(blank=True, max_length=1000),
        ),
    ]
