"""Add the event of a reason for a missed deadline; no row and no column changes."""

from django.db import migrations, models

EVENTS = [
    ("request.created", "Created"),
    ("request.status_changed", "Status changed"),
    ("request.assigned", "Assigned"),
    ("request.prioritised", "Prioritised"),
    ("request.reclassified", "Reclassified"),
    ("request.claimed", "Claimed by a customer"),
    ("request.commented", "Message or note added"),
    ("request.milestone", "Milestone"),
    ("request.escalated", "Escalated"),
    ("request.joined", "Added to incident"),
    ("request.attachment_added", "File added"),
    ("request.attachment_removed", "File removed"),
    ("request.left", "Removed from incident"),
    ("request.reference_changed", "Reference changed"),
    ("request.breach_explained", "Reason for a missed deadline"),
    ("request.reviewed", "Reviewed"),
    ("request.returned", "Returned for work"),
]


class Migration(migrations.Migration):
    dependencies = [("gasutil", "0085_saved_view_pages")]

    operations = [
        migrations.AlterField(
            model_name="requestupdate",
            name="event",
            field=models.CharField(choices=EVENTS, max_length=32),
        ),
    ]
