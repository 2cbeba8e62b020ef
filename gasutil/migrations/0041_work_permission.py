"""To work on requests needs a permission: everyone who could do it until now gets it."""

from django.db import migrations
from django.db.models import Q

VIEW, WORK = 'view_servicerequest', 'work_servicerequest'


def grant(apps, schema_editor):
    """Grant it to the groups that view the queue, and to representatives who are in none of them."""
    alias = schema_editor.connection.alias
    content_type = apps.get_model('contenttypes', 'ContentType').objects.using(alias).filter(
        app_label='gasutil', model='servicerequest'
    ).first()
    if content_type is None:  # a new installation: its groups are made after its migrations
        return
    permission, _ = apps.get_model('auth', 'Permission').objects.using(alias).get_or_create(
        content_type=content_type, codename=WORK, defaults={'name': 'Can work on service requests'}
    )
    groups = apps.get_model('auth', 'Group').objects.using(alias).filter(
        Q(permissions__content_type=content_type, permissions__codename=VIEW) | Q(name='Support')
    )
    for group in groups.distinct():
        group.permissions.add(permission)
    representatives = apps.get_model('gasutil', 'User').objects.using(alias).filter(
        user_type='support', is_approved=True
    )
    for user in representatives.exclude(groups__permissions=permission):
        user.user_permissions.add(permission)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0040_plain_texts'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='servicerequest',
            options={'ordering': ['-id'], 'permissions': [('export_servicerequest', 'Can export service requests'), ('import_servicerequest', 'Can import service requests'), ('submit_for_customer', 'Can file a service request for a customer'), ('work_servicerequest', 'Can work on service requests'), ('receive_escalations', 'Is notified when a milestone has passed unmet')]},
        ),
        migrations.RunPython(grant, migrations.RunPython.noop, elidable=True),
    ]
