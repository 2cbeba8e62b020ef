"""When a delivery was given up; 0022 indexes it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gasutil', '0020_export_permission'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='given_up_at',
            field=models.DateTimeField(null=True),
        ),
    ]
