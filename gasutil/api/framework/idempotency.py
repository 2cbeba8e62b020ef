"""`Idempotency-Key`: a repeated call gets the stored response and does nothing a second time."""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from gasutil import sealing
from gasutil.access import Actor
from gasutil.api.framework.errors import JSON
from gasutil.api.framework.responses import found_at
from gasutil.errors import DeskError, IdempotencyConflict
from gasutil.identity.throttling import counted_as
from gasutil.models import IdempotencyKey, ReportKey

Keep = Callable[[HttpResponse], None]
"""Store the response to a call, in the transaction of its change."""


class KeyOfReport:
    """The response stored for one IP address, path and body of a call without an account.

    Another body is another call, so there is never a conflict. A key that is no UUID is ignored.
    """

    def __init__(
        self,
        address: str,
        key: uuid.UUID,
        *,
        path: str,
        body: Mapping[str, Any],
        has_secret: bool = False,
    ) -> None:
        self.has_secret = has_secret
        self.fingerprint = _fingerprint(path, body)
        scope = "\n".join((counted_as(address), path, key.hex, self.fingerprint))
        self.key = hashlib.sha256(scope.encode()).hexdigest()
        self.rows = ReportKey.objects.filter(key=self.key)

    def create(self) -> ReportKey:
        """Add the row; while another transaction has added the same, wait for its end."""
        return ReportKey.objects.create(key=self.key, fingerprint=self.fingerprint)

    def repeat(self) -> HttpResponse | None:
        """Return the stored response, or None; one that can't be read any more is deleted."""
        row = self.rows.first()
        try:
            return None if row is None else _as_response(row, self.has_secret)
        except sealing.UnreadableSecret:  # never an error: the report is made again
            self.rows.delete()
            return None


def read_uuid(text: str) -> uuid.UUID | None:
    """Return a UUID, or None for any other text."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


class StoredCall:
    """The responses stored for one caller, method, path and key.

    Releases before 0.2.0 stored a key as it was sent, for `POST requests/` alone.
    """

    def __init__(
        self,
        actor: Actor,
        key: str,
        *,
        method: str,
        path: str,
        body: Mapping[str, Any],
        has_secret: bool = False,
    ) -> None:
        self.has_secret = has_secret
        machine = actor.machine
        scope = "\n".join((*([actor.key] if machine else []), method, path, key))
        self.user_id = machine.created_by_id if machine else actor.person.pk
        self.key = hashlib.sha256(scope.encode()).hexdigest()
        self.fingerprint = _fingerprint(path, body, has_secret=has_secret)
        former = [key] if (method, path) == ("POST", "/api/v1/requests/") else []
        self.rows = IdempotencyKey.objects.filter(user=self.user_id, key__in=[self.key, *former])

    def create(self) -> IdempotencyKey:
        """Add the row; while another transaction has added the same, wait for its end."""
        return IdempotencyKey.objects.create(
            user_id=self.user_id, key=self.key, fingerprint=self.fingerprint
        )

    def repeat(self) -> HttpResponse | None:
        """Return the stored response, or None.

        Raise `IdempotencyConflict` for another body, and for a response that can't be read any
        more because `SECRET_KEY` has changed: the call is not made again.
        """
        row = self.rows.first()
        if row is None:
            return None
        if row.fingerprint != self.fingerprint:
            raise IdempotencyConflict(
                _("This Idempotency-Key was already used with a different body.")
            )
        try:
            return _as_response(row, self.has_secret)
        except sealing.UnreadableSecret as error:
            text = _("The response to this Idempotency-Key can't be read any more.")
            raise IdempotencyConflict(text) from error


def _fingerprint(path: str, body: Mapping[str, Any], *, has_secret: bool = False) -> str:
    """Return a digest of a call; that of a secret, such as a password, needs the server's key."""
    content = path.encode() + orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    if has_secret:
        return salted_hmac("gasutil.idempotency", content, algorithm="sha256").hexdigest()
    return hashlib.sha256(content).hexdigest()


def _as_response(row: IdempotencyKey | ReportKey, has_secret: bool) -> HttpResponse:
    headers = (found_at(row.location) if row.location else {}) | {"ETag": row.etag}
    content = bytes(row.answer)
    if has_secret:
        content = sealing.unseal(content.decode()).encode()
    return HttpResponse(
        content,
        status=row.status,
        content_type=JSON if content else None,
        headers={name: value for name, value in headers.items() if value}
        | {"Idempotency-Replayed": "true"},
    )


def once(
    call: StoredCall | KeyOfReport,
    perform: Callable[[Keep | None], HttpResponse],
    *,
    stores_itself: bool,
) -> HttpResponse:
    """Perform a call and store its response, or return the response stored under the same key.

    A second call that comes while the first is running waits for it at the unique index of the
    keys. A call that `stores_itself` does slow work before its transaction, and stores its response
    within it. Only responses below 400 are stored.

    Raises:
        IdempotencyConflict: The key was used with another body.
    """
    call.rows.expired(timezone.now()).delete()
    if response := call.repeat():
        return response
    try:
        if stores_itself:
            return perform(lambda response: _store(call, call.create(), response))
        return _in_transaction(call, perform)
    except (IntegrityError, DeskError):  # an error, or a race with the first call?
        if response := call.repeat():
            return response
        raise


def _in_transaction(
    call: StoredCall | KeyOfReport, perform: Callable[[Keep | None], HttpResponse]
) -> HttpResponse:
    """Perform a call in one transaction with its key.

    An error does not undo what the verb has stored before it raised: the message to a request that
    is closed, for example.
    """
    with transaction.atomic():
        row = call.create()
        try:
            response = perform(None)
        except DeskError as error:
            row.delete()
            failure: DeskError = error
        else:
            _store(call, row, response)
            return response
    raise failure


def _store(
    call: StoredCall | KeyOfReport, row: IdempotencyKey | ReportKey, response: HttpResponse
) -> None:
    row.status, row.answer = response.status_code, response.content
    if call.has_secret:
        row.answer = sealing.seal(response.content.decode()).encode()
    row.location = response.headers.get("Location", "")
    row.etag = response.headers.get("ETag", "")
    row.save()
