"""Unclaimed customers: people without an account who reported something."""

from django.db import migrations, models

from gasutil.concurrent_indexes import AddFieldOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0051_report_keys'),
    ]

    operations = [
        migrations.AlterField(
            model_name='requestupdate',
            name='event',
            field=models.CharField(choices=[('request.created', 'Created'), ('request.status_changed', 'Status changed'), ('request.assigned', 'Assigned'), ('request.prioritised', 'Prioritised'), ('request.reclassified', 'Reclassified'), ('request.claimed', 'Claimed by a customer'), ('request.commented', 'Message or note added'), ('request.milestone', 'Milestone'), ('request.escalated', 'Escalated'), ('request.joined', 'Added to incident'), ('request.attachment_added', 'File added'), ('request.attachment_removed', 'File removed'), ('request.left', 'Removed from incident'), ('request.reference_changed', 'Reference changed')], max_length=32),
        ),
        AddFieldOnline(
            model_name='servicerequest',
            name='contact_email',
            field=models.EmailField(blank=True, db_default='', default='', editable=False, help_text='Of a reporter without an account, for mails about this request alone.', max_length=254),
        ),
        AddFieldOnline(
            model_name='user',
            name='is_unclaimed',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text="A person without an account, who reported something. They can't log in."),
        ),
    ]
