"""Filing a request with the app.

It asks questions, shows errors and asks again; a lost response files once.
"""

import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner, Result

from gasutil.models import ServiceRequest, User
from gasutil_client.cli import filing
from gasutil_client.cli.main import app
from tests.support.people import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
LEAK = (
    "file",
    "--type",
    "gas_leak_inspection",
    "--description",
    "Smell of gas",
    "--set",
    "everyone_out=yes",
)


class Lossy:
    """A proxy that loses the responses to the first calls that file a request."""

    def __init__(self, server: str, lost: int) -> None:
        where, self.lost, way = urlsplit(server), lost, self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                connection = http.client.HTTPConnection(str(where.hostname), where.port)
                connection.request(self.command, self.path, body, dict(self.headers))
                answer = connection.getresponse()
                content = answer.read()
                connection.close()
                if (self.command, self.path) == ("POST", "/api/v1/requests/") and way.lost:
                    way.lost -= 1
                    return
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.end_headers()
                self.wfile.write(content)

            def do_GET(self) -> None:
                self.do_POST()

            def log_message(self, *args: Any) -> None:
                """Log nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(
            target=self.http.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self.thread.start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def way(live_server: Any) -> Iterator[Lossy]:
    way = Lossy(live_server.url, 0)
    yield way
    way.close()


@pytest.fixture
def run(way: Lossy, customer: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return `run(…)`: the app of a customer who is logged in.

    `input` has the answers to its questions.
    """
    monkeypatch.setenv("GASUTIL_SERVER", way.url)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(filing, "RETRY_DELAYS_SECONDS", (0, 0))

    def run(*arguments: str, **more: Any) -> Result:
        return CliRunner().invoke(app, arguments, **more)

    assert run("login", "--username", "customer", "--password", PASSWORD).exit_code == 0
    return run


def test_a_lost_response_files_once(run: Any, way: Lossy) -> None:
    way.lost = 2
    done = run(*LEAK)
    assert (done.exit_code, ServiceRequest.objects.get().details) == (0, {"everyone_out": True})
    assert ServiceRequest.objects.get().reference in done.output


def test_if_every_response_is_lost_it_explains_how_to_file_once(run: Any, way: Lossy) -> None:
    way.lost = 3
    message = str(run(*LEAK).exception)
    assert "The request may have been created." in message
    assert run(*LEAK, "--key", message.rpartition(" ")[2]).exit_code == 0
    assert ServiceRequest.objects.count() == 1


def test_it_asks_all_questions_and_invalid_answers_again(run: Any) -> None:
    texts = [
        "7",
        "Bill is wrong",
        "",
        "",
        "already_paid",
        "AB-12",
        "2099-01-01",
        "x",
        "12.5",
        "",
        "2026-01-30",
        "",
        "",
        "2026-01-31",
    ]
    done = run("file", "--ask", input="\n".join(texts) + "\n")
    assert done.exit_code == 0, done.output
    filed = ServiceRequest.objects.get()
    answers = {
        "reason": "already_paid",
        "bill_number": "AB-12",
        "bill_date": "2026-01-31",
        "disputed_amount": 12.5,
        "paid_on": "2026-01-30",
    }
    assert (filed.request_type_id, filed.description, filed.address, filed.details) == (
        "billing_dispute",
        "Bill is wrong",
        "1 customer Street",
        answers,
    )
    for result in (
        "This question is required.",
        "“x” is not a number.",
        "bill_date: This is too late.",
        "When did you pay?",
    ):
        assert result in done.output, done.output


def test_an_emergency_shows_the_safety_text_first(run: Any) -> None:
    output = run(
        "file", "--ask", "--type", "gas_leak_inspection", input="It smells" + "\n" * 12
    ).output
    assert output.index("1906") < output.index("What happened?") < output.index("Created request")
    assert output.index("What happened?") < output.rindex("1906") < output.index("Created request")


def test_texts_of_others_have_no_escape_sequences(run: Any) -> None:
    assert (
        run(
            "file",
            "--type",
            "new_connection",
            "--description",
            "\x1b[2J[bold]x[/]\u202e",
            "--no-ask",
        ).exit_code
        == 0
    )
    output = run("show", str(ServiceRequest.objects.get().pk)).output
    assert ("\x1b" not in output, "\u202e" not in output, "[bold]x[/]" in output) == (
        True,
        True,
        True,
    )


def test_another_user_starts_without_a_position(run: Any, neighbour: User, tmp_path: Path) -> None:
    stored = next(tmp_path.rglob("tokens.json")).with_name("stream.json")
    stored.write_text("{}", encoding="utf-8")
    assert (
        run("logout").exit_code
        == run("login", "--username", "customer", "--password", PASSWORD).exit_code
        == 0
    )
    assert stored.exists()
    assert run("login", "--username", "neighbour", "--password", PASSWORD).exit_code == 0
    assert not stored.exists()
