"""The client of each login, and the number that the API calls it by; 0029 fills the numbers and makes them unique."""

from django.db import migrations, models

from gasutil.concurrent_indexes import AddFieldOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0027_backlog'),
    ]

    operations = [
        AddFieldOnline(
            model_name='login',
            name='number',
            field=models.BigIntegerField(editable=False, null=True),
        ),
        AddFieldOnline(
            model_name='login',
            name='ip',
            field=models.GenericIPAddressField(editable=False, null=True),
        ),
        AddFieldOnline(
            model_name='login',
            name='user_agent',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=200),
        ),
    ]
