"""The permission to receive escalations has a plain name; Django renames no stored permission."""

from django.db import migrations, models

NAME = 'Can receive notices of missed deadlines'


def rename(apps, schema_editor):
    """Rename the stored permission; a new installation gets it after its migrations."""
    apps.get_model('auth', 'Permission').objects.using(schema_editor.connection.alias).filter(
        content_type__app_label='gasutil', codename='receive_escalations'
    ).update(name=NAME)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0045_reception'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='servicerequest',
            options={'ordering': ['-id'], 'permissions': [('export_servicerequest', 'Can export service requests'), ('import_servicerequest', 'Can import service requests'), ('submit_for_customer', 'Can file a service request for a customer'), ('work_servicerequest', 'Can work on service requests'), ('receive_escalations', 'Can receive notices of missed deadlines')]},
        ),
        migrations.AlterField(
            model_name='servicerequest',
            name='escalate_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When supervisors are notified next.', null=True),
        ),
        migrations.RunPython(rename, migrations.RunPython.noop, elidable=True),
    ]
