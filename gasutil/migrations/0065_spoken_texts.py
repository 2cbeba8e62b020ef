"""The safety text of a type that agents read out to callers. The default texts are added after the migration."""

from django.db import migrations, models

import gasutil.models.fields
from gasutil.concurrent_indexes import AddFieldOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0064_unused_proof_indexes'),
    ]

    operations = [
        AddFieldOnline(
            model_name='historicalrequesttype',
            name='approved_spoken',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False, help_text='The spoken safety text that was approved last, as `approved_safety`.'),
        ),
        AddFieldOnline(
            model_name='historicalrequesttype',
            name='spoken_instructions',
            field=gasutil.models.fields.TextField(blank=True, db_default='', default='', help_text='Read out to callers: short sentences, one action each. Only staff see it. If it is empty, the text above is read out.', verbose_name='spoken safety text'),
        ),
        AddFieldOnline(
            model_name='requesttype',
            name='approved_spoken',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False, help_text='The spoken safety text that was approved last, as `approved_safety`.'),
        ),
        AddFieldOnline(
            model_name='requesttype',
            name='spoken_instructions',
            field=gasutil.models.fields.TextField(blank=True, db_default='', default='', help_text='Read out to callers: short sentences, one action each. Only staff see it. If it is empty, the text above is read out.', verbose_name='spoken safety text'),
        ),
    ]
