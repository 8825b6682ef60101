"""A start that isn't held up by what the first frame doesn't need.

While modules load, hundreds of thousands of objects come and stay. Python would look through them
all for garbage again and again, which is a tenth of the time to the first frame, and later while
the app runs, which is a frame that comes late. And numpy's linear algebra would make a thread for
each core, which takes as long as the rest of numpy; the screen's products are small, and the other
cores are the sampling's.

Records that the first frame needs are named tuples where they can be: to make a dataclass takes
eight times as long, and dozens of them are a frame's time.
"""

import gc
import os

_NUMPYS_THREADS = "OPENBLAS_NUM_THREADS"


def begin() -> None:
    """Load numpy with a single thread, and look for no garbage until :func:`done`."""
    gc.disable()
    if _NUMPYS_THREADS in os.environ:
        return
    os.environ[_NUMPYS_THREADS] = "1"
    try:
        import numpy  # noqa: F401
    finally:
        del os.environ[_NUMPYS_THREADS]  # what this process starts decides for itself


def done() -> None:
    """Look for garbage again, but never among what is there by now."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
