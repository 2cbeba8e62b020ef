"""Holds with a reason and a date, and the index that finds those whose date has come."""

from django.db import migrations, models

from gasutil.concurrent_indexes import AddFieldOnline, AddIndexOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0070_authenticator_apps'),
    ]

    operations = [
        AddFieldOnline(
            model_name='servicerequest',
            name='hold_reason',
            field=models.CharField(blank=True, choices=[('customer', 'The customer'), ('part', 'A part or material'), ('permit', 'A permit'), ('contractor', 'A crew or contractor'), ('other', 'Something else')], db_default='', default='', editable=False, help_text='What the request waits for on hold, if support recorded it.', max_length=16),
        ),
        AddFieldOnline(
            model_name='servicerequest',
            name='hold_until',
            field=models.DateTimeField(editable=False, help_text='When the hold ends by itself, if it does.', null=True),
        ),
        AddIndexOnline(
            model_name='servicerequest',
            index=models.Index(condition=models.Q(('hold_until__isnull', False)), fields=['hold_until'], name='request_hold_until'),
        ),
    ]
