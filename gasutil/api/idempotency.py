"""`Idempotency-Key`: a call that is made again after a lost answer gets that answer, and does nothing a second time."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils import timezone

from gasutil.access import Actor
from gasutil.api.errors import JSON
from gasutil.errors import IdempotencyConflict
from gasutil.models import IdempotencyKey


def once(actor: Actor, key: str, path: str, body: Mapping[str, Any], perform: Callable[[], HttpResponse]) -> HttpResponse:
    """Perform a call and keep its answer, in one transaction; the same key again brings the answer kept.

    A second call that comes while the first still runs waits for it in the database, on the key's unique index.
    """
    fingerprint = hashlib.sha256(path.encode() + orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
    IdempotencyKey.objects.expired(timezone.now()).filter(user=actor.person, key=key).delete()
    with transaction.atomic():
        try:
            with transaction.atomic():
                row = IdempotencyKey.objects.create(user_id=actor.person.pk, key=key, fingerprint=fingerprint)
        except IntegrityError:
            return _again(IdempotencyKey.objects.get(user_id=actor.person.pk, key=key), fingerprint)
        answer = perform()
        row.answer, row.location, row.etag = answer.content, answer.headers.get("Location", ""), answer.headers.get("ETag", "")
        row.save()
    return answer


def _again(row: IdempotencyKey, fingerprint: str) -> HttpResponse:
    if row.fingerprint != fingerprint:
        raise IdempotencyConflict("This Idempotency-Key has been used with another body.")
    headers = {"Location": row.location, "ETag": row.etag, "Idempotency-Replayed": "true"}
    return HttpResponse(bytes(row.answer), status=201, content_type=JSON, headers=headers)
