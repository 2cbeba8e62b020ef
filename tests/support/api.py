"""A client of the API."""

import json
from typing import Any

from django.test import Client

from gasutil.identity import logins
from gasutil.models import (
    User,
)
from tests.support.documentation import documented


class Api:
    """A client of the API: paths below `/api/v1/`, JSON in and out, with a user's token or none."""

    def __init__(self, user: User | None = None) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {} if user is None else {"Authorization": f"Bearer {token_of(user)}"}

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Make one call; `If_Match="…"` becomes the header `If-Match`.

        The response has `.status_code`, `.json()`, `.headers`.
        """
        sent = (
            {}
            if body is None
            else {
                "data": body if isinstance(body, str | bytes) else json.dumps(body),
                "content_type": "application/json",
            }
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = self.client.generic(
            method, f"/api/v1/{path}", headers=self.headers | named, **({"content_type": ""} | sent)
        )
        return documented(response)

    def send(self, path: str, **parts: Any) -> Any:
        """Post a form, with files or without."""
        return documented(self.client.post(f"/api/v1/{path}", parts, headers=self.headers))

    def get(self, path: str, **headers: str) -> Any:
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self("PATCH", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self("PUT", path, body, **headers)


def token_of(user: User) -> str:
    """Return an access token of a fresh login, without the cost of checking a password."""
    return logins.start_login(user).access
