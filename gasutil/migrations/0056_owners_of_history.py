"""The customer on the rows of the history, and a mark on the grants of owners, for an index of the updates of a customer.

The order lets the previous release go on: a trigger fills the rows that it writes, then the rows of before are filled.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from gasutil import request_owners
from gasutil.concurrent_indexes import AddFieldOnline, AddIndexOnline
from gasutil.history_triggers import FillCustomer, ReplaceTriggerFunction

BATCH_SIZE = request_owners.BATCH_SIZE


def fill(apps, schema_editor):
    request_owners.fill_owners()


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0055_machine_authors'),
    ]

    operations = [
        AddFieldOnline(
            model_name='requestupdate',
            name='customer',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, help_text='Whose request it is now, for the index of their updates. It is not a part of the history: it moves with the request, and no proof contains it. Null in older internal rows.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        AddFieldOnline(
            model_name='servicerequestuserpermission',
            name='is_owner',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='Granted to the customer of the request, not to users it is shared with.'),
        ),
        ReplaceTriggerFunction(),
        FillCustomer(),
        AddIndexOnline(
            model_name='requestupdate',
            index=models.Index(condition=models.Q(('is_internal', False)), fields=['customer', 'history_id'], name='request_update_customer'),
        ),
        AddIndexOnline(
            model_name='servicerequestuserpermission',
            index=models.Index(condition=models.Q(('is_owner', False)), fields=['user', 'content_object'], name='request_shared'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
