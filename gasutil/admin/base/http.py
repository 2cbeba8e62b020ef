"""The user and the ids of a request to the console."""

from django.http import Http404, HttpRequest

from gasutil.access import Actor
from gasutil.models import Channel, User

MAX_ID_DIGITS = 18  # any database holds so many


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor of a request; before the login, one without a user."""
    user = request.user
    return Actor(user if isinstance(user, User) else None, Channel.CONSOLE)


def pk_of(text: str | int) -> int:
    """Return the ID in a URL; raise `Http404` if it is not a number."""
    written = str(text)
    if not (written.isascii() and written.isdecimal() and len(written) <= MAX_ID_DIGITS):
        raise Http404
    return int(written)
