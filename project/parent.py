"""End a process with the one that started it, however that one ends."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # of linux/prctl.h


def end_with_parent(parent: int | None = None) -> None:
    """Ask the kernel to send SIGTERM to this process when its parent dies; on Linux only.

    Args:
        parent: the process that has to be alive still; without it, the present parent is watched.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if parent is not None and os.getppid() != parent:  # it died before the call
        os.kill(os.getpid(), signal.SIGTERM)


def ends_with_me() -> Callable[[], None]:
    """Return the function that a child process calls before it starts its program.

    It is the `preexec_fn` of the child process.
    """
    parent = os.getpid()
    return lambda: end_with_parent(parent)
