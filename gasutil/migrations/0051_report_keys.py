"""The responses to reports without an account, by their keys."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gasutil', '0050_event_tickets'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReportKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fingerprint', models.CharField(help_text='SHA-256 of the path and the body.', max_length=64)),
                ('status', models.PositiveSmallIntegerField(db_default=201, default=201)),
                ('location', models.CharField(blank=True, default='', max_length=255)),
                ('etag', models.CharField(blank=True, default='', max_length=32)),
                ('answer', models.BinaryField(default=b'')),
                ('created_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('key', models.CharField(help_text='A digest of the key, the IP address, the path and the body.', max_length=64, unique=True)),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
