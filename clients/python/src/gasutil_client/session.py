"""A login and the calls that are made under it: tokens are refreshed as they run out, by one at a time."""

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
    """One user's way to one server. `anyone` and `client` are what the generated calls take: without a login, and under it."""

    def __init__(self, server: str, tokens: TokenStore | None = None, *, timeout: httpx.Timeout = TIMEOUT) -> None:
        self.server = server.rstrip("/")
        self.tokens: TokenStore = tokens or MemoryTokens()
        self.anyone = Client(base_url=self.server).set_httpx_client(Caller(base_url=self.server, timeout=timeout))
        self.http = Caller(base_url=self.server, timeout=timeout, auth=Bearer(self), follow_redirects=False)
        self.client = AuthenticatedClient(base_url=self.server, token="").set_httpx_client(self.http)  # `Bearer` has it

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, where: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections; the tokens stay."""
        self.http.close()
        self.anyone.get_httpx_client().close()

    def log_in(self, username: str, password: str) -> None:
        """Open a login and keep its tokens."""
        fresh = expect(TokenPair, login.sync_detailed(client=self.anyone, body=Credentials(username, password)))
        with self.tokens.alone():
            self.tokens.save(fresh)

    def log_out(self) -> None:
        """End the login, and forget its tokens even if the server can't be told."""
        with self.tokens.alone():
            kept = self.tokens.load()
            self.tokens.save(None)
        if kept is not None:
            logout.sync_detailed(client=self.anyone, body=RefreshToken(kept.refresh))

    def access(self) -> str:
        """Return the access token of now; raise `LoginEnded` where nobody is logged in."""
        kept = self.tokens.load()
        if kept is None:
            raise LoginEnded
        return kept.access

    def renew(self, spent: str) -> str:
        """Return an access token in place of one that is spent.

        A refresh token is good once, and its second use ends the login. So one thread of one process refreshes; the
        others wait, and find what it has brought.
        """
        with self.tokens.alone():
            kept = self.tokens.load()
            if kept is None:
                raise LoginEnded
            if kept.access != spent:
                return kept.access
            answer = refresh_login.sync_detailed(client=self.anyone, body=RefreshToken(kept.refresh))
            if answer.status_code == HTTPStatus.UNAUTHORIZED:
                self.tokens.save(None)
                raise LoginEnded("Your login has ended. Log in again.")
            fresh = expect(TokenPair, answer)
            self.tokens.save(fresh)
            return fresh.access


class Bearer(httpx.Auth):
    """Puts the access token on each call, and makes a call once more where the token was spent."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send a call, and send it again with a fresh token if it was answered 401."""
        access = self.session.access()
        request.headers["Authorization"] = f"Bearer {access}"
        answer = yield request
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            request.headers["Authorization"] = f"Bearer {self.session.renew(access)}"
            yield request


class Caller(httpx.Client):
    """Makes calls; a server that is not there is `Away`, and so is what answers in its place."""

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send a call; raise `Away` where no answer of the desk's own comes back."""
        try:
            answer = super().send(request, **options)
        except httpx.TransportError as error:
            raise Away(f"{request.url.host} can't be reached: {error or type(error).__name__}.") from error
        if answer.is_server_error and not answer.headers.get("Content-Type", "").startswith(PROBLEM):
            answer.close()
            raise Away(f"{request.url.host} answered {answer.status_code}.")
        return answer


def check(answer: Response[Any]) -> None:
    """Raise `Refused` where the server said no."""
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        raise refusal(answer.status_code, answer.parsed, answer.headers.get("Retry-After"))


def expect(kind: type[T], answer: Response[Any]) -> T:
    """Return what a generated call (its `sync_detailed`) was answered; raise `Refused` where that is anything else."""
    check(answer)
    if not isinstance(answer.parsed, kind):
        raise Away(f"The server answered {answer.status_code}, and not as its document says.")
    return answer.parsed


def refusal(status: int, problem: object, retry_after: str | None) -> Refused:
    """Return the error of an answer, with the seconds of its `Retry-After`."""
    if not isinstance(problem, Problem):
        title = HTTPStatus(status).phrase
        problem = Problem(type_="about:blank", title=title, status=status, detail=f"The server answered {status} {title}.")
    return Refused(problem, float(retry_after) if retry_after and retry_after.isdigit() else None)
