"""Reviews of the access list: when, by whom, and of which list."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gasutil', '0078_retention'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reviewed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('comment', models.TextField()),
                ('accounts', models.PositiveIntegerField(help_text='Active accounts of the staff.')),
                ('superusers', models.PositiveIntegerField(help_text='Of these, superusers.')),
                ('without_second_factor', models.PositiveIntegerField(help_text='Of these, those whose login needs the password alone.')),
                ('digest', models.CharField(help_text='SHA-256 of the list, in hexadecimal.', max_length=64)),
                ('author', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'access review',
                'verbose_name_plural': 'access reviews',
                'ordering': ['-id'],
                'default_permissions': ('add', 'view'),
            },
        ),
    ]
