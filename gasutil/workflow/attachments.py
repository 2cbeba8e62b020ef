"""The verbs of files: each upload and each removal is a change of its request, and no row is ever without its file."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.uploadedfile import UploadedFile
from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from gasutil import access
from gasutil.access import OWNER_OR_STAFF, Actor
from gasutil.errors import Busy, NotAllowed, NotFound
from gasutil.files.judging import Judged, judge
from gasutil.models import Attachment, ServiceRequest
from gasutil.workflow import engine, steps

logger = logging.getLogger(__name__)
STORE_IS_AWAY = (OSError, BotoCoreError, ClientError)


def attach(pk: int, *, actor: Actor, file: "UploadedFile[bytes]") -> Attachment:
    """Add a file to a request."""
    access.reach(actor, ServiceRequest, pk, OWNER_OR_STAFF)  # before the work of judging
    with stored([judge(file)]) as (attachment,), transaction.atomic():
        add(pk, attachment, actor=actor)
    return attachment


@contextmanager
def stored(files: Sequence[Judged]) -> Iterator[list[Attachment]]:
    """Keep files and give what is to be saved of them; if that fails, keep none.

    A database that goes away may have saved it all and not come to say so: then they stay, and `sweep_files` finds them.
    """
    kept: list[Attachment] = []
    try:
        for one in files:
            kept.append(Attachment(filename=one.filename, content_type=one.content_type, size=one.size, sha256=one.sha256))
            _store(kept[-1], one)
        yield kept
    except (OperationalError, InterfaceError):
        raise
    except BaseException:
        for attachment in kept:
            with suppress(*STORE_IS_AWAY):  # what is left behind is found by `sweep_files`
                attachment.delete_files()
        raise


def _store(attachment: Attachment, judged: Judged) -> None:
    """Keep a file; raise `Busy` where the store is away or full."""
    try:
        attachment.file.save(judged.filename, judged.content, save=False)
        if judged.thumbnail:
            attachment.thumbnail.save("thumbnail.jpg", judged.thumbnail, save=False)
    except STORE_IS_AWAY as error:
        logger.exception("%s could not be kept", judged.filename)
        raise Busy from error


def add(pk: int, attachment: Attachment, *, actor: Actor) -> ServiceRequest:
    """Save a file that is kept already, with its row in the log."""
    obj = engine.change(pk, steps.attach(attachment), actor=actor, allowed=OWNER_OR_STAFF)
    attachment.service_request, attachment.uploaded_by, attachment.created_at = obj, actor.person, obj.updated_at
    attachment.save(force_insert=True)
    return obj


def remove(pk: int, *, actor: Actor) -> None:
    """Remove a file from a request that is still pending: whoever has uploaded it may."""
    found = access.find(actor, Attachment, pk)
    if found.uploaded_by_id != actor.id:
        raise NotAllowed(_("Only whoever has uploaded a file may remove it."))
    with transaction.atomic():
        engine.change(found.service_request_id, steps.detach(found), actor=actor, allowed=OWNER_OR_STAFF)
        if not Attachment.objects.filter(pk=pk).delete()[0]:
            raise NotFound
        transaction.on_commit(found.delete_files, robust=True)
