"""Bulk runs that add requests to an incident."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gasutil', '0059_past_events'),
    ]

    operations = [
        migrations.AlterField(
            model_name='bulkrun',
            name='verb',
            field=models.CharField(choices=[('assign', 'Assign to…'), ('take', 'Take'), ('comment', 'Write'), ('hold', 'Put on hold'), ('resume', 'Resume'), ('resolve', 'Resolve'), ('join', 'Add to incident…')], max_length=16),
        ),
        migrations.AddField(
            model_name='bulkrun',
            name='incident',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='gasutil.incident'),
        ),
    ]
