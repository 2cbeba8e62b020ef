"""The index by which the intake of a call finds the open requests at a similar address."""

from django.db import migrations

from gasutil.concurrent_indexes import AddTrigramIndexOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0065_spoken_texts'),
    ]

    operations = [
        AddTrigramIndexOnline('servicerequest', 'request_open_address', [['address']], condition='is_open'),
    ]
