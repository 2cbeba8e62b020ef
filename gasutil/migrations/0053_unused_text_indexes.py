"""Drop the second index that Django makes of each unique text on PostgreSQL, for `startswith`: no query uses it."""

from django.db import migrations

from gasutil.concurrent_indexes import DropIndexesOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0052_unclaimed_customers'),
    ]

    operations = [
        DropIndexesOnline([
            'gasutil_eventticket_digest_ee86aef0_like',
            'gasutil_historicalmachineaccount_name_2d1dce6f_like',
            'gasutil_machineaccount_name_11fca229_like',
            'gasutil_machinekey_digest_f25992ff_like',
            'gasutil_reportkey_key_23ab90f5_like',
        ]),
    ]
