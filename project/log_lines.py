"""The format of log lines."""

import logging
import time

from project import request_ids


class UtcFormatter(logging.Formatter):
    """Write times in UTC with their offset, whatever `TIME_ZONE` says.

    So lines compare with other servers' logs. `{request_id}` is the ID of the request that is being
    served, or `-`.
    """

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03d+00:00"

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, or several for an error with its traceback."""
        record.request_id = request_ids.current.get() or "-"
        return super().format(record)
