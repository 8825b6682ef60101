"""Safe reading of IDX, the file format of MNIST and its relatives."""

import math
import os
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .reading import open_regular

MAX_BYTES = 1 << 30  # EMNIST's largest file has 547 MB


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """Return the uint8 array in an uncompressed IDX file.

    The header is two zero bytes, the type (8: unsigned bytes), the number of dimensions, and each
    of them as a big-endian 32-bit number; then come the values, last dimension fastest.

    Raises:
        ValueError: if the file's header, or its size by that header, is not right.
        DiffvizError: if it is no ordinary file or larger than 1 GiB.
        OSError: if it is missing or can't be read.
    """
    with open_regular(path, MAX_BYTES) as file:
        magic = file.read(4)
        if magic != bytes((0, 0, 8, dimensions)):
            raise ValueError(f"{path.name} begins with {magic.hex() or 'nothing'}")
        header = file.read(4 * dimensions)
        if len(header) != 4 * dimensions:
            raise ValueError(f"{path.name} ends within its header")
        shape = struct.unpack(f">{dimensions}I", header)
        values = os.fstat(file.fileno()).st_size - file.tell()
        if values != math.prod(shape):
            raise ValueError(
                f"{path.name} has {values:,} values, not the {math.prod(shape):,} of its header"
            )
        return np.fromfile(file, np.uint8).reshape(shape)
