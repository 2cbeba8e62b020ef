"""The keys that keep one user name and one mailbox to one account; 0016 fills them, and then makes them unique."""

import gasutil.models.identifiers
from django.db import migrations, models

from gasutil.concurrent_indexes import AddFieldOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0014_emergency_queue'),
    ]

    operations = [
        AddFieldOnline(
            model_name='user',
            name='email_key',
            field=models.CharField(editable=False, max_length=600, null=True),
        ),
        AddFieldOnline(
            model_name='user',
            name='username_key',
            field=models.CharField(editable=False, max_length=600, null=True),
        ),
        migrations.AlterField(
            model_name='historicaluser',
            name='first_name',
            field=models.CharField(blank=True, max_length=150, validators=[gasutil.models.identifiers.validate_personal_name], verbose_name='first name'),
        ),
        migrations.AlterField(
            model_name='historicaluser',
            name='last_name',
            field=models.CharField(blank=True, max_length=150, validators=[gasutil.models.identifiers.validate_personal_name], verbose_name='last name'),
        ),
        migrations.AlterField(
            model_name='historicaluser',
            name='username',
            field=models.CharField(db_index=True, error_messages={'unique': 'A user with that username already exists.'}, help_text='150 characters or fewer: letters of one script, digits and @ . + - _ only.', max_length=150, validators=[gasutil.models.identifiers.validate_username], verbose_name='username'),
        ),
        migrations.AlterField(
            model_name='user',
            name='first_name',
            field=models.CharField(blank=True, max_length=150, validators=[gasutil.models.identifiers.validate_personal_name], verbose_name='first name'),
        ),
        migrations.AlterField(
            model_name='user',
            name='last_name',
            field=models.CharField(blank=True, max_length=150, validators=[gasutil.models.identifiers.validate_personal_name], verbose_name='last name'),
        ),
        migrations.AlterField(
            model_name='user',
            name='username',
            field=models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='150 characters or fewer: letters of one script, digits and @ . + - _ only.', max_length=150, unique=True, validators=[gasutil.models.identifiers.validate_username], verbose_name='username'),
        ),
    ]
