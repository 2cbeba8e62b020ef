"""The content of an event.

The `data` of the stream and the body of a webhook are the same, byte for byte.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from gasutil.models import RequestUpdate

UPDATE_FIELDS: Mapping[
    str, str
] = {  # the fields of an update, each with the column that it comes from
    "id": "history_id",
    "service_request": "id",
    "status": "status",
    "previous_status": "previous_status",
    "notes": "notes",
    "is_internal": "is_internal",
    "author": "history_user",
    "created_at": "history_date",
}
UPDATE_COLUMNS = {
    name: RequestUpdate._meta.get_field(path).attname for name, path in UPDATE_FIELDS.items()
}


def data_of(row: Any, reference: str) -> bytes:
    """Return the event of a history row as JSON.

    It has the reference of its request, which the history lacks.
    """
    update = {name: getattr(row, column) for name, column in UPDATE_COLUMNS.items()}
    data = {
        "id": row.history_id,
        "event": row.event,
        "service_request": row.id,
        "reference": reference,
        "update": update,
    }
    return orjson.dumps(data, option=orjson.OPT_UTC_Z)
