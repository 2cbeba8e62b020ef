"""Bulk runs, the record of exports, where accounts were registered from, and what the change history is read by."""

import django.db.models.deletion
import django.utils.timezone
import gasutil.models.fields
from django.conf import settings
from django.db import migrations, models


# What the rows of the log that are there already have otherwise than the row before on the same request.
CHANGED = """
UPDATE gasutil_requestupdate SET changed = noted.changed FROM (
    SELECT history_id, substr({fields}, 2) AS changed FROM gasutil_requestupdate
    WINDOW before AS (PARTITION BY id ORDER BY history_id)
) noted WHERE noted.history_id = gasutil_requestupdate.history_id AND noted.changed <> '' AND gasutil_requestupdate.event <> 'request.created'
"""
TRACKED = {
    "status": "status",
    "priority": "priority",
    "assigned_to": "assigned_to_id",
    "request_type": "request_type",
    "respond_by": "respond_by",
    "resolve_by": "resolve_by",
    "resolved_at": "resolved_at",
    "incident": "incident_id",
}


def tell_changes(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    differs = "IS DISTINCT FROM" if is_postgresql else "IS NOT"
    case = "CASE WHEN {column} {differs} lag({column}) OVER before THEN ',{name}' ELSE '' END"
    fields = " || ".join(case.format(column=column, differs=differs, name=name) for name, column in TRACKED.items())
    guarded = ["ALTER TABLE gasutil_requestupdate {} TRIGGER append_only"] if is_postgresql else []
    for statement in [*(one.format("DISABLE") for one in guarded), CHANGED.format(fields=fields), *(one.format("ENABLE") for one in guarded)]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('gasutil', '0010_background'),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('outcome', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('refused', 'Not done')], default='waiting', max_length=16)),
                ('reason', models.TextField(blank=True, default='')),
            ],
        ),
        migrations.CreateModel(
            name='BulkRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(choices=[('assign', 'Assign to…'), ('take', 'Take'), ('comment', 'Write'), ('hold', 'Put on hold'), ('resume', 'Resume'), ('resolve', 'Resolve')], max_length=16)),
                ('notes', gasutil.models.fields.TextField(blank=True, default='')),
                ('is_internal', models.BooleanField(default=False, verbose_name='internal')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('moved_at', models.DateTimeField(help_text='When something last happened to it.', null=True)),
                ('finished_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'bulk run',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(help_text="The rows' model, by its name.", max_length=64)),
                ('filters', models.TextField(blank=True, default='', help_text='What the list was narrowed by, as its address had it.')),
                ('file_format', models.CharField(max_length=8)),
                ('rows', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'export',
                'ordering': ['-id'],
            },
        ),
        migrations.AlterModelOptions(
            name='requestupdate',
            options={'get_latest_by': ('history_date', 'history_id'), 'ordering': ('-history_date', '-history_id'), 'permissions': [('export_requestupdate', 'Can export the change history')], 'verbose_name': 'change', 'verbose_name_plural': 'change history'},
        ),
        migrations.AlterModelOptions(
            name='servicerequest',
            options={'ordering': ['-id'], 'permissions': [('export_servicerequest', 'Can export service requests'), ('import_servicerequest', 'Can import service requests'), ('submit_for_customer', 'Can file a service request for a customer'), ('receive_escalations', 'Is notified when a milestone has passed unmet')]},
        ),
        migrations.AlterModelOptions(
            name='user',
            options={'permissions': [('approve_support', 'Can approve support representatives'), ('export_user', 'Can export users')], 'verbose_name': 'user', 'verbose_name_plural': 'users'},
        ),
        migrations.AddField(
            model_name='requestupdate',
            name='changed',
            field=models.CharField(blank=True, db_default='', default='', editable=False, help_text='The names of the fields that changed, for filters.', max_length=160),
        ),
        migrations.RunPython(tell_changes, migrations.RunPython.noop),
        migrations.AddField(
            model_name='user',
            name='registered_from',
            field=models.GenericIPAddressField(blank=True, editable=False, help_text='The address of the person who registered it.', null=True),
        ),
        migrations.AddIndex(
            model_name='requestupdate',
            index=models.Index(fields=['-history_date', '-history_id'], name='request_update_newest'),
        ),
        migrations.AddIndex(
            model_name='requestupdate',
            index=models.Index(fields=['history_user', '-history_date', '-history_id'], name='request_update_history_user'),
        ),
        migrations.AddIndex(
            model_name='requestupdate',
            index=models.Index(fields=['event', '-history_date', '-history_id'], name='request_update_event'),
        ),
        migrations.AddIndex(
            model_name='requestupdate',
            index=models.Index(fields=['channel', '-history_date', '-history_id'], name='request_update_channel'),
        ),
        migrations.AddIndex(
            model_name='requestupdate',
            index=models.Index(condition=models.Q(('is_internal', True)), fields=['-history_date', '-history_id'], name='request_update_internal'),
        ),
        migrations.AddIndex(
            model_name='requestupdate',
            index=models.Index(condition=models.Q(('changed__contains', 'status')), fields=['-history_date', '-history_id'], name='request_update_status'),
        ),
        migrations.AddIndex(
            model_name='requestupdate',
            index=models.Index(condition=models.Q(('changed__contains', 'priority')), fields=['-history_date', '-history_id'], name='request_update_priority'),
        ),
        migrations.AddIndex(
            model_name='requestupdate',
            index=models.Index(condition=models.Q(('changed__contains', 'assigned_to')), fields=['-history_date', '-history_id'], name='request_update_assignee'),
        ),
        migrations.AddIndex(
            model_name='requestupdate',
            index=models.Index(condition=models.Q(('changed__contains', 'respond_by'), ('changed__contains', 'resolve_by'), _connector='OR'), fields=['-history_date', '-history_id'], name='request_update_deadline'),
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(condition=models.Q(('is_approved', False), ('user_type', 'support')), fields=['date_joined'], name='user_waiting'),
        ),
        migrations.AddField(
            model_name='bulkrow',
            name='service_request',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='gasutil.servicerequest'),
        ),
        migrations.AddField(
            model_name='bulkrun',
            name='assigned_to',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='bulkrun',
            name='author',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='bulk_runs', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='bulkrow',
            name='run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='gasutil.bulkrun'),
        ),
        migrations.AddField(
            model_name='export',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='bulkrun',
            index=models.Index(fields=['author', '-id'], name='bulk_run_author'),
        ),
        migrations.AddIndex(
            model_name='bulkrun',
            index=models.Index(condition=models.Q(('finished_at', None)), fields=['moved_at'], name='bulk_run_open'),
        ),
        migrations.AddIndex(
            model_name='bulkrow',
            index=models.Index(fields=['run', 'outcome', 'id'], name='bulk_row_outcome'),
        ),
        migrations.AddConstraint(
            model_name='bulkrow',
            constraint=models.UniqueConstraint(fields=('run', 'service_request'), name='bulk_row_once'),
        ),
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('filename', models.CharField(max_length=255)),
                ('rows', models.JSONField(default=list)),
                ('number', models.PositiveIntegerField(help_text='How many rows it had.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'import',
                'ordering': ['-id'],
            },
        ),
    ]
