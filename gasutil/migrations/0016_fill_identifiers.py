"""Fill the keys of user names and addresses, in batches, and make them unique; accounts that collide have none."""

from django.db import migrations, models

from gasutil.concurrent_indexes import MakeUniqueOnline
from gasutil.workflow import identity_keys


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("gasutil", "0015_identifiers")]

    operations = [
        migrations.RunPython(
            lambda apps, _schema: identity_keys.fill_identity_keys(apps.get_model("gasutil", "User")), migrations.RunPython.noop, elidable=True
        ),
        MakeUniqueOnline("user", "email_key", models.CharField(editable=False, max_length=600, null=True, unique=True)),
        MakeUniqueOnline("user", "username_key", models.CharField(editable=False, max_length=600, null=True, unique=True)),
    ]
