"""The origin of changes in all histories, the reason and the file of a change.

All columns are part of a leaf from the first one on, so that there is one form of the entry.
"""

from django.db import migrations, models

from gasutil.concurrent_indexes import AddFieldOnline
from gasutil.history_triggers import MakeAppendOnly, ReplaceTriggerFunction

PERSONAL = ('username', 'first_name', 'last_name', 'email', 'phone_number', 'address', 'ip')


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0067_group_history'),
    ]

    operations = [
        AddFieldOnline(
            model_name='historicalcalendar',
            name='channel',
            field=models.CharField(blank=True, choices=[('api', 'API'), ('console', 'Console'), ('integration', 'Integration'), ('system', 'System')], db_default='', default='', editable=False, help_text='The way that the change came in. Empty in older rows.', max_length=16),
        ),
        AddFieldOnline(
            model_name='historicalcalendar',
            name='ip',
            field=models.GenericIPAddressField(editable=False, help_text='Where the change came from, for a year. Null for the system.', null=True, verbose_name='IP address'),
        ),
        AddFieldOnline(
            model_name='historicalcannedreply',
            name='channel',
            field=models.CharField(blank=True, choices=[('api', 'API'), ('console', 'Console'), ('integration', 'Integration'), ('system', 'System')], db_default='', default='', editable=False, help_text='The way that the change came in. Empty in older rows.', max_length=16),
        ),
        AddFieldOnline(
            model_name='historicalcannedreply',
            name='ip',
            field=models.GenericIPAddressField(editable=False, help_text='Where the change came from, for a year. Null for the system.', null=True, verbose_name='IP address'),
        ),
        AddFieldOnline(
            model_name='historicalincident',
            name='channel',
            field=models.CharField(blank=True, choices=[('api', 'API'), ('console', 'Console'), ('integration', 'Integration'), ('system', 'System')], db_default='', default='', editable=False, help_text='The way that the change came in. Empty in older rows.', max_length=16),
        ),
        AddFieldOnline(
            model_name='historicalincident',
            name='ip',
            field=models.GenericIPAddressField(editable=False, help_text='Where the change came from, for a year. Null for the system.', null=True, verbose_name='IP address'),
        ),
        AddFieldOnline(
            model_name='historicalmachineaccount',
            name='channel',
            field=models.CharField(blank=True, choices=[('api', 'API'), ('console', 'Console'), ('integration', 'Integration'), ('system', 'System')], db_default='', default='', editable=False, help_text='The way that the change came in. Empty in older rows.', max_length=16),
        ),
        AddFieldOnline(
            model_name='historicalmachineaccount',
            name='ip',
            field=models.GenericIPAddressField(editable=False, help_text='Where the change came from, for a year. Null for the system.', null=True, verbose_name='IP address'),
        ),
        AddFieldOnline(
            model_name='historicalrequesttype',
            name='channel',
            field=models.CharField(blank=True, choices=[('api', 'API'), ('console', 'Console'), ('integration', 'Integration'), ('system', 'System')], db_default='', default='', editable=False, help_text='The way that the change came in. Empty in older rows.', max_length=16),
        ),
        AddFieldOnline(
            model_name='historicalrequesttype',
            name='ip',
            field=models.GenericIPAddressField(editable=False, help_text='Where the change came from, for a year. Null for the system.', null=True, verbose_name='IP address'),
        ),
        AddFieldOnline(
            model_name='historicalteam',
            name='channel',
            field=models.CharField(blank=True, choices=[('api', 'API'), ('console', 'Console'), ('integration', 'Integration'), ('system', 'System')], db_default='', default='', editable=False, help_text='The way that the change came in. Empty in older rows.', max_length=16),
        ),
        AddFieldOnline(
            model_name='historicalteam',
            name='ip',
            field=models.GenericIPAddressField(editable=False, help_text='Where the change came from, for a year. Null for the system.', null=True, verbose_name='IP address'),
        ),
        AddFieldOnline(
            model_name='historicaluser',
            name='channel',
            field=models.CharField(blank=True, choices=[('api', 'API'), ('console', 'Console'), ('integration', 'Integration'), ('system', 'System')], db_default='', default='', editable=False, help_text='The way that the change came in. Empty in older rows.', max_length=16),
        ),
        AddFieldOnline(
            model_name='historicaluser',
            name='ip',
            field=models.GenericIPAddressField(editable=False, help_text='Where the change came from, for a year. Null for the system.', null=True, verbose_name='IP address'),
        ),
        AddFieldOnline(
            model_name='historicalwebhook',
            name='channel',
            field=models.CharField(blank=True, choices=[('api', 'API'), ('console', 'Console'), ('integration', 'Integration'), ('system', 'System')], db_default='', default='', editable=False, help_text='The way that the change came in. Empty in older rows.', max_length=16),
        ),
        AddFieldOnline(
            model_name='historicalwebhook',
            name='ip',
            field=models.GenericIPAddressField(editable=False, help_text='Where the change came from, for a year. Null for the system.', null=True, verbose_name='IP address'),
        ),
        AddFieldOnline(
            model_name='leaf',
            name='ip_salt',
            field=models.BinaryField(max_length=16, null=True),
        ),
        AddFieldOnline(
            model_name='proofstate',
            name='addresses_erased_to',
            field=models.BigIntegerField(db_default=0, default=0, help_text='The first leaf that may have an IP address.'),
        ),
        AddFieldOnline(
            model_name='requestupdate',
            name='ip',
            field=models.GenericIPAddressField(editable=False, help_text='Where the change came from, for a year. Null for the system.', null=True, verbose_name='IP address'),
        ),
        AddFieldOnline(
            model_name='requestupdate',
            name='reason_code',
            field=models.CharField(blank=True, db_default='', default='', editable=False, help_text='Why, as one of the codes for reports.', max_length=40),
        ),
        AddFieldOnline(
            model_name='requestupdate',
            name='sha256',
            field=models.CharField(blank=True, db_default='', default='', editable=False, help_text='Of the file of the attachment.', max_length=64),
        ),
        ReplaceTriggerFunction(),
        MakeAppendOnly('Leaf', erasable=('salt', 'ip_salt', 'digests'), was_guarded=True),
        MakeAppendOnly('requestupdate', erasable=('notes', 'ip'), was_guarded=True),
        MakeAppendOnly('historicaluser', erasable=PERSONAL, was_guarded=True),
        MakeAppendOnly('historicalcalendar', erasable=('ip',), was_guarded=True),
        MakeAppendOnly('historicalcannedreply', erasable=('ip',), was_guarded=True),
        MakeAppendOnly('historicalincident', erasable=('ip',), was_guarded=True),
        MakeAppendOnly('historicalmachineaccount', erasable=('ip',), was_guarded=True),
        MakeAppendOnly('historicalrequesttype', erasable=('ip',), was_guarded=True),
        MakeAppendOnly('historicalteam', erasable=('ip',), was_guarded=True),
        MakeAppendOnly('historicalwebhook', erasable=('ip',), was_guarded=True),
        MakeAppendOnly('HistoricalGroup', erasable=('ip',)),
        MakeAppendOnly('HistoricalGroup_permissions'),
        MakeAppendOnly('HistoricalUser_groups'),
        MakeAppendOnly('HistoricalUser_user_permissions'),
        ]
