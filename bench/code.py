"""The code that is measured: this tree, and releases in folders with environments of their own."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEER_REQUIREMENTS = ROOT / "bench" / "peer" / "requirements.txt"
PIP = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


@dataclass(frozen=True)
class Code:
    """A folder with a release, and the interpreter of its environment.

    `log_in` is the name of the module in it that logs users in.
    """

    folder: Path
    python: str
    release: str = ""
    log_in: str = "bench.login"

    def run(self, command: Sequence[str], environment: Mapping[str, str]) -> str:
        """Run Python in it and return the output."""
        done = subprocess.run(
            [self.python, *command],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"`python {' '.join(command[:2])}` failed:\n{done.stderr[-4000:]}")
        return done.stdout


HERE = Code(ROOT, sys.executable)


def peer() -> Code:
    """Return this tree with the environment of the peer, created if it is not there."""
    return Code(ROOT, environment(ROOT / ".venv-peer", PEER_REQUIREMENTS, "--require-hashes"))


def version_0_1_0() -> Code:
    """Return version 0.1.0, what the goals call "today", with an environment of its own."""
    folder = ROOT / "var" / "bench" / "0.1.0"
    if not folder.exists():
        _extract("e8ff038", folder)
    python = environment(folder / ".venv", folder / "requirements.txt")
    return Code(folder, python, "0.1.0", "bench.people")


def environment(folder: Path, requirements: Path, *options: str) -> str:
    """Return the interpreter of an environment with these requirements.

    It is created if it is not there, or was created for others.
    """
    stamp, python = folder / "requirements.stamp", str(folder / "bin" / "python")
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == digest):
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, *PIP, *options, "-r", requirements], check=True)
        stamp.write_text(digest, encoding="utf-8")
    return python


def _extract(commit: str, folder: Path) -> None:
    """Write the tree of a commit into a folder."""
    git = shutil.which("git")
    command = [git or "git", "archive", commit]
    packed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if packed.returncode:
        raise SystemExit(
            f"Version 0.1.0 (commit {commit}) is not in this clone: `git fetch --unshallow`, or"
            f" --without today.\n{packed.stderr.decode(errors='replace')}"
        )
    partial = folder.with_suffix(f".{os.getpid()}")
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(partial, filter="data")
    partial.rename(folder)
