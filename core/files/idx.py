"""Safe reading of IDX, the file format of MNIST and its relatives."""

import gzip
import io
import math
import os
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .reading import open_regular

MAX_BYTES = 1 << 30  # EMNIST's largest file has 547 MB
_GZIP = b"\x1f\x8b"


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """Return the uint8 array in an IDX file, which may be packed by gzip.

    The header is two zero bytes, the type (8: unsigned bytes), the number of dimensions, and each
    of them as a big-endian 32-bit number; then come the values, last dimension fastest.

    Raises:
        ValueError: if the file's header, or its size by that header, is not right.
        DiffvizError: if it is no ordinary file or larger than 1 GiB.
        OSError: if it is missing or can't be read.
    """
    with open_regular(path, MAX_BYTES) as file:
        packed = file.read(len(_GZIP)) == _GZIP
        file.seek(0)
        if packed:
            return _read_packed(file, path.name, dimensions)
        shape = _read_header(file, path.name, dimensions)
        _check_size(path.name, os.fstat(file.fileno()).st_size - file.tell(), shape)
        return np.fromfile(file, np.uint8).reshape(shape)


def _read_packed(file: io.BufferedReader, name: str, dimensions: int) -> NDArray[np.uint8]:
    try:
        with gzip.open(file) as unpacked:
            shape = _read_header(unpacked, name, dimensions)
            if math.prod(shape) > MAX_BYTES:
                raise ValueError(f"{name} has {math.prod(shape):,} values by its header")
            # one more than there should be, to see that nothing follows
            values = bytearray(unpacked.read(math.prod(shape) + 1))
    except (zlib.error, EOFError, gzip.BadGzipFile) as error:
        raise ValueError(f"{name} is no whole gzip file") from error
    _check_size(name, len(values), shape)
    return np.frombuffer(values, np.uint8).reshape(shape)


def _read_header(file: io.BufferedIOBase, name: str, dimensions: int) -> tuple[int, ...]:
    magic = file.read(4)
    if magic != bytes((0, 0, 8, dimensions)):
        raise ValueError(f"{name} begins with {magic.hex() or 'nothing'}")
    header = file.read(4 * dimensions)
    if len(header) != 4 * dimensions:
        raise ValueError(f"{name} ends within its header")
    return struct.unpack(f">{dimensions}I", header)


def _check_size(name: str, values: int, shape: tuple[int, ...]) -> None:
    if values != math.prod(shape):
        raise ValueError(
            f"{name} has {values:,} values, not the {math.prod(shape):,} of its header"
        )
