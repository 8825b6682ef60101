"""Safe reading of numpy's ``.npz`` and ``.npy``: no pickles, and bounded sizes."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .reading import open_regular, read_bounded

_MAX_MEMBERS = 1000


class ArrayHeader(NamedTuple):
    """What an array's header says of it."""

    shape: tuple[int, ...]
    fortran_order: bool
    dtype: np.dtype[Any]


def read_array_headers(path: Path) -> dict[str, ArrayHeader]:
    """Return the headers of the arrays in an ``.npz`` by name, or of an ``.npy`` under ``""``.

    Members of an archive that are no arrays are left out.

    Raises:
        ValueError: if it is neither, or damaged.
        DiffvizError: if it is no ordinary file.
        OSError: if it is missing or can't be read.
    """
    with open_regular(path) as file:
        try:
            if path.suffix.lower() == ".npy":
                return {"": read_array_header(file)}
            with zipfile.ZipFile(file) as archive:
                names = [name for name in archive.namelist() if name.endswith(".npy")]
                headers: dict[str, ArrayHeader] = {}
                for name in names[:_MAX_MEMBERS]:
                    with archive.open(name) as member:
                        headers[name.removesuffix(".npy")] = read_array_header(member)
                return headers
        except OSError:
            raise
        except Exception as error:  # numpy and zipfile raise many types
            raise ValueError(f"{path} holds no arrays in numpy's format") from error


def read_array_header(stream: IO[bytes]) -> ArrayHeader:
    """Return the header of an array in numpy's format; the stream then stands at its values.

    Raises:
        ValueError: if there is none.
    """
    version = np.lib.format.read_magic(stream)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        raise ValueError(version)
    try:
        return ArrayHeader(*read_header(stream))
    except Exception as error:  # numpy's parser fails with whatever broke first
        raise ValueError("header") from error


def read_arrays(path: Path, names: Sequence[str], max_bytes: int) -> list[NDArray[Any]]:
    """Return the arrays called ``names``, with at most ``max_bytes`` bytes in total.

    Raises:
        ValueError: if one is missing, damaged, made of Python objects, or they are larger.
        DiffvizError: if it is no ordinary file.
        OSError: if it is missing or can't be read.
    """
    with open_regular(path) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                size = sum(archive.getinfo(f"{name}.npy").file_size for name in names)
            if size > max_bytes:
                raise ValueError(f"{size:,} bytes unpacked")
            file.seek(0)
            with np.load(file, allow_pickle=False) as arrays:
                found = [arrays[name] for name in names]
            if not all(isinstance(array, np.ndarray) for array in found):
                raise ValueError("a member without numpy's mark")
            return found
        except OSError:
            raise
        except Exception as error:  # numpy and zipfile raise many types
            raise ValueError(f"{path} holds no arrays {', '.join(names)} in numpy's format") from (
                error
            )


def read_array(path: Path, max_bytes: int) -> NDArray[Any]:
    """Return the array in a ``.npy`` file of at most ``max_bytes`` bytes.

    Raises:
        ValueError: if it is damaged or made of Python objects.
        DiffvizError: if it is larger or no ordinary file.
        OSError: if it is missing or can't be read.
    """
    content = read_bounded(path, max_bytes)
    try:
        found = np.load(io.BytesIO(content), allow_pickle=False)
    except Exception as error:  # numpy raises many types, MemoryError among them
        raise ValueError(f"{path} holds no array in numpy's format") from error
    if not isinstance(found, np.ndarray):
        raise ValueError(f"{path} is an archive")
    return found
