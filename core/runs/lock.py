"""The lock of a run folder: held by the one process that trains in it. No torch.

The operating system frees the lock however its holder ends. Some file systems have no locks, and
some have them for each computer alone: there the log shows whether a process trains.
"""

import contextlib
import fcntl
import json
import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..errors import DiffvizError
from ..files.reading import read_bounded
from .files import LOCK
from .log_end import seconds_since_life, seems_to_train

_ATTEMPTS, _BETWEEN_S = 10, 0.05
_MAX_BYTES = 1 << 12


class RunLock:
    """The lock of a run folder, taken; a context manager."""

    def __init__(self, handle: int, problem: str | None) -> None:
        self._handle: int | None = handle
        self.problem = problem
        """Why it keeps no other process out; None if it does."""

    def close(self) -> None:
        """Release the lock."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that trains in a run folder."""

    host: str | None = None
    """The other computer it runs on; None: this one, or unknown."""


def take_lock(run: Path) -> RunLock:
    """Take the folder's lock; the operating system frees it however the process ends.

    Where the file system has no locks, the lock says so, and only what the log shows keeps two
    trainings apart.

    Raises:
        DiffvizError: if another process trains there, or the folder can't be written.
    """
    try:
        handle = os.open(run / LOCK, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
    except OSError as error:
        raise DiffvizError(f"can't write in the run folder {run}: {error.strerror}") from error
    try:
        problem = _lock(handle, run)
        _check_written_holder(run, unlocked=problem is not None)
    except BaseException:
        os.close(handle)
        raise
    holder = json.dumps({"pid": os.getpid(), "host": socket.gethostname()}) + "\n"
    with contextlib.suppress(OSError):
        os.ftruncate(handle, 0)
        os.write(handle, holder.encode())
    return RunLock(handle, problem)


def is_held(run: Path) -> bool:
    """Return whether a process trains in the folder at this moment, as far as that is known."""
    return holder_of(run) is not None


def holder_of(run: Path) -> Holder | None:
    """Return which process trains in the folder, as far as that is known; None if none does."""
    try:
        handle = os.open(run / LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return None
    except OSError:  # it may not be read: the log may
        return Holder() if seems_to_train(run) else None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return Holder()
    except OSError:  # the file system has no locks
        return Holder(_other_host(run)) if seems_to_train(run) else None
    finally:
        os.close(handle)  # and with it the shared lock
    # A lock of another computer doesn't show here on some network file systems.
    host = _other_host(run)
    return Holder(host) if host is not None and seems_to_train(run) else None


def heartbeat(run: Path) -> None:
    """Show that the trainer is alive while it writes no log."""
    with contextlib.suppress(OSError):
        os.utime(run / LOCK)


def _lock(handle: int, run: Path) -> str | None:
    """Lock the file; return why that is impossible, if it is.

    Raises:
        DiffvizError: if another process has it.
    """
    for _ in range(_ATTEMPTS):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return None
        except BlockingIOError:
            # `holder_of` in another process has it for an instant; for longer on a busy machine
            time.sleep(_BETWEEN_S)
        except OSError as error:
            return error.strerror or str(error)
    raise DiffvizError(f"another process is training in {run}: stop it first")


def _check_written_holder(run: Path, *, unlocked: bool) -> None:
    """Check that the process named in the lock file, which the lock may not keep out, is over.

    Raises:
        DiffvizError: if it seems to train on another computer or, ``unlocked``, on this one.
    """
    if not seems_to_train(run):
        return
    host = _other_host(run)
    if host is not None:
        raise DiffvizError(
            f"{run} trains on {host} (its log is {seconds_since_life(run):.0f} s old): stop it "
            "there first, or wait a minute if it has ended"
        )
    if unlocked and _lives(_written_holder(run).get("pid")):
        raise DiffvizError(f"another process is training in {run}: stop it first")


def _other_host(run: Path) -> str | None:
    """Return the computer named in the lock file, if that is another than this."""
    host = _written_holder(run).get("host")
    named = isinstance(host, str) and 0 < len(host) < 256
    return host if named and host != socket.gethostname() else None


def _written_holder(run: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_bounded(run / LOCK, _MAX_BYTES))
    except (OSError, DiffvizError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _lives(pid: object) -> bool:
    """Return whether another process of this computer has the number ``pid``."""
    if type(pid) is not int or not 0 < pid < 1 << 31 or pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True
