"""A store that is killed during uploads, or away while a file is removed.

No row is without its file, and no success without both.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.busy_server import BusyServer
from tests.support.databases import database
from tests.support.s3 import BUCKET, KEYS, Store, attach

pytestmark = pytest.mark.services


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    folder = tmp_path / "store"
    folder.mkdir()
    result = Store(folder)
    result.start()
    yield result
    result.stop()


@pytest.fixture
def desk(template: str, store: Store, tmp_path: Path) -> Iterator[BusyServer]:
    there = {
        "AWS_STORAGE_BUCKET_NAME": BUCKET,
        "AWS_S3_ENDPOINT_URL": store.url,
        "AWS_S3_REGION_NAME": "us-east-1",
    }
    with database(template) as url:
        server = BusyServer(tmp_path, DATABASE_URL=url, **there, **KEYS)
        server.start()
        yield server
        server.stop()


def test_confirmed_files_are_stored_and_other_calls_are_503(desk: BusyServer, store: Store) -> None:
    with desk.busy():
        desk.get_going()
        store.stop()
        refused, noted = desk.file_with_picture(), desk.note()
        for call in (refused, noted):
            desk.calls.append(call)
            call.make()
        status, states = desk.health()
        store.start()
        desk.get_going()
    assert (refused.status, noted.status) == (201, 200)  # an emergency is created without its file
    assert (status, states["storage"], states["database"]) == (503, "down", "ok")
    assert {call.status for call in desk.calls if call.what != "form"} == {200, 201}
    desk.check()


def test_a_file_that_could_not_be_removed_is_found_by_the_sweep(
    desk: BusyServer, store: Store
) -> None:
    gone, stored = attach(desk)[1], attach(desk)[1]
    store.stop()
    began = time.monotonic()
    assert desk.call("DELETE", f"attachments/{gone['id']}/", "customer")[0] in (
        0,
        204,
    )  # 0: it took longer than we wait
    assert time.monotonic() - began < 30
    store.start()
    assert left_of(desk) == [stored["id"]]
    assert len(store.keys()) == 4
    assert (
        desk.manage("sweep_files", "--grace", "0", "--delete", "--days", "0").count("deleted: ")
        == 2
    )
    assert (len(store.keys()), desk.manage("sweep_files", "--grace", "0")) == (2, "")


def left_of(desk: BusyServer) -> list[Any]:
    return [
        attachment["id"]
        for attachment in desk.call("GET", f"requests/{desk.known['pk']}/", "customer")[1][
            "attachments"
        ]
    ]
