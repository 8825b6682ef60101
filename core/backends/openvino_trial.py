"""OpenVINO's first steps in a process of their own: a crash there costs nothing.

On machines whose processors are numbered in a way that OpenVINO doesn't expect, it ends the process
at its start or end. A good trial is remembered in the user's cache, until the machine starts anew
or its processors, limits or versions change; a bad one isn't.

This file is also the program of that process; as such it loads OpenVINO and numpy only.
"""

import hashlib
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

_TIMEOUT_S = 60.0
_FORGOTTEN_S = 30 * 86400.0  # marks of earlier starts of the machine
_MACHINE = ("/proc/sys/kernel/random/boot_id", "/sys/devices/system/cpu/online")


class _Process:
    """What is known about this process."""

    expendable = False
    """Whether it may crash: then no other one has to try first."""


def make_expendable() -> None:
    """Let this process itself be the trial: whoever started it handles its end."""
    _Process.expendable = True


def trial_problem(threads: int) -> str:
    """Return why OpenVINO can't compute with ``threads`` threads here; empty if it can.

    The trial takes a third of a second, a remembered one a millisecond.
    """
    from ..errors import DiffvizError
    from ..files.atomic import write_atomically
    from ..files.cache import cache_folder

    if _Process.expendable:
        return ""
    mark: Path | None = None
    try:
        mark = cache_folder("trials") / _identity(threads)
        if mark.exists():
            return ""
    except (OSError, RuntimeError):  # no cache: it is tried each time
        pass
    problem = _try(threads)
    if not problem and mark is not None:
        with suppress(OSError, DiffvizError):  # it only saves time
            write_atomically(mark, b"")
            for old in mark.parent.glob("openvino-*"):
                if time.time() - old.stat().st_mtime > _FORGOTTEN_S:
                    old.unlink(missing_ok=True)
    return problem


def _identity(threads: int) -> str:
    """Return the name of the mark of a good trial: it depends on everything the trial does."""
    from importlib.metadata import version

    facts = [version("openvino"), os.uname().nodename, str(threads)]
    if hasattr(os, "sched_getaffinity"):
        facts.append(str(sorted(os.sched_getaffinity(0))))
    for name in (*_MACHINE, __file__):
        try:
            facts.append(Path(name).read_text(encoding="utf-8"))
        except OSError:
            facts.append("")
    try:
        import resource

        facts += [str(resource.getrlimit(limit)) for limit in
                  (resource.RLIMIT_AS, resource.RLIMIT_NPROC)]  # fmt: skip
    except (ImportError, AttributeError, OSError):
        pass
    return "openvino-" + hashlib.sha256("\n".join(facts).encode()).hexdigest()[:32]


def _try(threads: int) -> str:
    command = [sys.executable, "-P", __file__, str(threads)]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "it hangs"
    except OSError as error:
        return f"it can't be tried: {error.strerror or error}"
    if done.returncode < 0:
        return f"it crashes, signal {-done.returncode}"
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        return lines[-1][:160] if lines else f"it ends with status {done.returncode}"
    return ""


def _main(threads: int) -> None:
    """Compile and run a small network, and end as processes do."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no file
    except (ImportError, ValueError, OSError):
        pass
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import numpy as np
    import openvino as ov
    from openvino import opset13 as ops

    x = ops.parameter([1, 1, 28, 28], np.float32)
    kernel = ops.constant(np.ones((1, 1, 3, 3), np.float32))
    output = ops.convolution(x, kernel, [1, 1], [1, 1], [1, 1], [1, 1])
    model = ov.Model([output], [x], "trial")  # pyright: ignore[reportGeneralTypeIssues]
    config = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY",
              "ENABLE_CPU_PINNING": False}  # fmt: skip
    request = ov.Core().compile_model(model, "CPU", config).create_infer_request()
    request.get_input_tensor(0).data[...] = 1.0
    request.infer()
    if request.get_output_tensor(0).data[0, 0, 14, 14] != 9.0:
        raise SystemExit("it computes wrong results")


if __name__ == "__main__":
    try:
        _main(int(sys.argv[1]))
    except Exception as error:  # the last line of it is what the user is told
        lines = [line for line in str(error).splitlines() if line.strip()]
        raise SystemExit(lines[-1] if lines else type(error).__name__) from None
