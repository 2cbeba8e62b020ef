"""The columns of accounts that go with 0019, and the indexes of what 0019 and 0021 added, each without a long lock."""

from django.db import migrations, models

from gasutil.concurrent_indexes import AddFieldOnline, AddIndexOnline, MakeUniqueOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0021_alarm_mails'),
    ]

    operations = [
        AddFieldOnline(
            model_name='user',
            name='email_locked_until',
            field=models.DateTimeField(editable=False, null=True),
        ),
        AddFieldOnline(
            model_name='user',
            name='mails_unconfirmed',
            field=models.BooleanField(db_default=True, default=True, editable=False),
        ),
        AddFieldOnline(
            model_name='user',
            name='previous_confirmed',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        AddFieldOnline(
            model_name='user',
            name='previous_email',
            field=models.EmailField(blank=True, db_default='', default='', editable=False, max_length=254),
        ),
        AddFieldOnline(
            model_name='user',
            name='previous_email_key',
            field=models.CharField(editable=False, max_length=600, null=True),
        ),
        AddFieldOnline(
            model_name='user',
            name='session_generation',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        MakeUniqueOnline('user', 'previous_email_key', models.CharField(editable=False, max_length=600, null=True, unique=True)),
        AddIndexOnline(
            model_name='delivery',
            index=models.Index(condition=models.Q(('given_up_at__isnull', False)), fields=['given_up_at'], name='delivery_given_up'),
        ),
    ]
