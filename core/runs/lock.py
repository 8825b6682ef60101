"""The lock of a run folder: held by the one process that trains in it. No torch."""

import contextlib
import fcntl
import json
import os
import socket
import time
from pathlib import Path
from typing import TextIO

from ..errors import DiffvizError

LOCK = "lock"
_ATTEMPTS, _BETWEEN_S = 10, 0.05


def take_lock(run: Path) -> TextIO:
    """Take the folder's lock; the operating system frees it however the process ends.

    Raises:
        DiffvizError: if another process has it, or the folder can't be written.
    """
    try:
        handle = (run / LOCK).open("a", encoding="utf-8")
    except OSError as error:
        raise DiffvizError(f"can't write in the run folder {run}: {error.strerror}") from error
    for attempt in range(_ATTEMPTS):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except OSError as error:
            if attempt + 1 == _ATTEMPTS:
                handle.close()
                raise DiffvizError(f"another process is training in {run}: stop it first") from (
                    error
                )
            # `is_held` in another process has it for an instant; for longer on a busy machine
            time.sleep(_BETWEEN_S)
    holder = json.dumps({"pid": os.getpid(), "host": socket.gethostname()}) + "\n"
    with contextlib.suppress(OSError):  # for people to read
        os.ftruncate(handle.fileno(), 0)
        os.write(handle.fileno(), holder.encode())
    return handle


def is_held(run: Path) -> bool:
    """Return whether a process trains in the folder at this moment."""
    try:
        handle = os.open(run / LOCK, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)  # and with it the shared lock
    return False


def heartbeat(run: Path) -> None:
    """Show that the trainer is alive while it writes no log."""
    with contextlib.suppress(OSError):
        os.utime(run / LOCK)
