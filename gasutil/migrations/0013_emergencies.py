"""Whether a milestone of a request was missed, and the notice that an emergency was ended."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gasutil', '0012_accounts_without_address'),
    ]

    operations = [
        migrations.AlterField(
            model_name='delivery',
            name='notice',
            field=models.CharField(blank=True, choices=[('received', 'Your request has been received'), ('assigned', 'Somebody looks after your request'), ('on_hold', 'Your request is on hold'), ('resolved', 'Your request is resolved'), ('reopened', 'Your request is open again'), ('cancelled', 'Your request is cancelled'), ('replied', 'There is a message on your request'), ('assigned_to_you', 'A request is assigned to you'), ('customer_wrote', 'A customer writes on a request of yours'), ('escalated', 'A milestone has passed unmet'), ('emergency_ended', 'An emergency was cancelled, lowered or reclassified'), ('email_confirmation', 'Your address is to be confirmed'), ('password_reset', 'A new password has been asked for')], default='', max_length=32),
        ),
        migrations.AlterField(
            model_name='servicerequest',
            name='is_emergency',
            field=models.BooleanField(default=False, help_text='By its type, or because support made it one.', verbose_name='emergency'),
        ),
        migrations.AddField(
            model_name='servicerequest',
            name='is_breached',
            field=models.BooleanField(editable=False, help_text='Whether a milestone that has ended was missed.', null=True),
        ),
    ]
