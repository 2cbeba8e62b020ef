"""A changed address is pending until it is confirmed; 0022 adds the columns of the accounts."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gasutil', '0018_customer_messages_filled'),
    ]

    operations = [
        migrations.AlterField(
            model_name='delivery',
            name='notice',
            field=models.CharField(blank=True, choices=[('received', 'Your request has been received'), ('safety', 'What to do now'), ('assigned', 'Your request has been assigned'), ('on_hold', 'Your request is on hold'), ('resumed', 'We continue with your request'), ('no_access', 'We could not get in'), ('made_safe', 'We have made it safe'), ('not_a_leak', 'We found no leak'), ('resolved', 'Your request is resolved'), ('reopened', 'Your request is open again'), ('cancelled', 'Your request is cancelled'), ('replied', 'There is a message on your request'), ('assigned_to_you', 'A request is assigned to you'), ('customer_wrote', 'Customer replied'), ('team_message', 'Customer replied on a request that no one handles'), ('emergency_message', 'Customer wrote about an emergency'), ('escalated', 'A milestone has passed unmet'), ('emergency_ended', 'An emergency was cancelled, lowered or reclassified'), ('email_confirmation', 'Your address is to be confirmed'), ('email_changed', 'Your email address has been changed'), ('email_restored', 'A change of your email address has been undone'), ('password_changed', 'Your password has been changed'), ('password_reset', 'A new password has been asked for')], default='', max_length=32),
        ),
        migrations.CreateModel(
            name='EmailChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old_email', models.EmailField(max_length=254)),
                ('new_email', models.EmailField(max_length=254)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('undone_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='email_changes', to=settings.AUTH_USER_MODEL)),
            ],
        ),
    ]
