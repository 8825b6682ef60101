"""Python objects over a pipe between this program's own two processes: a length, then a pickle.

Never read anything with this that another program may have written.
"""

import pickle
import struct
from typing import IO, Any

_LENGTH = struct.Struct("<Q")


def send(pipe: IO[bytes], item: object) -> None:
    """Write ``item`` whole; waits while the pipe is full.

    Raises:
        OSError: if nobody reads it any more.
    """
    content = pickle.dumps(item, protocol=5)
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Read what was sent next.

    Raises:
        EOFError: if the other side is gone.
    """
    head = pipe.read(_LENGTH.size)
    if len(head) == _LENGTH.size:
        length = _LENGTH.unpack(head)[0]
        content = pipe.read(length)
        if len(content) == length:
            return pickle.loads(content)
    raise EOFError
