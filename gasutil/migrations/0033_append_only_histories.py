"""Triggers against UPDATE, DELETE and TRUNCATE on all histories, and accounts that histories name are protected."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from gasutil.history_triggers import MakeAppendOnly, ReplaceTriggerFunction

PERSONAL = ('username', 'first_name', 'last_name', 'email', 'phone_number', 'address')


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0032_orphaned_file_names'),
    ]

    operations = [
        migrations.AlterField(
            model_name='historicalcalendar',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalcannedreply',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalincident',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalrequesttype',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalteam',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicaluser',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalwebhook',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        ReplaceTriggerFunction(),
        MakeAppendOnly('requestupdate', erasable=('notes',), was_guarded=True),
        MakeAppendOnly('historicalcalendar'),
        MakeAppendOnly('historicalcannedreply'),
        MakeAppendOnly('historicalincident'),
        MakeAppendOnly('historicalrequesttype'),
        MakeAppendOnly('historicalteam'),
        MakeAppendOnly('historicalteam_members'),
        MakeAppendOnly('historicalteam_request_types'),
        MakeAppendOnly('historicaluser', erasable=PERSONAL),
        MakeAppendOnly('historicalwebhook'),
    ]
