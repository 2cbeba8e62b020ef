"""When, how and from where a request was reported."""

from django.db import migrations, models

from gasutil.concurrent_indexes import AddFieldOnline


def contact():
    return models.CharField(blank=True, choices=[('phone', 'Phone'), ('email', 'Email'), ('letter', 'Letter'), ('counter', 'Counter'), ('web', 'Web'), ('other', 'Other')], db_default='', default='', editable=False, help_text='How the report reached support, if support recorded it.', max_length=16)


def received_at():
    return models.DateTimeField(editable=False, help_text='When the report was received. Null in older rows: when it was recorded.', null=True)


def degrees():
    return models.FloatField(editable=False, help_text='Of the place, in degrees (WGS 84).', null=True)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0044_login_pair_used'),
    ]

    operations = [
        AddFieldOnline(model_name='requestupdate', name='contact', field=contact()),
        AddFieldOnline(model_name='requestupdate', name='received_at', field=received_at()),
        AddFieldOnline(model_name='servicerequest', name='contact', field=contact()),
        AddFieldOnline(model_name='servicerequest', name='received_at', field=received_at()),
        AddFieldOnline(model_name='servicerequest', name='latitude', field=degrees()),
        AddFieldOnline(model_name='servicerequest', name='longitude', field=degrees()),
    ]
