"""One POST, to receivers that succeed, hang, are slow, send too much or no HTTP, and redirect."""

import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from gasutil.webhooks import posting
from gasutil.webhooks.posting import Unreachable
from tests.support import webhook_receiver as how
from tests.support.network import Names
from tests.support.webhook_receiver import Receiver, running, says

pytestmark = pytest.mark.usefixtures("closed_network")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the timeout to a second, instead of twenty."""
    monkeypatch.setattr(posting, "TOTAL_SECONDS", 1)


def post(receiver: Receiver, **headers: str) -> posting.Answer:
    return posting.post(receiver.url, b'{"a":1}', headers)


def test_it_works(receiver: Receiver) -> None:
    receiver.answers = [says(202, b"Thanks!")]
    assert posting.post(f"{receiver.url}?a=%20b", b'{"a":1}', {"X-One": "1"}) == posting.Answer(
        202, "Thanks!", ""
    )
    (got,) = receiver.got
    assert (got.path, got.body) == ("/hook?a=%20b", b'{"a":1}')
    assert (got.headers["host"], got.headers["x-one"]) == (f"127.0.0.1:{receiver.port}", "1")


def test_it_returns_the_status_and_the_retry_after(receiver: Receiver) -> None:
    receiver.answers = [says(503, b"Closed", Retry_After="120")]
    assert post(receiver) == posting.Answer(503, "Closed", "120")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("where", ["self", "http://169.254.169.254/latest/meta-data/"])
def test_it_never_follows_a_redirect(status: int, where: str, receiver: Receiver) -> None:
    receiver.answers = [
        says(status, Location=receiver.url.replace("hook", "inner") if where == "self" else where)
    ]
    assert post(receiver).status == status
    assert [got.path for got in receiver.got] == ["/hook"]


@pytest.mark.parametrize("answering", [how.hangs, how.drips])
def test_it_has_a_timeout(answering: Any, receiver: Receiver, impatient: None) -> None:
    receiver.answers = [answering]
    began = time.monotonic()
    with pytest.raises(Unreachable, match=r"It did not respond in time\."):
        post(receiver)
    assert 0.9 < time.monotonic() - began < 3


def test_a_body_that_does_not_end_is_not_waited_for(receiver: Receiver, impatient: None) -> None:
    receiver.answers = [how.drips_a_body]
    began = time.monotonic()
    answer = post(receiver)
    assert (answer.status, set(answer.text)) == (200, {"x"})
    assert time.monotonic() - began < 3


def test_it_reads_only_the_beginning_of_a_flood(receiver: Receiver) -> None:
    receiver.answers = [how.pours]
    assert len(post(receiver).text) == posting.MAX_RESPONSE_BYTES


def test_a_response_that_is_read_in_part_is_closed(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An open response holds its socket open until it is collected.

    That may happen in any test.
    """
    responses: list[Any] = []
    ask = posting._ask
    monkeypatch.setattr(
        posting, "_ask", lambda *arguments: responses.append(ask(*arguments)) or responses[-1]
    )
    receiver.answers = [how.pours]
    post(receiver)
    assert [response.isclosed() for response in responses] == [True]


@pytest.mark.parametrize(
    ("answering", "text"),
    [
        (how.babbles, "Its response was not HTTP."),
        (how.hangs_up, "It closed the connection."),
    ],
)
def test_it_names_the_error(answering: Any, text: str, receiver: Receiver) -> None:
    receiver.answers = [answering]
    with pytest.raises(Unreachable, match=text):
        post(receiver)


def test_an_unreachable_host_is_an_error(receiver: Receiver) -> None:
    receiver.stop()
    with pytest.raises(Unreachable, match=r"It refused the connection\."):
        post(receiver)


# --- https
# --------------------------------------------------------------------------------------------------


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """A certificate authority that this machine trusts."""
    result = trustme.CA()
    result.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return result


def context_of(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


@pytest.fixture
def secure(authority: trustme.CA, names: Names) -> Iterator[Receiver]:
    """A receiver by https, under the name `hooks.example`."""
    names(hooks_example=["127.0.0.1"])
    yield from running(context_of(authority, "hooks.example"))


def test_https_goes_to_the_address_that_was_looked_at_and_checks_the_name(secure: Receiver) -> None:
    asked: list[str | None] = []
    secure.socket.context.sni_callback = lambda sock, name, context: asked.append(name)  # type: ignore[attr-defined]
    url = f"https://hooks.example:{secure.port}/hook"
    assert posting.post(url, b"{}", {}).status == 200
    assert secure.got[0].headers["host"] == f"hooks.example:{secure.port}"
    assert asked == ["hooks.example"]


def test_a_certificate_of_another_name_is_rejected(authority: trustme.CA, names: Names) -> None:
    names(hooks_example=["127.0.0.1"])
    for receiver in running(context_of(authority, "other.example")):
        with pytest.raises(Unreachable, match="Its certificate is not valid: Hostname mismatch"):
            posting.post(f"https://hooks.example:{receiver.port}/", b"{}", {})
        assert receiver.got == []


def test_a_certificate_of_an_unknown_authority_is_rejected(names: Names) -> None:
    names(hooks_example=["127.0.0.1"])
    for receiver in running(context_of(trustme.CA(), "hooks.example")):
        with pytest.raises(Unreachable, match="Its certificate is not valid"):
            posting.post(f"https://hooks.example:{receiver.port}/", b"{}", {})
        assert receiver.got == []


def test_a_server_without_tls_is_an_error(receiver: Receiver, names: Names) -> None:
    names(hooks_example=["127.0.0.1"])
    with pytest.raises(Unreachable, match=r"No secure connection could be made\."):
        posting.post(f"https://hooks.example:{receiver.port}/", b"{}", {})


# --- Names that change
# --------------------------------------------------------------------------------------------


def test_a_name_that_now_has_a_private_address_is_not_called(
    receiver: Receiver, names: Names, settings
) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = False
    names(rebinding_example=["127.0.0.1"])
    with pytest.raises(
        Unreachable,
        match=r"rebinding.example resolves to 127\.0\.0\.1, which is not a public address\.",
    ):
        posting.post(f"https://rebinding.example:{receiver.port}/hook", b"{}", {})
    assert receiver.got == []


def test_a_name_is_asked_for_once_a_post(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address that is checked is the one that is connected to.

    A second lookup could return another.
    """
    asked: list[str] = []
    real = posting.addresses.socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        asked.append(host)
        return real("127.0.0.1", port, *args, **kwargs)

    monkeypatch.setattr(posting.addresses.socket, "getaddrinfo", getaddrinfo)
    posting.post(f"http://hooks.example:{receiver.port}/hook", b"{}", {})
    assert asked == [
        "hooks.example",
        "127.0.0.1",
    ]  # the second is the address itself, which stands for itself


def test_after_a_silent_address_the_next_is_tried(receiver: Receiver, names: Names) -> None:
    names(two_example=["127.0.0.2", "127.0.0.1"])
    assert posting.post(f"http://two.example:{receiver.port}/hook", b"{}", {}).status == 200
