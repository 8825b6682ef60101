"""A fast start: no garbage collection, and numpy with one thread.

Modules create hundreds of thousands of permanent objects while they load. Searching them for
garbage would take a tenth of the time to the first frame, and would later delay a frame while the
app runs. numpy's linear algebra would start a thread for each core, which takes as long as the rest
of numpy; the screen's matrix products are small, and the sampling needs the other cores.

Records that the first frame needs are named tuples where possible: defining a dataclass takes
eight times as long, and dozens of them take the time of a frame.
"""

import gc
import os

_NUMPYS_THREADS = "OPENBLAS_NUM_THREADS"


def begin() -> None:
    """Load numpy with a single thread, and disable garbage collection until :func:`done`."""
    gc.disable()
    if _NUMPYS_THREADS in os.environ:
        return
    os.environ[_NUMPYS_THREADS] = "1"
    try:
        import numpy  # noqa: F401
    finally:
        del os.environ[_NUMPYS_THREADS]  # not for child processes


def done() -> None:
    """Enable garbage collection for objects made from now on."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
