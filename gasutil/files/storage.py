"""The store of files: the folder or the S3 bucket."""

import logging
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gasutil.errors import FilesUnavailable, NotFound

logger = logging.getLogger(__name__)
# What a store that is unavailable or full raises.
STORE_ERRORS = (OSError, BotoCoreError, ClientError)


def read_stored(file: Any) -> bytes:
    """Return the content of a stored file.

    Raise `NotFound` if it is gone, and `FilesUnavailable` if the store is.
    """
    try:
        with file.open("rb") as content:
            return bytes(content.read())
    except FileNotFoundError as error:
        raise NotFound from error
    except STORE_ERRORS as error:
        logger.exception("%s could not be read", file.name)
        raise FilesUnavailable from error
