"""Keep `has_danger` of requests in step with their answers and the marks of their questions."""

from collections.abc import Iterator

from django.db.models import Q
from django_tasks import task

from gasutil.dynamic_forms import has_danger, marked_fields
from gasutil.models import RequestType, ServiceRequest

BATCH_SIZE = 500


def find_dangers(obj: ServiceRequest) -> None:
    """Set whether the answers of a request mean danger."""
    obj.has_danger = has_danger(obj.details, marked_fields(obj.answers_type, obj.details))


def update_type(request_type: RequestType) -> None:
    """Apply the marks of a type to its open requests.

    Where these are many, this happens in the background.
    """
    first = next(_batches(request_type.code), [])
    _update(first)
    if len(first) == BATCH_SIZE:
        update_type_later.enqueue(request_type.pk)


@task()
def update_type_later(pk: int) -> None:
    """Apply the marks of a type to all its open requests."""
    for batch in _batches(RequestType.objects.get(pk=pk).code):
        _update(batch)


def update_all_types() -> None:
    """Apply the marks of all types, as an earlier release has created requests without them."""
    for request_type in RequestType.objects.all():
        for batch in _batches(request_type.code):
            _update(batch)


def _batches(code: str) -> Iterator[list[ServiceRequest]]:
    """Yield the open requests that answer the questions of a type."""
    last = 0
    answering = Q(request_type=code, filed_as="") | Q(filed_as=code)
    rows = ServiceRequest.objects.filter(answering, is_open=True).exclude(details={}).order_by("pk")
    while batch := list(rows.filter(pk__gt=last)[:BATCH_SIZE]):
        yield batch
        last = batch[-1].pk


def _update(batch: list[ServiceRequest]) -> None:
    """Store what differs; it is no change of the request, so it has no row in the history."""
    if not batch:
        return
    marked = marked_fields(batch[0].answers_type, batch[0].details)
    for value in (True, False):
        differing = [
            obj.pk
            for obj in batch
            if has_danger(obj.details, marked) is value and obj.has_danger is not value
        ]
        if differing:
            ServiceRequest.objects.filter(pk__in=differing).update(has_danger=value)
