"""The format of log lines."""

import logging
import time


class UtcFormatter(logging.Formatter):
    """Write times in UTC with their offset, whatever `TIME_ZONE` says.

    So lines compare with other servers' logs.
    """

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03d+00:00"
