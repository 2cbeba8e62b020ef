"""A Redis of a test's own, which a test can stop and start again."""

from pathlib import Path

import redis

from tests.support import processes


class Redis:
    """A Redis server that stores nothing."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = processes.free_port(), folder
        self.process: processes.Process[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        where = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder)]
        command = ["redis-server", *where, "--save", "", "--appendonly", "no"]
        self.process = processes.start(command, is_ready=self.is_ready, is_quiet=True)

    def is_ready(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def kill(self) -> None:
        assert self.process
        processes.kill(self.process)
