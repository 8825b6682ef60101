"""How many threads numpy's BLAS uses; numpy itself has no way to say it.

The products here are so small that threads of BLAS wait for each other longer than they compute:
on busy cores two took more than twenty times as long as one, at their best as long. Environment
variables such as ``OPENBLAS_NUM_THREADS`` would have to be there before numpy is loaded, so the
library itself is told.
"""

import ctypes
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

_MODULES = ("numpy._core._multiarray_umath", "numpy.core._multiarray_umath")  # numpy 2 and 1
# OpenBLAS as numpy's wheels name its functions, or as it was built by itself
_SPELLINGS = (
    "scipy_openblas_{}64_",
    "scipy_openblas_{}",
    "openblas_{}64_",
    "openblas_{}",
)


class _Control(NamedTuple):
    get: Callable[[], int]
    set: Callable[[int], None]


def can_limit() -> bool:
    """Return whether the BLAS here can be held to one thread; true of OpenBLAS."""
    return _control() is not None


@contextmanager
def one_thread() -> Generator[None]:
    """Hold numpy's BLAS to one thread, in the whole process; another BLAS does as it likes."""
    control = _control()
    if control is None or (before := control.get()) == 1:
        yield
        return
    control.set(1)
    try:
        yield
    finally:
        control.set(before)


@cache
def _control() -> _Control | None:
    """Return OpenBLAS's functions, found among what numpy's own library was linked with."""
    path = next((sys.modules[name].__file__ for name in _MODULES if name in sys.modules), None)
    if path is None:
        return None
    try:
        library = ctypes.CDLL(path)
    except OSError:
        return None
    for spelling in _SPELLINGS:
        getter = getattr(library, spelling.format("get_num_threads"), None)
        setter = getattr(library, spelling.format("set_num_threads"), None)
        if getter is not None and setter is not None:
            getter.argtypes, getter.restype = [], ctypes.c_int
            setter.argtypes, setter.restype = [ctypes.c_int], None
            return _Control(getter, setter)
    return None
