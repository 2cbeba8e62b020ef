"""A login and its calls: expired tokens are refreshed, by one thread or process at a time."""

from collections.abc import Generator
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from gasutil_client.errors import Away, LoginEnded, Refused
from gasutil_client.generated import AuthenticatedClient, Client
from gasutil_client.generated.api.tokens import login, logout, refresh_login
from gasutil_client.generated.models import Credentials, Problem, RefreshToken, TokenPair
from gasutil_client.generated.types import Response
from gasutil_client.tokens import MemoryTokens, TokenStore

T = TypeVar("T")
TIMEOUT = httpx.Timeout(30, connect=10)
PROBLEM = "application/problem+json"


class Session:
    """One user's connection to one server.

    The generated calls take `anyone` (without a login) or `client` (with it).
    """

    def __init__(
        self, server: str, tokens: TokenStore | None = None, *, timeout: httpx.Timeout = TIMEOUT
    ) -> None:
        self.server = server.rstrip("/")
        self.tokens: TokenStore = tokens or MemoryTokens()
        self.anyone = Client(base_url=self.server).set_httpx_client(
            Caller(base_url=self.server, timeout=timeout)
        )
        self.http = Caller(
            base_url=self.server, timeout=timeout, auth=Bearer(self), follow_redirects=False
        )
        self.client = AuthenticatedClient(base_url=self.server, token="").set_httpx_client(
            self.http
        )  # `Bearer` adds the token

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; the tokens remain."""
        self.http.close()
        self.anyone.get_httpx_client().close()

    def log_in(self, username: str, password: str) -> None:
        """Log in and store the tokens."""
        fresh = expect(
            TokenPair, login.sync_detailed(client=self.anyone, body=Credentials(username, password))
        )
        with self.tokens.alone():
            self.tokens.save(fresh)

    def log_out(self) -> None:
        """End the login, and forget its tokens even if the server can't be reached."""
        with self.tokens.alone():
            stored = self.tokens.load()
            self.tokens.save(None)
        if stored is not None:
            logout.sync_detailed(client=self.anyone, body=RefreshToken(stored.refresh))

    def access(self) -> str:
        """Return the current access token; raise `LoginEnded` if no user is logged in."""
        stored = self.tokens.load()
        if stored is None:
            raise LoginEnded
        return stored.access

    def renew(self, spent: str) -> str:
        """Return a new access token in place of an expired one.

        A refresh token is good once, and its second use ends the login. So one thread of one
        process refreshes; the others wait, and find what it has brought.
        """
        with self.tokens.alone():
            stored = self.tokens.load()
            if stored is None:
                raise LoginEnded
            if stored.access != spent:
                return stored.access
            answer = refresh_login.sync_detailed(
                client=self.anyone, body=RefreshToken(stored.refresh)
            )
            if answer.status_code == HTTPStatus.UNAUTHORIZED:
                self.tokens.save(None)
                raise LoginEnded("Your login has ended. Log in again.")
            fresh = expect(TokenPair, answer)
            self.tokens.save(fresh)
            return fresh.access


class Bearer(httpx.Auth):
    """Adds the access token to each call, and repeats a call once if the token has expired."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Send a call, and send it again with a new token if the response is 401."""
        access = self.session.access()
        request.headers["Authorization"] = f"Bearer {access}"
        answer = yield request
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            request.headers["Authorization"] = f"Bearer {self.session.renew(access)}"
            yield request


class Caller(httpx.Client):
    """Makes calls.

    Raises `Away` if the server can't be reached, or if a proxy responds in its place.
    """

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send a call; raise `Away` if no response of the desk comes back."""
        try:
            answer = super().send(request, **options)
        except httpx.TransportError as error:
            raise Away(
                f"{request.url.host} can't be reached: {error or type(error).__name__}."
            ) from error
        if answer.is_server_error and not answer.headers.get("Content-Type", "").startswith(
            PROBLEM
        ):
            answer.close()
            raise Away(f"{request.url.host} returned {answer.status_code}.")
        return answer


def check(answer: Response[Any]) -> None:
    """Raise `Refused` if the server rejected the call."""
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        raise refusal(answer.status_code, answer.parsed, answer.headers.get("Retry-After"))


def expect(kind: type[T], answer: Response[Any]) -> T:
    """Return the response of a generated call (its `sync_detailed`).

    Raise `Refused` if it has another type.
    """
    check(answer)
    if not isinstance(answer.parsed, kind):
        raise Away(f"The server returned {answer.status_code} with an unexpected body.")
    return answer.parsed


def refusal(status: int, problem: object, retry_after: str | None) -> Refused:
    """Return the error in a response, with the seconds of its `Retry-After`."""
    if not isinstance(problem, Problem):
        title = HTTPStatus(status).phrase
        problem = Problem(
            type_="about:blank",
            title=title,
            status=status,
            detail=f"The server returned {status} {title}.",
        )
    return Refused(problem, float(retry_after) if retry_after and retry_after.isdigit() else None)
