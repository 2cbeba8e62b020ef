"""Files checked by a real clamd with one signature.

Infected files are rejected, and nothing is stored without a result.
"""

import io
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from gasutil.files import antivirus
from gasutil.models import Attachment, ServiceRequest, User
from tests.support import processes
from tests.support.api import Api
from tests.support.documents import PDF, pdf_of_size
from tests.support.files import files_in

pytestmark = [pytest.mark.services, pytest.mark.django_db]
TIMEOUT_SECONDS = 30
BAD = b"this-is-no-virus-but-stands-for-one"
BAD_PDF = pdf_of_size(2000, BAD)
MAX_STREAM_BYTES = 2 * 2**20  # that the daemon takes


class Daemon:
    """A clamd of its own, with a database of one signature."""

    def __init__(self, folder: Path) -> None:
        (folder / "db").mkdir()
        (folder / "db" / "desk.ndb").write_text(f"Desk.Test.Bad:0:*:{BAD.hex()}\n")
        self.port = processes.free_port()
        self.path = folder / "clamd.ctl"
        lines = {
            "DatabaseDirectory": folder / "db",
            "TCPAddr": "127.0.0.1",
            "TCPSocket": self.port,
            "LocalSocket": self.path,
        }
        lines |= {
            "Foreground": "yes",
            "StreamMaxLength": MAX_STREAM_BYTES,
            "LogFile": folder / "clamd.log",
        }
        (folder / "clamd.conf").write_text(
            "".join(f"{name} {value}\n" for name, value in lines.items())
        )
        program = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
        assert program, "Install clamav-daemon."
        self.command = [program, "--config-file", str(folder / "clamd.conf")]
        self.process: processes.Process[bytes] | None = None

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = processes.start(self.command, is_ready=self.is_ready, is_quiet=True)

    def is_ready(self) -> bool:
        return processes.accepts(self.port)

    def stop(self) -> None:
        assert self.process
        processes.kill(self.process)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    server = Daemon(tmp_path_factory.mktemp("clamd"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def daemon(shared: Daemon, settings: Settings, tmp_path: Path) -> Daemon:
    """The daemon that the desk uses, and an empty folder for files."""
    settings.CLAMD_URL, settings.MEDIA_ROOT = shared.url, tmp_path
    return shared


def document(content: bytes = PDF, name: str = "bill.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def send(user: User, obj: ServiceRequest, file: Any) -> Any:
    return Api(user).send(f"requests/{obj.pk}/attachments/", file=file)


def infected(field: str) -> list[dict[str, Any]]:
    return [
        {
            "field": field,
            "code": "infected",
            "message": "The virus scanner found Desk.Test.Bad.UNOFFICIAL in bill.pdf.",
            "params": {"what": "Desk.Test.Bad.UNOFFICIAL", "name": "bill.pdf"},
        }
    ]


def test_it_lets_clean_files_through(daemon: Daemon, customer: User, leak: ServiceRequest) -> None:
    assert send(customer, leak, document()).status_code == 201
    picture = io.BytesIO()
    Image.effect_noise((900, 900), 90).save(picture, "PNG")  # of several pieces
    assert antivirus.CHUNK_BYTES * 3 < len(picture.getvalue()) < MAX_STREAM_BYTES
    assert (
        send(
            customer, leak, SimpleUploadedFile("meter.png", picture.getvalue(), "image/png")
        ).status_code
        == 201
    )


def test_it_can_use_a_unix_socket(
    daemon: Daemon, settings: Settings, customer: User, leak: ServiceRequest
) -> None:
    settings.CLAMD_URL = f"unix://{daemon.path}"
    assert antivirus.is_reachable()
    assert [send(customer, leak, document(content)).status_code for content in (PDF, BAD_PDF)] == [
        201,
        422,
    ]


def test_infected_files_are_rejected_and_not_stored(
    daemon: Daemon, customer: User, leak: ServiceRequest, tmp_path: Path
) -> None:
    answer = send(customer, leak, document(BAD_PDF))
    assert (answer.status_code, answer.json()["errors"]) == (422, infected("file"))
    assert (files_in(tmp_path), Attachment.objects.count()) == ([], 0)


def test_an_infected_file_rejects_the_whole_request(
    daemon: Daemon, customer: User, tmp_path: Path
) -> None:
    parts = {
        "request_type": "new_connection",
        "description": "A new house",
        "attachments": [document(), document(BAD_PDF)],
    }
    answer = Api(customer).send("requests/", **parts)
    assert (answer.status_code, answer.json()["errors"]) == (422, infected("attachments"))
    assert (files_in(tmp_path), ServiceRequest.objects.count(), Attachment.objects.count()) == (
        [],
        0,
        0,
    )


def test_files_that_are_too_long_for_it_are_not_stored(
    daemon: Daemon, customer: User, leak: ServiceRequest, tmp_path: Path
) -> None:
    assert_busy(send(customer, leak, document(PDF + b" " * MAX_STREAM_BYTES + b"%%EOF")))
    assert files_in(tmp_path) == []


def assert_busy(answer: Any) -> None:
    assert (answer.status_code, answer.json()["type"]) == (
        503,
        "urn:gasutil:problem:files-unavailable",
    )
    assert int(answer.headers["Retry-After"]) > 0


def test_nothing_is_stored_during_an_outage(
    settings: Settings, customer: User, tmp_path: Path, leak: ServiceRequest
) -> None:
    settings.MEDIA_ROOT = files = tmp_path / "files"
    daemon = Daemon(tmp_path)
    settings.CLAMD_URL = daemon.url
    parts = {"request_type": "new_connection", "description": "A new house"}
    assert_busy(send(customer, leak, document()))
    assert_busy(Api(customer).send("requests/", **parts, attachments=document()))
    assert (files_in(files), Attachment.objects.count(), ServiceRequest.objects.count()) == (
        [],
        0,
        1,
    )
    assert Api(customer).post("requests/", parts).status_code == 201
    daemon.start()
    try:
        assert send(customer, leak, document()).status_code == 201
    finally:
        daemon.stop()
    assert_busy(send(customer, leak, document()))
    assert (len(files_in(files)), Attachment.objects.count()) == (1, 1)


def test_nothing_is_stored_while_it_hangs(
    daemon: Daemon,
    customer: User,
    leak: ServiceRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(antivirus, "STEP_TIMEOUT_SECONDS", 1)
    assert daemon.process
    daemon.process.send_signal(signal.SIGSTOP)
    try:
        assert_busy(send(customer, leak, document()))
    finally:
        daemon.process.send_signal(signal.SIGCONT)
    assert (files_in(tmp_path), Attachment.objects.count()) == ([], 0)


def health() -> Any:
    return Client().get("/health/").json()


def test_health_reports_it_only_if_configured(daemon: Daemon, settings: Settings) -> None:
    assert health()["antivirus"] == "ok"
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    assert health()["antivirus"] == "down"
    settings.CLAMD_URL = ""
    assert "antivirus" not in health()
