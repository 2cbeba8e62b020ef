"""The machine account of a history row and of a file, without a long lock."""

import django.db.models.deletion
from django.db import migrations, models

from gasutil.concurrent_indexes import AddFieldOnline
from gasutil.history_triggers import MakeAppendOnly


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0047_machine_accounts'),
    ]

    operations = [
        AddFieldOnline(
            model_name='attachment',
            name='machine_account',
            field=models.ForeignKey(db_index=False, help_text='The machine account that uploaded it, instead of a user.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='gasutil.machineaccount'),
        ),
        AddFieldOnline(
            model_name='requestupdate',
            name='machine_account',
            field=models.ForeignKey(db_index=False, editable=False, help_text='The machine account that made the change.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='gasutil.machineaccount'),
        ),
        MakeAppendOnly('historicalmachineaccount'),
    ]
