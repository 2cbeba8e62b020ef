"""When the customer of a request last wrote, and the notices about their messages."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gasutil', '0016_fill_identifiers'),
    ]

    operations = [
        migrations.AlterField(
            model_name='delivery',
            name='notice',
            field=models.CharField(blank=True, choices=[('received', 'Your request has been received'), ('safety', 'What to do now'), ('assigned', 'Your request has been assigned'), ('on_hold', 'Your request is on hold'), ('resumed', 'We continue with your request'), ('no_access', 'We could not get in'), ('made_safe', 'We have made it safe'), ('not_a_leak', 'We found no leak'), ('resolved', 'Your request is resolved'), ('reopened', 'Your request is open again'), ('cancelled', 'Your request is cancelled'), ('replied', 'There is a message on your request'), ('assigned_to_you', 'A request is assigned to you'), ('customer_wrote', 'Customer replied'), ('team_message', 'Customer replied on a request that no one handles'), ('emergency_message', 'Customer wrote about an emergency'), ('escalated', 'A milestone has passed unmet'), ('emergency_ended', 'An emergency was cancelled, lowered or reclassified'), ('email_confirmation', 'Your address is to be confirmed'), ('password_reset', 'A new password has been asked for')], default='', max_length=32),
        ),
        migrations.AddField(
            model_name='servicerequest',
            name='customer_wrote_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When the customer last wrote, while no reply has been sent since.', null=True),
        ),
    ]
