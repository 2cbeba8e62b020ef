"""Index and fill `customer_wrote_at`: without a lock on PostgreSQL, and in batches. It may run while the last release still serves."""

from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery

from gasutil.concurrent_indexes import AddIndexOnline

BATCH_SIZE = 500


def fill(apps, schema_editor):
    requests, log = apps.get_model("gasutil", "ServiceRequest"), apps.get_model("gasutil", "RequestUpdate")
    said = Q(notes__gt="") | Q(event="request.attachment_added")
    rows = log.objects.filter(said, id=OuterRef("pk"), history_date__gt=OuterRef("created_at")).order_by("-history_id")
    wrote = rows.filter(history_user__user_type="customer").exclude(event="request.created")
    replied = rows.filter(is_internal=False, history_user__isnull=False).exclude(history_user__user_type="customer")
    last = 0
    while ids := list(requests.objects.filter(is_open=True, pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH_SIZE]):
        found = requests.objects.filter(pk__in=ids).annotate(
            wrote=Subquery(wrote.values("history_id")[:1]),
            wrote_at=Subquery(wrote.values("history_date")[:1]),
            replied=Subquery(replied.values("history_id")[:1]),
        )
        for pk, wrote_id, wrote_at, replied_id in found.values_list("pk", "wrote", "wrote_at", "replied"):
            if wrote_id and wrote_id > (replied_id or 0):
                requests.objects.filter(pk=pk, customer_wrote_at=None).update(customer_wrote_at=wrote_at)
        last = ids[-1]


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('gasutil', '0017_customer_messages'),
    ]

    operations = [
        AddIndexOnline(
            model_name='servicerequest',
            index=models.Index(condition=models.Q(('customer_wrote_at__isnull', False)), fields=['customer_wrote_at'], name='request_customer_wrote'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
