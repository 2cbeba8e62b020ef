"""The verbs of files.

Each upload and each removal is a change of its request, and no row is ever without its file.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, NamedTuple

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gasutil import access, installation
from gasutil.access import OWNER_OR_STAFF, Actor
from gasutil.errors import (
    Busy,
    DeskError,
    FieldError,
    FilesUnavailable,
    Invalid,
    NotAllowed,
    NotFound,
    Unsupported,
)
from gasutil.files.names import clean_name
from gasutil.files.storage import STORE_ERRORS
from gasutil.files.upload_validation import ValidatedFile, validate_upload
from gasutil.models import Attachment, ServiceRequest
from gasutil.search import index as search_index
from gasutil.workflow import engine, messages, steps

logger = logging.getLogger(__name__)
FILES_SECONDS = 15  # for the files of a call: a request thread validates no further one after that


def attach(
    pk: int,
    *,
    actor: Actor,
    file: "UploadedFile[bytes]",
    and_then: Callable[[Attachment], None] | None = None,
    **options: Any,
) -> Attachment:
    """Add a file to a request.

    The owner's file resumes a request on hold and reopens a resolved one: `status` is the new
    status. `and_then` is called in the same transaction, unless `RequestClosed` follows. `options`
    are those of `engine.change`.
    """
    before, roles = access.get_for_action(
        actor, ServiceRequest, pk, OWNER_OR_STAFF
    )  # before the work of validation
    with stored([validate_upload(file, user=actor.id)]) as (attachment,), transaction.atomic():
        obj = add_to_request(pk, attachment, actor=actor, **options)
        attachment.new_status = obj.status if obj.status != before.status else ""
        if and_then and not messages.is_only_stored(obj, roles):
            and_then(attachment)
    messages.refuse_if_closed(obj, roles)
    return attachment


class RefusedFile(NamedTuple):
    """A file of an emergency that was not stored, and why."""

    filename: str
    code: str
    message: str

    @classmethod
    def of(cls, upload: "UploadedFile[bytes]", error: DeskError) -> "RefusedFile":
        """Return the reason of an error, in the words of its field if it has one."""
        first = (
            error.errors[0]
            if isinstance(error, Invalid)
            else FieldError("", error.code, error.message)
        )
        return cls(clean_name(upload.name or ""), first.code, first.message)


@contextmanager
def stored_if_possible(
    uploads: Sequence["UploadedFile[bytes]"], *, user: int | None
) -> Iterator[tuple[list[Attachment], list[RefusedFile]]]:
    """Store the files that can be stored.

    Give them, and the others with the reasons: files never stop an emergency.

    After one has found the decoder, the scanner or the store busy or unavailable, the rest are not
    tried, so that the caller does not wait for each. Neither are those that are left after
    `FILES_SECONDS`.
    """
    refused: list[RefusedFile] = []
    unavailable: DeskError | None = None
    end = time.monotonic() + FILES_SECONDS
    with ExitStack() as stack:
        attachments: list[Attachment] = []
        for number, upload in enumerate(uploads):
            try:
                if time.monotonic() > end:
                    raise Busy
                if unavailable or number >= settings.FILES_A_CALL:
                    raise unavailable or _too_many()
                attachments += stack.enter_context(stored([_validate_any(upload, user)]))
            except DeskError as error:
                unavailable = error if isinstance(error, Busy) else unavailable
                refused.append(RefusedFile.of(upload, error))
        yield attachments, refused


def _validate_any(upload: "UploadedFile[bytes]", user: int | None) -> ValidatedFile:
    """Validate a file.

    Raise `Unsupported` even where a decoder fails in a way that was not foreseen.
    """
    try:
        return validate_upload(upload, field="attachments", user=user)
    except DeskError:
        raise
    except Exception as error:
        logger.exception("%s could not be validated", upload.name)
        raise Unsupported(_("This file can't be read.")) from error


def _too_many() -> Invalid:
    text = ngettext(
        "Send at most %(number)d file.", "Send at most %(number)d files.", settings.FILES_A_CALL
    )
    most = settings.FILES_A_CALL
    return Invalid([FieldError("attachments", "too_long", text % {"number": most}, {"max": most})])


def validate_uploads(
    uploads: Sequence["UploadedFile[bytes]"], *, user: int | None
) -> list[ValidatedFile]:
    """Validate the files of a call.

    Raise `Invalid` for too many, and what `validate_upload` raises.
    """
    if len(uploads) > settings.FILES_A_CALL:
        raise _too_many()
    return [validate_upload(upload, field="attachments", user=user) for upload in in_time(uploads)]


def in_time(uploads: Sequence["UploadedFile[bytes]"]) -> Iterator["UploadedFile[bytes]"]:
    """Yield the files of a call one by one; raise `Busy` if some are left after `FILES_SECONDS`."""
    end = time.monotonic() + FILES_SECONDS
    for upload in uploads:
        if time.monotonic() > end:
            raise Busy
        yield upload


@contextmanager
def stored(files: Sequence[ValidatedFile]) -> Iterator[list[Attachment]]:
    """Keep files and give what is to be saved of them; if that fails, keep none.

    A database that goes away may have saved it all and not come to say so: then they stay, and
    `sweep_files` finds them.
    """
    saved: list[Attachment] = []
    try:
        for file in files:
            saved.append(
                Attachment(
                    filename=file.filename,
                    content_type=file.content_type,
                    size=file.size,
                    sha256=file.sha256,
                )
            )
            _store(saved[-1], file)
        yield saved
    except (OperationalError, InterfaceError):
        raise
    except BaseException:
        for attachment in saved:
            with suppress(*STORE_ERRORS):  # what is left behind is found by `sweep_files`
                attachment.delete_files()
        raise


def _store(attachment: Attachment, file: ValidatedFile) -> None:
    """Store a file; raise `FilesUnavailable` if the store is unavailable or full."""
    try:
        attachment.file.save(file.filename, file.content, save=False)
        if file.thumbnail:
            attachment.thumbnail.save("thumbnail.jpg", file.thumbnail, save=False)
    except STORE_ERRORS as error:
        logger.exception("%s could not be stored", file.filename)
        raise FilesUnavailable from error


def add_to_request(
    pk: int,
    attachment: Attachment,
    *,
    actor: Actor,
    versions: Collection[int] = (),
    **options: Any,
) -> ServiceRequest:
    """Add a stored file to a request; `options` are those of `engine.change`."""
    obj = engine.change(
        pk,
        steps.attach(attachment),
        actor=actor,
        allowed=OWNER_OR_STAFF,
        versions=versions,
        **options,
    )
    search_index.append(obj, version=obj.version, public=[attachment.filename])
    return obj


def remove(pk: int, *, actor: Actor, **options: Any) -> None:
    """Remove a file from a pending request. Only the user who uploaded it can do this.

    Raises `NotFound`, `NotAllowed` and `Conflict`.
    """
    result = access.find(actor, Attachment, pk)
    machine = actor.machine and actor.machine.pk
    if (result.uploaded_by_id, result.machine_account_id) != (actor.id, machine):
        raise NotAllowed(_("Only the person who uploaded a file can remove it."))
    with transaction.atomic():
        engine.change(
            result.service_request_id,
            steps.detach(result),
            actor=actor,
            allowed=OWNER_OR_STAFF,
            **options,
        )
        if not Attachment.objects.filter(pk=pk).delete()[0]:
            raise NotFound
        search_index.rebuild([result.service_request_id])
        transaction.on_commit(lambda: _delete_files(result), robust=True)


def _delete_files(attachment: Attachment) -> None:
    """Delete the files of a row that is gone, unless the store may be another installation's.

    Then `sweep_files` decides later.
    """
    if installation.may_delete_files():
        attachment.delete_files()
