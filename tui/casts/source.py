"""Where a cast is read from: a file, a gzip file, or a pipe, which is copied first."""

import gzip
import os
import stat
import tempfile
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from ...core.errors import DiffvizError

STDIN = Path("-")
MAX_PIPED_BYTES = 1 << 30

_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_OTHERS = {
    b"\x28\xb5\x2f\xfd": "compressed: zstd -dc FILE | diffviz play -",
    b"\xfd7zXZ": "compressed: xz -dc FILE | diffviz play -",
    b"BZh": "compressed: bzip2 -dc FILE | diffviz play -",
    b"\xff\xfe": "UTF-16 text: save it as UTF-8",
    b"\xfe\xff": "UTF-16 text: save it as UTF-8",
}


class CastSource:
    """A source that can be opened again and again."""

    def __init__(self, path: Path) -> None:
        """Use the file or pipe ``path``; ``-`` is standard input.

        Raises:
            DiffvizError: if there is none, or it is of another kind.
        """
        self.name = "standard input" if path == STDIN else str(path)
        self._copy = None
        place = Path("/dev/stdin") if path == STDIN else path
        try:
            mode = os.stat(place).st_mode
            if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
                self._copy = self._copied(place)
            elif stat.S_ISCHR(mode) and _is_terminal(place):
                raise DiffvizError(f"{self.name} is a terminal: pipe a recording into it")
            elif not stat.S_ISREG(mode):
                raise DiffvizError(f"can't read {self.name}: it isn't a file")
        except OSError as error:
            raise DiffvizError(f"can't read {self.name}: {error.strerror}") from error
        self._path = place if self._copy is None else Path(self._copy.name)

    def open(self) -> BinaryIO:
        """Return the recording's bytes, unpacked, after a byte order mark.

        Raises:
            DiffvizError: if it can't be opened, or is in a form that isn't read.
        """
        try:
            file = self._path.open("rb")
            start = file.read(8)
            if start.startswith(_GZIP):
                file.close()
                file = cast(BinaryIO, gzip.open(self._path, "rb"))  # noqa: SIM115
                start = file.read(8)
            if not start.startswith(_BOM):
                file.seek(0)
            else:
                file.seek(len(_BOM))
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or "it is damaged"
            raise DiffvizError(f"can't read {self.name}: {reason}") from error
        for magic, advice in _OTHERS.items():
            if start.startswith(magic):
                file.close()
                raise DiffvizError(f"{self.name} is {advice}")
        return file

    def _copied(self, pipe: Path) -> "tempfile._TemporaryFileWrapper[bytes]":
        """Return a temporary file with what comes out of ``pipe``."""
        copy = tempfile.NamedTemporaryFile(prefix="diffviz-")  # noqa: SIM115
        with open(os.dup(0) if str(pipe) == "/dev/stdin" else pipe, "rb") as source:
            while part := source.read(1 << 20):
                copy.write(part)
                if copy.tell() > MAX_PIPED_BYTES:
                    raise DiffvizError(f"{self.name}: more than {MAX_PIPED_BYTES >> 30} GiB came")
        copy.flush()
        return copy


def _is_terminal(place: Path) -> bool:
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.isatty(descriptor)
    finally:
        os.close(descriptor)
