"""Records over a pipe between this program's own two processes: JSON, then the arrays' bytes.

Plain values, arrays, and the frozen records and enums of diffviz can be sent; records are rebuilt
by their constructors. Nothing is unpickled, and nothing is looked up outside of diffviz.
"""

import json
import struct
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from operator import attrgetter
from typing import IO, Any

import numpy as np

from ...core.noise import NoiseStream

_LENGTHS = struct.Struct("<QQ")
_PACKAGE = "diffviz."


def send(pipe: IO[bytes], item: object) -> None:
    """Write ``item`` whole; waits while the pipe is full.

    Raises:
        OSError: if nobody reads it any more.
        TypeError: if it contains something that can't be sent.
    """
    arrays: list[bytes] = []
    text = json.dumps(_pack(item, arrays)).encode()
    content = b"".join(arrays)
    pipe.write(_LENGTHS.pack(len(text), len(content)))
    pipe.write(text)
    pipe.write(content)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Read what was sent next.

    Raises:
        EOFError: if the other side is gone.
        TypeError: if it names something that is no record of diffviz.
    """
    text_length, length = _LENGTHS.unpack(_exactly(pipe, _LENGTHS.size))
    packed = json.loads(_exactly(pipe, text_length))
    return _unpack(packed, memoryview(bytearray(_exactly(pipe, length))))


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    content = pipe.read(length)
    if len(content) < length:
        raise EOFError
    return content


def _pack(item: Any, arrays: list[bytes]) -> Any:
    """Return ``item`` as JSON: plain values as they are, all else as a list with its kind."""
    kind = type(item)
    if kind in (float, int, str, bool) or item is None:
        return item
    if kind is np.ndarray:
        content = item.tobytes()
        place = sum(map(len, arrays))
        arrays.append(content)
        return ["array", item.dtype.str, item.shape, place, len(content)]
    if kind in (tuple, list):
        return [kind.__name__, [_pack(part, arrays) for part in item]]
    if kind is dict:
        return ["dict", [[_pack(part, arrays) for part in pair] for pair in item.items()]]
    if isinstance(item, Enum):
        return ["enum", _name(kind), item.name]
    names = _field_names(kind)
    if names is not None:
        return ["record", _name(kind), [_pack(getattr(item, name), arrays) for name in names]]
    if isinstance(item, np.generic):
        return item.item()
    raise TypeError(f"a {kind.__name__} can't be sent to another process")


def _unpack(packed: Any, content: memoryview) -> Any:
    if not isinstance(packed, list):
        return packed
    kind, *rest = packed
    if kind == "array":
        dtype, shape, place, length = rest
        return np.frombuffer(content[place : place + length], dtype).reshape(shape)
    if kind in ("tuple", "list"):
        parts = [_unpack(part, content) for part in rest[0]]
        return tuple(parts) if kind == "tuple" else parts
    if kind == "dict":
        return {_unpack(key, content): _unpack(value, content) for key, value in rest[0]}
    if kind == "enum":
        return _named(rest[0])[rest[1]]
    return _named(rest[0])(*[_unpack(part, content) for part in rest[1]])


@cache
def _field_names(kind: type) -> tuple[str, ...] | None:
    """Return the names of the constructor's arguments of a record; None if it is none."""
    if kind is NoiseStream:
        return ("seed", "branch")
    if not kind.__module__.startswith(_PACKAGE):
        return None
    if is_dataclass(kind):
        return tuple(field.name for field in fields(kind))
    return getattr(kind, "_fields", None)  # of a named tuple


def _name(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


@cache
def _named(name: str) -> Any:
    """Return the class of diffviz called ``module:name``."""
    module, _, path = name.partition(":")
    kind = attrgetter(path)(import_module(module)) if module.startswith(_PACKAGE) else None
    if not isinstance(kind, type) or not (issubclass(kind, Enum) or _field_names(kind) is not None):
        raise TypeError(f"{name} is no record of diffviz")
    return kind
