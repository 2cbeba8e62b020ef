"""Files in a real S3 store (SeaweedFS).

Links expire quickly and work for one user, and the store may be away.
"""

import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import try_manage
from tests.support.s3 import BUCKET, KEYS, Store, attach
from tests.support.servers import LiveServer
from tests.support.waiting import wait_for

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
def desk(store: Store, tmp_path: Path) -> Iterator[LiveServer]:
    there = {
        "AWS_STORAGE_BUCKET_NAME": BUCKET,
        "AWS_S3_ENDPOINT_URL": store.url,
        "AWS_S3_REGION_NAME": "us-east-1",
    }
    server = LiveServer(tmp_path, **there, **KEYS)
    server.start()
    yield server
    server.stop()


class Unmoved(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *args: Any) -> None:
        return None


def link_of(desk: LiveServer, pk: int, who: str = "customer") -> str:
    with pytest.raises(urllib.error.HTTPError, match="302") as answer:
        urllib.request.build_opener(Unmoved).open(
            desk.request("GET", f"attachments/{pk}/download/", who), timeout=10
        )
    with answer.value:
        return str(answer.value.headers["Location"])


def fetch(url: str) -> tuple[int, bytes, Any]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, b"", error.headers


def test_a_changed_link_is_invalid(desk: LiveServer, store: Store) -> None:
    status, shown = attach(desk)
    assert status == 201, shown
    link = link_of(desk, shown["id"])
    status, content, headers = fetch(link)
    assert (status, len(content), headers["Content-Disposition"]) == (
        200,
        shown["size"],
        'attachment; filename="meter.jpg"',
    )
    assert "X-Amz-Expires=60" in link
    bare, (own, other) = link.partition("?")[0], sorted(store.keys())
    assert len(bare) < len(link)
    key = next(item for item in (own, other) if bare.endswith(item))
    tampered = {
        "unsigned": bare,
        "another file": link.replace(key, next(item for item in (own, other) if item != key)),
        "longer": link.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"),
        "another signature": link[:-1] + ("0" if link[-1] != "0" else "1"),
        "another name": link.replace("meter.jpg", "meter.exe"),
    }
    assert {why: fetch(url)[0] for why, url in tampered.items()} == dict.fromkeys(tampered, 403)


def test_a_link_expires(desk: LiveServer, store: Store) -> None:
    attach(desk)
    link = store.client().generate_presigned_url(
        "get_object", Params={"Bucket": BUCKET, "Key": store.keys()[0]}, ExpiresIn=1
    )
    assert fetch(link)[0] == 200
    wait_for(lambda: fetch(link)[0] == 403)


def test_no_one_else_gets_a_link(desk: LiveServer) -> None:
    _, shown = attach(desk)
    assert desk.call("GET", f"attachments/{shown['id']}/download/", "neighbour")[0] == 404


def test_a_file_that_is_removed_is_gone_from_the_store(desk: LiveServer, store: Store) -> None:
    _, shown = attach(desk)
    assert len(store.keys()) == 2
    assert desk.call("DELETE", f"attachments/{shown['id']}/", "customer")[0] == 204
    assert store.keys() == []


def test_a_file_that_belongs_to_no_row_goes_by_the_trash(desk: LiveServer, store: Store) -> None:
    store.client().put_object(Bucket=BUCKET, Key="attachments/2026/01/orphan.jpg", Body=b"x")
    time.sleep(1.1)  # the store's times are of whole seconds
    attach(desk)
    sweep = ["sweep_files", "--delete", "--grace", "0"]
    assert desk.manage(*sweep).startswith("in the trash until ")
    assert len(store.keys()) == 3
    assert desk.manage(*sweep, "--days", "0") == "deleted: attachments/2026/01/orphan.jpg\n"
    assert (len(store.keys()), desk.manage("sweep_files", "--grace", "0")) == (2, "")


def test_a_copy_of_the_database_deletes_nothing_of_the_store(
    desk: LiveServer, store: Store, tmp_path: Path
) -> None:
    attach(desk)
    desk.manage("prepare", "--no-demo")
    shutil.copy(tmp_path / "db.sqlite3", tmp_path / "copy.sqlite3")
    stored = attach(desk)[1]  # after the backup: the copy has no row for it
    copy = desk.environment | {"DATABASE_URL": f"sqlite:///{tmp_path / 'copy.sqlite3'}"}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return try_manage(*command, environment=copy)

    assert "RESTORED FROM A BACKUP, OR COPIED" in run("prepare", "--no-demo").stderr
    for decision in ([], ["--new-id"]):
        run("installation", *decision)
        swept = run("sweep_files", "--delete", "--grace", "0", "--days", "0", "--percent", "100")
        assert swept.returncode != 0, swept.stdout
        assert len(store.keys()) == 4
    assert desk.manage("sweep_files", "--grace", "0") == ""
    assert fetch(link_of(desk, stored["id"]))[0] == 200


def test_a_store_that_is_away_costs_no_request_and_leaves_no_row(
    desk: LiveServer, store: Store
) -> None:
    store.stop()
    began = time.monotonic()
    status, problem = attach(desk)
    assert (status, problem["type"]) == (503, "urn:gasutil:problem:files-unavailable")
    assert time.monotonic() - began < 20
    assert desk.call("GET", f"requests/{desk.known['pk']}/", "customer")[1]["attachments"] == []
    assert (
        desk.call("PATCH", f"requests/{desk.known['pk']}/", "support", {"status": "in_progress"})[0]
        == 200
    )
    store.start()
    assert attach(desk)[0] == 201
