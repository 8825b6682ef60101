"""Records over a pipe between this program's own two processes: JSON, then the arrays' bytes.

What may travel is plain values, arrays, and diffviz's own frozen records and enums, rebuilt by
their constructors; functions and other classes travel as names. Nothing is unpickled.
"""

import json
import struct
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from operator import attrgetter
from typing import IO, Any

import numpy as np

from ...core.noise import NoiseStream

_LENGTHS = struct.Struct("<QQ")
_OWN = "diffviz."


def send(pipe: IO[bytes], item: object) -> None:
    """Write ``item`` whole; waits while the pipe is full.

    Raises:
        OSError: if nobody reads it any more.
        TypeError: if there is something in it that can't travel.
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
    values = _values_of(kind)
    if values is not None:
        return ["record", _name(kind), [_pack(part, arrays) for part in values(item)]]
    if isinstance(item, np.generic):
        return item.item()
    if callable(item):
        return ["named", _name(item)]
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
        return _named(rest[0], own=True)[rest[1]]
    if kind == "record":
        return _named(rest[0], own=True)(*[_unpack(part, content) for part in rest[1]])
    return _named(rest[0])


@cache
def _values_of(kind: type) -> Callable[[Any], tuple] | None:
    """Return what takes the constructor's arguments from a record; None if it is none."""
    if kind is NoiseStream:
        names = ["seed", "branch"]
    elif is_dataclass(kind) and kind.__module__.startswith(_OWN):
        names = [field.name for field in fields(kind)]
    else:
        return None
    take = attrgetter(*names)
    return take if len(names) > 1 else lambda item: (take(item),)


def _name(item: Any) -> str:
    return f"{item.__module__}:{item.__qualname__}"


@cache
def _named(name: str, own: bool = False) -> Any:
    """Return the class or function called ``module:name``; ``own``: diffviz's only."""
    module, _, path = name.partition(":")
    if own and not module.startswith(_OWN):
        raise TypeError(f"{name} is no record of diffviz")
    return attrgetter(path)(import_module(module))
