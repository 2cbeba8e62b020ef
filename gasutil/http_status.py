"""The HTTP status of each error, for the API's problems and the console's pages alike."""

from collections.abc import Mapping

from gasutil import errors
from gasutil.errors import DeskError

HTTP_STATUSES: Mapping[type[DeskError], int] = {
    errors.NotAuthenticated: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.StaleVersion: 412,
    errors.TooLarge: 413,
    errors.Unsupported: 415,
    errors.Invalid: 422,
    errors.TooManyAttempts: 429,
    errors.Busy: 503,
}


def status_of(error: DeskError) -> int:
    """Return the HTTP status of an error."""
    return next(HTTP_STATUSES[kind] for kind in type(error).__mro__ if kind in HTTP_STATUSES)
