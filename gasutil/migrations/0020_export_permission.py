"""Managers may export requests: an upgrade grants this permission, which existed before the first release that uses it."""

from django.db import migrations


def grant(apps, schema_editor):
    """Grant it where group and permission exist; a new installation gets both after its migrations."""
    alias = schema_editor.connection.alias
    managers = apps.get_model('auth', 'Group').objects.using(alias).filter(name='Managers').first()
    export = apps.get_model('auth', 'Permission').objects.using(alias).filter(
        content_type__app_label='gasutil', codename='export_servicerequest'
    )
    if managers:
        managers.permissions.add(*export)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0019_email_changes'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.RunPython(grant, migrations.RunPython.noop, elidable=True),
    ]
