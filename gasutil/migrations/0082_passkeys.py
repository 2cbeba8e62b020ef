"""Passkeys."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gasutil', '0081_reviews'),
    ]

    operations = [
        migrations.AlterField(
            model_name='delivery',
            name='notice',
            field=models.CharField(blank=True, choices=[('received', 'Your request has been received'), ('safety', 'What to do now'), ('assigned', 'Your request has been assigned'), ('on_hold', 'Your request is on hold'), ('resumed', 'Work on your request has resumed'), ('no_access', 'We could not get in'), ('made_safe', 'We have made it safe'), ('not_a_leak', 'We found no leak'), ('resolved', 'Your request is resolved'), ('reopened', 'Your request is open again'), ('cancelled', 'Your request is cancelled'), ('replied', 'New message about your request'), ('assigned_to_you', 'Request assigned to you'), ('returned', 'Request returned to you'), ('customer_wrote', 'Customer replied'), ('team_message', 'Customer replied to an unassigned request'), ('emergency_message', 'Customer wrote about an emergency'), ('escalated', 'Deadline missed'), ('emergency_ended', 'Emergency cancelled, lowered or reclassified'), ('unverified_reports', 'Many unverified reports from one source'), ('report', 'Report that you subscribed to'), ('backlog_started', 'Open requests now have deadlines'), ('backlog_late', 'Older requests are late'), ('reviews_overdue', 'Reviews are overdue'), ('email_confirmation', 'Confirm your email'), ('email_changed', 'Your email address has been changed'), ('email_restored', 'Your email change has been undone'), ('password_changed', 'Your password has been changed'), ('password_reset', 'Password reset requested'), ('second_factor_set_up', 'Second factor set up'), ('second_factor_changed', 'Second factor changed'), ('second_factor_removed', 'Second factor removed'), ('erasure_requested', 'Erasure of your data requested'), ('retention', 'Data of closed requests will be erased')], default='', max_length=32),
        ),
        migrations.AlterField(
            model_name='historicaluser',
            name='has_second_factor',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='Whether a login needs a code or a passkey as well.', verbose_name='second factor'),
        ),
        migrations.AlterField(
            model_name='user',
            name='has_second_factor',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='Whether a login needs a code or a passkey as well.', verbose_name='second factor'),
        ),
        migrations.CreateModel(
            name='Passkey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=64, validators=[django.core.validators.ProhibitNullCharactersValidator()], verbose_name='name')),
                ('credential_id', models.CharField(editable=False, max_length=1364)),
                ('public_key', models.BinaryField()),
                ('sign_count', models.BigIntegerField(default=0, editable=False)),
                ('transports', models.JSONField(default=list, editable=False, help_text='How a browser reaches it, such as by USB.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('last_used_at', models.DateTimeField(editable=False, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passkeys', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'constraints': [models.UniqueConstraint(fields=('credential_id',), name='passkey_credential_unique')],
            },
        ),
    ]
