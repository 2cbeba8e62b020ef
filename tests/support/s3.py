"""A real S3 store."""

import io
import json
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from tests.support import processes
from tests.support.servers import LiveServer

WEED = Path(sys.executable).with_name("weed")
KEYS = {"AWS_ACCESS_KEY_ID": "desk", "AWS_SECRET_ACCESS_KEY": "only-for-tests"}
BUCKET = "files"


class Store:
    """A SeaweedFS of its own, which a test can kill and start again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        master, filer, volume, admin, self.port = (
            port % 20_000 + 10_000 for port in processes.free_ports(5)
        )  # its gRPC ports are 10,000 higher
        login = {"accessKey": KEYS["AWS_ACCESS_KEY_ID"], "secretKey": KEYS["AWS_SECRET_ACCESS_KEY"]}
        known = {
            "identities": [
                {
                    "name": "desk",
                    "credentials": [login],
                    "actions": ["Admin", "Read", "Write", "List"],
                }
            ]
        }
        (folder / "ids.json").write_text(json.dumps(known))
        ports = [
            f"-master.port={master}",
            f"-filer.port={filer}",
            f"-volume.port={volume}",
            f"-s3.port={self.port}",
        ]
        ports += [f"-admin.port={admin}", "-s3.port.iceberg=0", "-s3.port.lance=0"]
        where = [
            f"-dir={folder}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            f"-s3.config={folder / 'ids.json'}",
        ]
        self.command = [
            str(WEED),
            "mini",
            *where,
            *ports,
            "-admin.ui=false",
            "-webdav=false",
            f"-bucket={BUCKET}",
        ]
        self.process: processes.Process[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = processes.start(
            self.command, is_ready=self.is_ready, folder=self.folder, is_quiet=True
        )

    def is_ready(self) -> bool:
        with suppress(BotoCoreError, ClientError):
            return bool(self.client().put_object(Bucket=BUCKET, Key="ready", Body=b"x"))
        return False

    def stop(self) -> None:
        """Kill it."""
        if self.process:
            processes.kill(self.process)

    def client(self) -> Any:
        config = Config(
            s3={"addressing_style": "path"},
            connect_timeout=2,
            read_timeout=5,
            retries={"max_attempts": 1},
        )
        login = {name.lower(): value for name, value in KEYS.items()}
        return boto3.client(
            "s3", endpoint_url=self.url, region_name="us-east-1", config=config, **login
        )

    def keys(self) -> list[str]:
        result = self.client().list_objects_v2(Bucket=BUCKET, Prefix="attachments/")
        return [item["Key"] for item in result.get("Contents", []) if not item["Key"].endswith("/")]


def attach(desk: LiveServer) -> tuple[int, Any]:
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "orange").save(picture, "JPEG")
    picture.seek(0)
    picture.name = "meter.jpg"
    request = desk.request(
        "POST",
        f"requests/{desk.known['pk']}/attachments/",
        "customer",
        Content_Type=MULTIPART_CONTENT,
    )
    request.data = encode_multipart(BOUNDARY, {"file": picture})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())
