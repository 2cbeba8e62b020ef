"""What is told of a row of the log: the `data` of the stream and the body of a webhook, the very same bytes."""

from collections.abc import Mapping
from typing import Any

import orjson

from gasutil.models import RequestUpdate

UPDATE: Mapping[str, str] = {  # the fields of an update, each with the column that it comes from
    "id": "history_id",
    "service_request": "id",
    "status": "status",
    "previous_status": "previous_status",
    "notes": "notes",
    "is_internal": "is_internal",
    "author": "history_user",
    "created_at": "history_date",
}
COLUMNS = {name: RequestUpdate._meta.get_field(path).attname for name, path in UPDATE.items()}


def data_of(row: Any, reference: str) -> bytes:
    """Return what is told of a row, as JSON, with its request's reference: the one thing that the log does not keep."""
    update = {name: getattr(row, column) for name, column in COLUMNS.items()}
    data = {"id": row.history_id, "event": row.event, "service_request": row.id, "reference": reference, "update": update}
    return orjson.dumps(data, option=orjson.OPT_UTC_Z)
