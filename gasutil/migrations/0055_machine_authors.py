"""The machine account that changed an account, an incident or a webhook; the request in deliveries; tickets of tracking tokens."""

import django.db.models.deletion
from django.db import migrations, models

from gasutil.concurrent_indexes import AddFieldOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0054_dangers'),
    ]

    operations = [
        AddFieldOnline(
            model_name='historicalincident',
            name='machine_account',
            field=models.ForeignKey(db_index=False, editable=False, help_text='The machine account that made the change.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='gasutil.machineaccount'),
        ),
        AddFieldOnline(
            model_name='historicaluser',
            name='machine_account',
            field=models.ForeignKey(db_index=False, editable=False, help_text='The machine account that made the change.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='gasutil.machineaccount'),
        ),
        AddFieldOnline(
            model_name='historicalwebhook',
            name='machine_account',
            field=models.ForeignKey(db_index=False, editable=False, help_text='The machine account that made the change.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='gasutil.machineaccount'),
        ),
        AddFieldOnline(
            model_name='historicalwebhook',
            name='with_request',
            field=models.BooleanField(db_default=False, default=False, help_text='Each event also has the request as it is when the event is sent.', verbose_name='include the request'),
        ),
        AddFieldOnline(
            model_name='webhook',
            name='with_request',
            field=models.BooleanField(db_default=False, default=False, help_text='Each event also has the request as it is when the event is sent.', verbose_name='include the request'),
        ),
        AddFieldOnline(
            model_name='eventticket',
            name='tracked_request',
            field=models.BigIntegerField(help_text='The request of a tracking token.', null=True),
        ),
        AddFieldOnline(
            model_name='eventticket',
            name='tracked_customer',
            field=models.BigIntegerField(help_text='Its unclaimed customer.', null=True),
        ),
    ]
