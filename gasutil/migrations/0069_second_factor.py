"""The second factor of accounts: authenticator apps, recovery codes, and until when a role must set one up."""

from django.db import migrations, models

from gasutil.concurrent_indexes import AddFieldOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0068_history_origins'),
    ]

    operations = [
        AddFieldOnline(
            model_name='historicaluser',
            name='has_second_factor',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='Whether a login needs a code of an authenticator app as well.', verbose_name='second factor'),
        ),
        AddFieldOnline(
            model_name='user',
            name='enrol_by',
            field=models.DateTimeField(editable=False, help_text='Until when the user must set up the second factor that their role needs.', null=True),
        ),
        AddFieldOnline(
            model_name='user',
            name='has_second_factor',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='Whether a login needs a code of an authenticator app as well.', verbose_name='second factor'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='notice',
            field=models.CharField(blank=True, choices=[('received', 'Your request has been received'), ('safety', 'What to do now'), ('assigned', 'Your request has been assigned'), ('on_hold', 'Your request is on hold'), ('resumed', 'Work on your request has resumed'), ('no_access', 'We could not get in'), ('made_safe', 'We have made it safe'), ('not_a_leak', 'We found no leak'), ('resolved', 'Your request is resolved'), ('reopened', 'Your request is open again'), ('cancelled', 'Your request is cancelled'), ('replied', 'New message about your request'), ('assigned_to_you', 'Request assigned to you'), ('customer_wrote', 'Customer replied'), ('team_message', 'Customer replied to an unassigned request'), ('emergency_message', 'Customer wrote about an emergency'), ('escalated', 'Deadline missed'), ('emergency_ended', 'Emergency cancelled, lowered or reclassified'), ('unverified_reports', 'Many unverified reports from one source'), ('backlog_started', 'Open requests now have deadlines'), ('backlog_late', 'Older requests are late'), ('email_confirmation', 'Confirm your email'), ('email_changed', 'Your email address has been changed'), ('email_restored', 'Your email change has been undone'), ('password_changed', 'Your password has been changed'), ('password_reset', 'Password reset requested'), ('second_factor_set_up', 'Second factor set up'), ('second_factor_removed', 'Second factor removed')], default='', max_length=32),
        ),
        migrations.AlterField(
            model_name='securityevent',
            name='event',
            field=models.CharField(choices=[('login', 'Login'), ('logout', 'Logout'), ('session_end', 'Session ended'), ('token_reuse', 'Refresh token reused'), ('password_change', 'Password changed'), ('password_check', 'Password confirmed'), ('password_reset_request', 'Password reset requested'), ('password_reset', 'Password reset'), ('second_factor', 'Second factor'), ('email_change', 'Email changed'), ('email_confirmation', 'Email confirmed'), ('email_undo', 'Email change undone'), ('approval', 'Representative approved'), ('approval_withdrawal', 'Approval withdrawn'), ('rights_change', 'Account permissions changed'), ('group_change', 'Group changed'), ('export', 'Export'), ('customers_read', 'Customer data read'), ('access', 'Access')], max_length=32, verbose_name='event'),
        ),
    ]
