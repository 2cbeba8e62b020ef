"""`Idempotency-Key`: a repeated call gets the stored response and does nothing a second time."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from django.db import IntegrityError
from django.http import HttpResponse
from django.utils import timezone

from gasutil.access import Actor
from gasutil.api.framework.errors import JSON
from gasutil.errors import DeskError, IdempotencyConflict
from gasutil.models import IdempotencyKey

Keep = Callable[[HttpResponse], None]
"""Store the response to a call, in the transaction of its change."""


def once(
    actor: Actor,
    key: str,
    path: str,
    body: Mapping[str, Any],
    perform: Callable[[Keep], HttpResponse],
) -> HttpResponse:
    """Perform a call and store its response, or return the response stored under the same key.

    A second call that comes while the first is running waits at the unique index of the keys when
    it stores its own response, and is then rolled back.

    Raises:
        IdempotencyConflict: The key was used with another body.
    """
    fingerprint = hashlib.sha256(
        path.encode() + orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    ).hexdigest()
    mine = IdempotencyKey.objects.filter(user=actor.person, key=key)
    mine.expired(timezone.now()).delete()
    if first := mine.first():
        return _again(first, fingerprint)

    def keep(answer: HttpResponse) -> None:
        IdempotencyKey.objects.create(
            user=actor.person,
            key=key,
            fingerprint=fingerprint,
            status=answer.status_code,
            answer=answer.content,
            location=answer.headers.get("Location", ""),
            etag=answer.headers.get("ETag", ""),
        )

    try:
        return perform(keep)
    except (IntegrityError, DeskError):  # a real error, or only because the first call was faster?
        if first := mine.first():
            return _again(first, fingerprint)
        raise


def _again(row: IdempotencyKey, fingerprint: str) -> HttpResponse:
    if row.fingerprint != fingerprint:
        raise IdempotencyConflict("This Idempotency-Key was already used with a different body.")
    headers = {"Location": row.location, "ETag": row.etag, "Idempotency-Replayed": "true"}
    return HttpResponse(bytes(row.answer), status=row.status, content_type=JSON, headers=headers)
