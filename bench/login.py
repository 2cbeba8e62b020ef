"""Real logins, made by the project's own code inside the application (`manage.py shell`)."""

import json
from collections.abc import Iterable

from django.conf import settings

from gasutil.identity import logins, tokens
from gasutil.models import User


def log_in(ids: Iterable[int]) -> None:
    """Print an access token for each of these users, and the signing key."""
    _, key = tokens._key(settings.SECRET_KEY)
    print(
        json.dumps(
            {
                "key": key.hex(),
                "tokens": {
                    user.pk: logins.start_login(user).access
                    for user in User.objects.filter(pk__in=ids)
                },
            }
        )
    )
