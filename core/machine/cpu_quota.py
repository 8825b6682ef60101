"""The CPU time that a container or a batch system allows this process (Linux control groups)."""

import math
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_MEMBERSHIP = Path("/proc/self/cgroup")
_MOUNT = Path("/sys/fs/cgroup")
_V1_FOLDERS = ("cpu", "cpu,cpuacct", "cpuacct,cpu")


def cpu_quota() -> int | None:
    """Return how many CPUs' worth of time this process may use, rounded up; None: no limit.

    A group of version 2 has it in ``cpu.max``, one of version 1 in ``cpu.cfs_quota_us``; the
    groups above it limit it too.
    """
    limits = [math.ceil(limit) for limit in _limits() if limit > 0]
    return max(1, min(limits)) if limits else None


def _limits() -> Iterator[float]:
    for folder in _groups():
        with suppress(OSError, ValueError, ZeroDivisionError):
            quota, period = (folder / "cpu.max").read_text(encoding="ascii").split()
            if quota != "max":
                yield int(quota) / int(period)
        with suppress(OSError, ValueError, ZeroDivisionError):
            quota = int((folder / "cpu.cfs_quota_us").read_text(encoding="ascii"))
            period = int((folder / "cpu.cfs_period_us").read_text(encoding="ascii"))
            if quota > 0:  # -1: no limit
                yield quota / period


def _groups() -> Iterator[Path]:
    """Yield the folders of this process's groups and of those above them."""
    try:
        lines = _MEMBERSHIP.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        mounts = [_MOUNT]
        if controllers:
            if "cpu" not in controllers.split(","):
                continue
            mounts = [_MOUNT / name for name in _V1_FOLDERS]
        # in a container the path may be the host's, of which only the mount's root is to be seen
        parts = [part for part in group.split("/") if part not in ("", "..")]
        for mount in mounts:
            for depth in range(len(parts), -1, -1):
                yield mount.joinpath(*parts[:depth])
