"""Time stamps of checkpoints, and the authority that is asked for them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gasutil', '0082_passkeys'),
    ]

    operations = [
        migrations.CreateModel(
            name='TimestampAuthority',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=200)),
                ('asked_at', models.DateTimeField(null=True)),
                ('stamped_at', models.DateTimeField(help_text='As it states in its last time stamp.', null=True)),
                ('error', models.CharField(blank=True, default='', max_length=300)),
            ],
            options={
                'verbose_name_plural': 'timestamp authorities',
                'constraints': [models.UniqueConstraint(fields=('url',), name='timestamp_authority_unique')],
            },
        ),
        migrations.CreateModel(
            name='CheckpointTimestamp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('authority', models.CharField(help_text='The URL of the authority.', max_length=200)),
                ('response', models.BinaryField(help_text='The response of the authority: DER of RFC 3161.')),
                ('stamped_at', models.DateTimeField(help_text='As the authority states it.')),
                ('checkpoint', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='timestamps', to='gasutil.checkpoint')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('checkpoint', 'authority'), name='one_timestamp')],
            },
        ),
    ]
