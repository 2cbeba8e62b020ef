"""`Idempotency-Key`: a call that is made again after a lost answer gets that answer, and does nothing a second time."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from django.db import IntegrityError
from django.http import HttpResponse
from django.utils import timezone

from gasutil.access import Actor
from gasutil.api.errors import JSON
from gasutil.errors import DeskError, IdempotencyConflict
from gasutil.models import IdempotencyKey

Keep = Callable[[HttpResponse], None]
"""Keep the answer to a call: in the transaction of what it tells of."""


def once(actor: Actor, key: str, path: str, body: Mapping[str, Any], perform: Callable[[Keep], HttpResponse]) -> HttpResponse:
    """Perform a call that keeps its answer; the same key again brings the answer kept.

    A second call that comes while the first still runs waits for it where it keeps its own answer, on the key's unique index,
    and is then undone.
    """
    fingerprint = hashlib.sha256(path.encode() + orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
    mine = IdempotencyKey.objects.filter(user=actor.person, key=key)
    mine.expired(timezone.now()).delete()
    if first := mine.first():
        return _again(first, fingerprint)

    def keep(answer: HttpResponse) -> None:
        IdempotencyKey.objects.create(
            user=actor.person,
            key=key,
            fingerprint=fingerprint,
            answer=answer.content,
            location=answer.headers.get("Location", ""),
            etag=answer.headers.get("ETag", ""),
        )

    try:
        return perform(keep)
    except (IntegrityError, DeskError):  # refused, or only because the first was faster?
        if first := mine.first():
            return _again(first, fingerprint)
        raise


def _again(row: IdempotencyKey, fingerprint: str) -> HttpResponse:
    if row.fingerprint != fingerprint:
        raise IdempotencyConflict("This Idempotency-Key has been used with another body.")
    headers = {"Location": row.location, "ETag": row.etag, "Idempotency-Replayed": "true"}
    return HttpResponse(bytes(row.answer), status=201, content_type=JSON, headers=headers)
