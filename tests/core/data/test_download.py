"""Downloads, from a server that the tests put in the network's place."""

import fcntl
import gzip
import hashlib
import io
import threading
import urllib.error
import zipfile

import numpy as np
import pytest

from diffviz.core.data import datasets, download, load_dataset
from diffviz.core.data.download import Source
from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.errors import DiffvizError

IMAGES, LABELS = synthetic_digits(32, 2)


class Server:
    """Answers requests; ``damage`` is called with each name and content before it is sent."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files, self.requests = files, []
        self.damage = lambda name, content: content

    def open(self, request, timeout):
        assert 0 < timeout <= 60
        self.requests.append(request.full_url)
        host, _, name = request.full_url.rpartition("/")
        if host.endswith("down"):
            raise urllib.error.URLError("no route")
        return io.BytesIO(self.damage(name, self.files[name]))


@pytest.fixture
def server(monkeypatch, mnist_dir):
    """Return a server of MNIST; the first of its two addresses is down."""
    raw = mnist_dir / "MNIST" / "raw"
    files = {f"{path.name}.gz": gzip.compress(path.read_bytes()) for path in raw.iterdir()}
    made = Server(files)
    md5 = {name: hashlib.md5(content).hexdigest() for name, content in sorted(files.items())}
    source = Source(("http://down/", "http://up/"), md5, 1)
    monkeypatch.setitem(download.SOURCES, "mnist", source)
    monkeypatch.setattr(download, "urlopen", made.open)
    return made


def test_missing_files_are_downloaded_once(server, tmp_path):
    folder, lines, bars = tmp_path / "new" / "data", [], []
    data = load_dataset("mnist", folder, tell=lines.append, bar=lambda *a: bars.append(a))
    np.testing.assert_array_equal(data.images, IMAGES)
    raw = folder / "MNIST" / "raw"
    assert lines == [f"downloading MNIST (1 MB) to {raw}"]
    assert bars[-1][0] == "downloading MNIST"
    assert bars[-1][1] == sum(map(len, server.files.values())) / 1e6
    assert sorted(path.name for path in raw.iterdir()) == [
        "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
        "train-images-idx3-ubyte", "train-labels-idx1-ubyte",
    ]  # fmt: skip
    assert len(server.requests) == 5  # one at the server that is down
    assert len(load_dataset("mnist", folder, train=False)) == 8
    assert len(server.requests) == 5


def test_files_that_are_there_stay(server, mnist_dir):
    raw = mnist_dir / "MNIST" / "raw"
    (raw / "train-labels-idx1-ubyte").unlink()
    before = (raw / "train-images-idx3-ubyte").stat()
    np.testing.assert_array_equal(load_dataset("mnist", mnist_dir).labels, LABELS)
    assert (raw / "train-images-idx3-ubyte").stat() == before


def cut(name, content):
    return content[:-5] if "labels" in name else content


def portal(name, content):
    return b"<html>log in first</html>"


def endless(name, content):
    return content + bytes(4 << 20)


@pytest.mark.parametrize("damage", [cut, portal, endless])
def test_what_is_not_the_file_is_refused_and_nothing_is_left(server, tmp_path, damage):
    server.damage = damage
    with pytest.raises(DiffvizError, match=r"could not be downloaded.*sent another") as caught:
        load_dataset("mnist", tmp_path / "place")
    assert "\n" not in str(caught.value)
    left = [path.name for path in (tmp_path / "place").rglob("*") if path.is_file()]
    assert all(damage is cut and "images" in name for name in left), left


@pytest.mark.parametrize("error", [TimeoutError("timed out"), ConnectionResetError("reset"),
                                   KeyboardInterrupt()])  # fmt: skip
def test_a_silent_server_ends_the_download(server, tmp_path, error):
    def silent(name, content):
        raise error

    server.damage = silent
    lines = []
    expected = KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else DiffvizError
    with pytest.raises(expected):
        load_dataset("mnist", tmp_path / "typo", tell=lines.append)
    assert lines[0].startswith("downloading MNIST (1 MB) to ")
    assert not (tmp_path / "typo").exists()


def test_an_interrupted_download_leaves_no_empty_folders(server, tmp_path, monkeypatch):
    class Stuck(io.BytesIO):
        def read(self, size: int | None = -1, /):
            raise KeyboardInterrupt

    monkeypatch.setattr(download, "urlopen", lambda request, timeout: Stuck())
    with pytest.raises(KeyboardInterrupt):
        load_dataset("mnist", tmp_path / "place")
    assert not (tmp_path / "place").exists()


def test_a_second_download_waits_for_the_first(server, tmp_path):
    raw = tmp_path / "place" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    waiting, found = threading.Event(), []

    def tell(line):
        if "another process is downloading MNIST" in line:
            waiting.set()

    second = threading.Thread(
        target=lambda: found.append(load_dataset("mnist", tmp_path / "place", tell=tell))
    )
    with (raw / ".download.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second.start()
        assert waiting.wait(30)
        requests = len(server.requests)
        for name, content in server.files.items():  # what the first one does
            (raw / name.removesuffix(".gz")).write_bytes(gzip.decompress(content))
    second.join(30)
    np.testing.assert_array_equal(found[0].images, IMAGES)
    assert len(server.requests) == requests, "it took what the first one had downloaded"


def test_a_disk_without_locks_is_no_reason_to_stop(server, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(download.fcntl, "flock", refuse)
    assert len(load_dataset("mnist", tmp_path)) == 32


def test_emnist_comes_in_one_archive(server, tmp_path, monkeypatch):
    buffer = io.BytesIO()
    kind = datasets.IDX_SETS["emnist-letters"]
    with zipfile.ZipFile(buffer, "w") as archive:
        for theirs, ours in zip(sorted(server.files), sorted(kind.all_files), strict=True):
            archive.writestr(f"gzip/{ours}.gz", server.files[theirs])
    server.files["gzip.zip"] = buffer.getvalue()
    md5 = hashlib.md5(buffer.getvalue()).hexdigest()
    source = Source(("http://up/",), {"gzip.zip": md5}, 1, "gzip/")
    monkeypatch.setitem(download.SOURCES, "emnist-letters", source)
    data = load_dataset("emnist-letters", tmp_path)
    np.testing.assert_array_equal(data.images, IMAGES.transpose(0, 2, 1))


def test_an_unwritable_folder_is_one_line(server, tmp_path):
    (tmp_path / "place").write_text("")
    with pytest.raises(DiffvizError, match="is a file, not a folder"):
        load_dataset("mnist", tmp_path / "place")
