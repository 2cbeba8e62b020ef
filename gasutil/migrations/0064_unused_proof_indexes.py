"""Drop the indexes for patterns that Django makes for unique texts of the proof: nothing searches them by pattern."""

from django.db import migrations

from gasutil.concurrent_indexes import DropIndexesOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0063_safety_approval'),
    ]

    operations = [
        DropIndexesOnline(['gasutil_logkey_vkey_2848a41a_like', 'gasutil_witness_name_3283cd2c_like']),
    ]
