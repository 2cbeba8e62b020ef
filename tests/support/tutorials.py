"""The commands of a tutorial, run in a copy of the code as a reader runs them in a clone."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from project.settings import BASE_DIR
from tests.support import processes
from tests.support.documentation import PAGES
from tests.support.processes import environment_of, free_port, status_of

PARTS = ("gasutil", "project", "templates", "fixtures", "clients", "manage.py", "Makefile")
PARTS += ("requirements.txt", ".mkdocs.yml")
BLOCK = re.compile(r'^```console(?: title="([^"]+)")?\n(.*?)^```', re.DOTALL | re.MULTILINE)
START_SECONDS = 240  # of the first `make run`
NOT_RUN = ("pip install",)  # the environment of the tests has it


def copy_code(folder: Path) -> Path:
    """Return a folder with a copy of the code, as in a clone."""
    for part in PARTS:
        copy = shutil.copytree if (BASE_DIR / part).is_dir() else shutil.copy2
        copy(BASE_DIR / part, folder / part)
    (folder / ".venv").symlink_to(Path(sys.prefix))
    return folder


class Tutorial:
    """A page, and the folder and the ports that its commands use."""

    def __init__(self, name: str, folder: Path, ports: tuple[int, ...], **settings: str) -> None:
        text = (PAGES / "tutorials" / name).read_text(encoding="utf-8")
        self.folder, self.environment = folder, environment_of(no_proxy="*", **settings)
        self.port = {port: free_port() for port in ports}
        self.commands: list[str] = []
        self.servers: dict[str, str] = {}
        for terminal, block in BLOCK.findall(text):
            commands = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
            if terminal:
                (self.servers[terminal],) = commands
            else:
                self.commands += [it for it in commands if not it.startswith(NOT_RUN)]
        self.running: list[processes.Process[bytes]] = []

    def adapted(self, command: str) -> str:
        """Return a command with free ports, on the environment of the tests."""
        for port, free in self.port.items():
            command = command.replace(str(port), str(free))
        command = command.replace("python3 ", f"{sys.executable} ")
        return command.replace("make run", f"PORT={self.port[8000]} make -o .venv/run.stamp run")

    def run(self, command: str, **changed: str) -> str:
        """Return what a command of the page prints; `changed` replaces parts of it."""
        assert any(command in it for it in self.commands), f"The page has no command {command!r}."
        script = "\n".join(it for it in self.commands[: self._end(command)] if _sets(it))
        text = next(it for it in self.commands if command in it)
        for old, new in changed.items():
            text = text.replace(old, new)
        done = subprocess.run(
            ["bash", "-eu", "-c", self.adapted(f"{script}\n{text}")],
            cwd=self.folder, env=self.environment, capture_output=True,
            text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _end(self, command: str) -> int:
        return next(number for number, it in enumerate(self.commands) if command in it)

    def start(
        self, terminal: str, *, until: str = "", **environment: str
    ) -> "processes.Process[bytes]":
        """Start the server of a terminal, and wait until an address responds if there is one."""
        process = processes.start(
            ["bash", "-eu", "-c", "exec env " + self.adapted(self.servers[terminal])],
            self.environment | environment,
            is_ready=lambda: not until or status_of(until) == 200,
            folder=self.folder,
            seconds=START_SECONDS,
        )
        self.running.append(process)
        return process

    def stop(self) -> None:
        """Stop all servers with what they have started, the last one first."""
        for process in reversed(self.running):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            processes.stop(process)
            processes.kill(process)


def _sets(command: str) -> bool:
    """Return whether a command sets a variable or a function for those after it."""
    return bool(re.match(r"(export )?[A-Za-z_]+(=|\(\))", command))
