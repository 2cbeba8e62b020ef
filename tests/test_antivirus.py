"""A virus scanner that accepts connections and never responds."""

import io
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from pytest_django import Settings

from gasutil.errors import Busy
from gasutil.files import antivirus


def test_a_daemon_that_hangs_holds_few_threads(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(antivirus, "SCAN_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(antivirus, "SCANS", threading.BoundedSemaphore(2))
    with socket.create_server(("127.0.0.1", 0)) as daemon, ThreadPoolExecutor(2) as pool:
        settings.CLAMD_URL = f"tcp://127.0.0.1:{daemon.getsockname()[1]}"
        scans = [pool.submit(antivirus.scan, io.BytesIO(b"x")) for _ in range(2)]
        hanging = [daemon.accept()[0] for _ in scans]
        with pytest.raises(Busy):
            antivirus.require_clean(io.BytesIO(b"x"), name="meter.png", field="file")
        for connection in hanging:
            connection.close()
        for scan in scans:
            assert scan.exception() is None or isinstance(scan.exception(), OSError)
    assert antivirus.SCANS.acquire(blocking=False)
