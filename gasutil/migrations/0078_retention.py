"""For how long the personal data of closed requests are kept, and when they were erased."""

import django.core.validators
from django.db import migrations, models

from gasutil.concurrent_indexes import AddFieldOnline

MONTHS = {
    'verbose_name': 'months until personal data are erased',
    'null': True,
    'blank': True,
    'validators': [django.core.validators.MinValueValidator(1)],
    'help_text': 'Counted from the last change of a closed request. Empty: they are kept.',
}


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0077_report_subscriptions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='delivery',
            name='notice',
            field=models.CharField(blank=True, choices=[('received', 'Your request has been received'), ('safety', 'What to do now'), ('assigned', 'Your request has been assigned'), ('on_hold', 'Your request is on hold'), ('resumed', 'Work on your request has resumed'), ('no_access', 'We could not get in'), ('made_safe', 'We have made it safe'), ('not_a_leak', 'We found no leak'), ('resolved', 'Your request is resolved'), ('reopened', 'Your request is open again'), ('cancelled', 'Your request is cancelled'), ('replied', 'New message about your request'), ('assigned_to_you', 'Request assigned to you'), ('customer_wrote', 'Customer replied'), ('team_message', 'Customer replied to an unassigned request'), ('emergency_message', 'Customer wrote about an emergency'), ('escalated', 'Deadline missed'), ('emergency_ended', 'Emergency cancelled, lowered or reclassified'), ('unverified_reports', 'Many unverified reports from one source'), ('report', 'Report that you subscribed to'), ('backlog_started', 'Open requests now have deadlines'), ('backlog_late', 'Older requests are late'), ('email_confirmation', 'Confirm your email'), ('email_changed', 'Your email address has been changed'), ('email_restored', 'Your email change has been undone'), ('password_changed', 'Your password has been changed'), ('password_reset', 'Password reset requested'), ('second_factor_set_up', 'Second factor set up'), ('second_factor_removed', 'Second factor removed'), ('erasure_requested', 'Erasure of your data requested'), ('retention', 'Data of closed requests will be erased')], default='', max_length=32),
        ),
        AddFieldOnline(
            model_name='historicalrequesttype',
            name='retention_months',
            field=models.PositiveSmallIntegerField(**MONTHS),
        ),
        AddFieldOnline(
            model_name='requesttype',
            name='retention_months',
            field=models.PositiveSmallIntegerField(**MONTHS),
        ),
        AddFieldOnline(
            model_name='servicerequest',
            name='redaction_at',
            field=models.DateTimeField(editable=False, help_text='When the retention of the type erases its personal data, once announced.', null=True),
        ),
        AddFieldOnline(
            model_name='servicerequest',
            name='redacted_at',
            field=models.DateTimeField(editable=False, help_text='When its personal data were erased.', null=True),
        ),
    ]
