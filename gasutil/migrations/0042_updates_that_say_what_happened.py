"""What happened, in the rows of the history. Older rows keep nulls: `gasutil/updates.py` reads what they lack elsewhere."""

from django.db import migrations, models

from gasutil.concurrent_indexes import AddFieldOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0041_work_permission'),
    ]

    operations = [
        AddFieldOnline(
            model_name='requestupdate',
            name='attachment',
            field=models.BigIntegerField(editable=False, help_text='The ID of the attachment that was added or removed.', null=True),
        ),
        AddFieldOnline(
            model_name='requestupdate',
            name='changes',
            field=models.JSONField(editable=False, help_text='The old and the new value of each field that changed. Null in older rows: it follows from the row before.', null=True),
        ),
        AddFieldOnline(
            model_name='requestupdate',
            name='occurred_at',
            field=models.DateTimeField(editable=False, help_text='When it happened. Null in older rows: when it was recorded.', null=True),
        ),
        migrations.AlterField(
            model_name='requestupdate',
            name='channel',
            field=models.CharField(choices=[('api', 'API'), ('console', 'Console'), ('integration', 'Integration'), ('system', 'System')], default='system', max_length=16),
        ),
    ]
