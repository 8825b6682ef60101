"""Downloads of MNIST and its relatives: checked, whole or not at all, and one at a time."""

import contextlib
import fcntl
import gzip
import hashlib
import http.client
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.request import Request, urlopen

from ..errors import message_of
from ..files.atomic import replacing

TIMEOUT_S = 20.0
"""How long a server may be silent."""
_BLOCK = 1 << 16

Tell = Callable[[str], None]
"""Takes a line for the user."""
Bar = Callable[[str, float, float], None]
"""``(task, amount done, total amount)``."""


@dataclass(frozen=True)
class Source:
    """Where a data set's files are: packed one by one by gzip, or all in a zip archive."""

    servers: tuple[str, ...]
    md5: dict[str, str]
    """MD5 of each packed file by its name at the server."""
    megabytes: int
    archive_folder: str = ""
    """The folder inside of the zip archive; empty: the files are not in one."""


SOURCES: dict[str, Source] = {
    "mnist": Source(
        ("https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/"),
        {
            "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
            "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
            "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
            "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
        },
        11,
    ),
    "fashion-mnist": Source(
        ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
        {
            "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
            "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
            "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
        },
        31,
    ),
    "kmnist": Source(
        ("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
        {
            "train-images-idx3-ubyte.gz": "bdb82020997e1d708af4cf47b453dcf7",
            "train-labels-idx1-ubyte.gz": "e144d726b3acfaa3e44228e80efcd344",
            "t10k-images-idx3-ubyte.gz": "5c965bf0a639b31b8f53240b1b52f4d7",
            "t10k-labels-idx1-ubyte.gz": "7320c461ea6c1c855c0b718fb2a4b134",
        },
        21,
    ),
    "emnist-letters": Source(
        ("https://biometrics.nist.gov/cs_links/EMNIST/",),
        {"gzip.zip": "58c8d27c78d21e728a6bc7b3cc06412e"},
        562,
        "gzip/",
    ),
}


def download(
    source: Source,
    title: str,
    names: tuple[str, ...],
    folder: Path,
    there: Callable[[], bool],
    tell: Tell,
    bar: Bar,
) -> None:
    """Download the files ``names`` into ``folder``, which is made when a server has answered.

    A second process that wants the same waits for the first; ``there`` tells whether the files
    are there meanwhile. Files are written beside their places and renamed when they are whole.

    Raises:
        OSError: if the network or the disk fails; :class:`urllib.error.URLError` is one.
        ValueError: if a server sends something else than the files.
    """
    tell(f"downloading {title} ({source.megabytes} MB) to {folder}")
    first = _open_first(source)
    with first:
        made = _make(folder)
        try:
            with _alone(folder, title, tell):
                if not there():
                    _fetch(source, first, names, folder, lambda n: bar(
                        f"downloading {title}", n / 1e6, source.megabytes))  # fmt: skip
        except BaseException:
            for each in reversed(made):
                with contextlib.suppress(OSError):  # only those that are still empty
                    each.rmdir()
            raise


class _Answer:
    """A server's answer to a request, and the server."""

    def __init__(self, server: str, name: str) -> None:
        self.server, self.name = server, name
        request = Request(server + name, headers={"User-Agent": "diffviz"})
        self._response = urlopen(request, timeout=TIMEOUT_S)

    def __enter__(self) -> "_Answer":
        return self

    def __exit__(self, *_: Any) -> None:
        self._response.close()

    def copy_to(
        self, file: IO[bytes], md5: str, most: int, progress: Callable[[int], None]
    ) -> None:
        """Write at most ``most`` bytes of what the server sends to ``file``, and check them."""
        digest = hashlib.md5(usedforsecurity=False)
        try:
            while file.tell() < most and (block := self._response.read(_BLOCK)):
                digest.update(block)
                file.write(block)
                progress(len(block))
        except http.client.HTTPException as error:
            raise OSError(f"{self.server} ended in the middle of {self.name}") from error
        if digest.hexdigest() != md5:
            raise ValueError(f"{self.server} sent another {self.name} than the known one")


def _open_first(source: Source) -> _Answer:
    """Return the answer of the first server that has the first file."""
    failures: list[str] = []
    for server in source.servers:
        try:
            return _Answer(server, next(iter(source.md5)))
        except (OSError, http.client.HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)  # URLError wraps it in its own words
            failures.append(f"{server}: {message_of(OSError(str(reason)))}")
    raise OSError("; ".join(failures))


def _fetch(
    source: Source,
    first: _Answer,
    names: tuple[str, ...],
    folder: Path,
    progress: Callable[[int], None],
) -> None:
    done = 0

    def count(n: int) -> None:
        nonlocal done
        done += n
        progress(done)

    most = source.megabytes << 21  # twice what all files together have
    for packed, md5 in source.md5.items():
        if (folder / packed.removesuffix(".gz")).exists():
            continue
        with tempfile.TemporaryFile(dir=folder) as file:
            answer = first if packed == first.name else _Answer(first.server, packed)
            with answer:
                answer.copy_to(file, md5, most, count)
            file.seek(0)
            if not source.archive_folder:
                _unpack(file, folder / packed.removesuffix(".gz"))
                continue
            with zipfile.ZipFile(file) as archive:
                for name in names:
                    with archive.open(f"{source.archive_folder}{name}.gz") as member:
                        _unpack(member, folder / name)


def _unpack(packed: IO[bytes], path: Path) -> None:
    with gzip.open(packed) as unpacked, replacing(path) as file:
        shutil.copyfileobj(unpacked, file)


def _make(folder: Path) -> list[Path]:
    """Make ``folder`` and return the folders that were made, the outermost first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


@contextmanager
def _alone(folder: Path, title: str, tell: Tell) -> Generator[None]:
    """Wait until no other process downloads into ``folder``, and keep others from it."""
    path = folder / ".download.lock"
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell(f"another process is downloading {title}: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError:
            pass  # a file system without locks: files are whole all the same
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
