"""The steps that add a comment, and add and remove files."""

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gasutil.access import Actor
from gasutil.errors import Conflict
from gasutil.models import (
    Attachment,
    Event,
    Status,
    User,
)
from gasutil.workflow import messages
from gasutil.workflow.change import Additive, Change, LogEvent, Step


@Additive
def comment(change: Change) -> LogEvent | None:
    """Add a comment.

    The owner's also resumes a request on hold and reopens a resolved one, see `messages.receive`.
    """
    before = change.obj.status
    if messages.receive_message(change):
        return LogEvent(Event.COMMENTED, notes=change.notes, is_internal=True)
    return LogEvent(Event.STATUS_CHANGED) if change.obj.status != before else None


def attach(attachment: Attachment) -> Step:
    """Return the step that adds a file to a request, and saves it.

    The owner's file resumes and reopens it as their comment does.

    No limit refuses a file on an emergency.
    """

    @Additive
    def step(change: Change) -> LogEvent:
        if not messages.is_emergency_report(change.obj):
            _check_file_limits(change, attachment)
        is_stored_only = messages.receive_message(change)
        attachment.service_request, attachment.uploaded_by = change.obj, change.actor.user
        attachment.machine_account = change.actor.machine
        attachment.created_at = change.now
        attachment.save(force_insert=True)  # now, because the row in the log has its ID
        return LogEvent(
            Event.ATTACHED,
            subject=attachment.filename,
            attachment=attachment.pk,
            sha256=attachment.sha256,
            is_internal=is_stored_only,
            is_attention=True,
        )

    return step


def _check_file_limits(change: Change, attachment: Attachment) -> None:
    count = Attachment.objects.filter(service_request=change.obj).count()
    if count >= settings.FILES_A_REQUEST:
        text = ngettext(
            "%(reference)s already has %(number)d file, the maximum.",
            "%(reference)s already has %(number)d files, the maximum.",
            count,
        )
        raise Conflict(text % {"reference": change.obj.reference, "number": count})
    if not change.actor.is_staff:
        _keep_to_the_quota(change.actor, attachment.size)


def _keep_to_the_quota(actor: Actor, size: int) -> None:
    """Raise `Conflict` if an upload exceeds a customer's quota.

    Staff, who upload files that others sent them, have none.
    """
    User.objects.select_for_update(no_key=True).get(
        pk=actor.person.pk
    )  # who uploads twice at once is counted twice
    mine = (
        Attachment.objects.filter(uploaded_by=actor.id).aggregate(total=Sum("size"))["total"] or 0
    )
    if mine + size > settings.FILES_QUOTA:
        sizes = {"size": mine // 2**20, "most": settings.FILES_QUOTA // 2**20}
        raise Conflict(_("You have uploaded %(size)s MiB. The limit is %(most)s MiB.") % sizes)


def detach(attachment: Attachment) -> Step:
    """Return the step that removes a file."""

    def step(change: Change) -> LogEvent:
        if change.obj.status != Status.PENDING:
            params = {"reference": change.obj.reference, "status": change.obj.status}
            raise Conflict(
                _("%(reference)s is %(status)s. Files can only be removed from pending requests.")
                % params
            )
        return LogEvent(
            Event.DETACHED,
            subject=attachment.filename,
            attachment=attachment.pk,
            sha256=attachment.sha256,
        )

    return step
