"""The queue goes by the fact that a request is an emergency; emergencies whose priority was lowered are restored."""

from django.db import migrations, models, transaction
from django.utils import timezone

from gasutil.concurrent_indexes import AddIndexOnline, RemoveIndexOnline

BATCH_SIZE = 500
OPEN = ('pending', 'in_progress', 'on_hold')
NOTES = 'This is an emergency. Its priority had been lowered, and an update of the service desk restored it.'
COPIED = (
    'id', 'status', 'resolved_at', 'respond_by', 'resolve_by', 'request_type_id', 'assigned_to_id', 'incident_id',
)


def restore(apps, schema_editor):
    """Restore the priority of open emergencies, each with a row in its history, and the fact of those raised by priority."""
    ServiceRequest = apps.get_model('gasutil', 'ServiceRequest')
    lowered = ServiceRequest.objects.filter(is_emergency=True, status__in=OPEN).exclude(priority='emergency')
    raised = ServiceRequest.objects.filter(is_emergency=False, priority='emergency')
    while _batch(lowered, _restore_priority, apps):
        pass
    while _batch(raised, _restore_fact, apps):
        pass


def _batch(rows, change, apps):
    """Change some rows in a transaction of their own; return how many there were."""
    with transaction.atomic():
        batch = list(rows.select_for_update(of=('self',)).order_by('pk')[:BATCH_SIZE])
        change(batch, apps)
    return len(batch)


def _restore_priority(batch, apps):
    ServiceRequest, RequestUpdate = (apps.get_model('gasutil', name) for name in ('ServiceRequest', 'RequestUpdate'))
    now = timezone.now()
    for obj in batch:
        obj.priority, obj.version, obj.updated_at = 'emergency', obj.version + 1, now
        ServiceRequest.objects.filter(pk=obj.pk).update(priority=obj.priority, version=obj.version, updated_at=now)
        RequestUpdate.objects.create(
            **{name: getattr(obj, name) for name in COPIED},
            priority=obj.priority, version=obj.version, history_date=now, history_type='~', channel='system',
            event='request.prioritised', changed='priority', previous_status=obj.status, notes=NOTES, is_internal=True,
        )


def _restore_fact(batch, apps):
    apps.get_model('gasutil', 'ServiceRequest').objects.filter(pk__in=[obj.pk for obj in batch]).update(is_emergency=True)


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0013_emergencies'),
    ]

    operations = [
        AddIndexOnline(
            model_name='servicerequest',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['-is_emergency', '-urgency', 'queue_at', '-id'], name='request_first'),
        ),
        AddIndexOnline(
            model_name='servicerequest',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['assigned_to', 'request_type', 'is_emergency', 'priority', 'status', 'due_at'], name='request_standing'),
        ),
        AddIndexOnline(
            model_name='servicerequest',
            index=models.Index(condition=models.Q(('resolved_at__isnull', False)), fields=['resolved_at', 'resolve_by', 'is_breached'], name='request_resolved_late'),
        ),
        RemoveIndexOnline(
            model_name='servicerequest',
            name='request_queue',
        ),
        RemoveIndexOnline(
            model_name='servicerequest',
            name='request_open',
        ),
        RemoveIndexOnline(
            model_name='servicerequest',
            name='request_resolved',
        ),
        migrations.RunPython(restore, migrations.RunPython.noop, elidable=True),
    ]
