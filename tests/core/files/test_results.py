"""An output is checked before the work, and a result that can't be put there is put beside it."""

import errno
import os
import re
import tempfile
from pathlib import Path

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.files import atomic, results
from diffviz.core.files.results import check_writable, write_result


@pytest.fixture(autouse=True)
def scratch(tmp_path, monkeypatch):
    """Return the folder for temporary files."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder"


def write(path: Path) -> None:
    write_result(path, lambda file: file.write(b"result"))


def place_in(problem: DiffvizError) -> Path:
    found = re.search(r"the result is in (.*) instead", str(problem))
    assert found is not None
    return Path(found[1])


def test_what_can_be_written_passes_and_leaves_nothing(folder):
    for path in (folder / "new.png", folder / ("x" * 251 + ".png")):
        check_writable(path)
    old = folder / "old.png"
    old.write_bytes(b"old")
    check_writable(old)
    (folder / "link.png").symlink_to("old.png")
    check_writable(folder / "link.png")
    os.mkfifo(folder / "pipe.png")
    check_writable(folder / "pipe.png")
    check_writable(Path(os.devnull))
    assert sorted(p.name for p in folder.iterdir()) == ["link.png", "old.png", "pipe.png"]
    assert old.read_bytes() == b"old"


def test_what_cannot_be_written_is_refused(folder):
    (folder / "dangling").symlink_to("nowhere/a.png")
    (folder / "file").touch()
    refused = {
        folder: "it is a folder",
        folder / "none" / "a.png": "there is no folder",
        folder / "file" / "a.png": "there is no folder",
        folder / "dangling": "there is no folder",
        folder / ("x" * 256): "File name too long",
    }
    for path, words in refused.items():
        with pytest.raises(DiffvizError, match=words):
            check_writable(path)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "no permission"),
        (errno.EROFS, "Read-only"),
        (errno.ENOSPC, "No space"),
        (errno.EDQUOT, "quota"),
    ],
)
def test_a_folder_that_takes_no_file_is_refused(folder, monkeypatch, number, words):
    def fail(*_args):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(results, "temporary_beside", fail)
    with pytest.raises(DiffvizError, match=words):
        check_writable(folder / "a.png")


def test_a_full_disk_is_noticed_before_the_work(folder, monkeypatch):
    monkeypatch.setattr(results, "_PROBE", bytes(10))
    limited = os.fdopen

    def full(handle, mode):
        with limited(handle, mode):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(results.os, "fdopen", full)
    with pytest.raises(DiffvizError, match="No space left"):
        check_writable(folder / "a.png")
    assert not list(folder.iterdir())


def test_a_write_protected_file_is_refused_and_stays(folder, monkeypatch):
    path = folder / "kept.png"
    path.write_bytes(b"keep")
    path.chmod(0o444)
    monkeypatch.setattr(results.os, "access", lambda *_: False)  # root may write everything
    with pytest.raises(DiffvizError, match="write-protected"):
        check_writable(path)
    with pytest.raises(DiffvizError, match="write-protected") as problem:
        write(path)
    assert path.read_bytes() == b"keep"
    assert place_in(problem.value) == folder / "kept-2.png"
    assert (folder / "kept-2.png").read_bytes() == b"result"


def test_a_result_takes_its_place(folder):
    write(folder / "a.png")
    assert (folder / "a.png").read_bytes() == b"result"
    assert len(list(folder.iterdir())) == 1


def test_a_result_that_finds_no_room_is_put_elsewhere(folder, scratch, monkeypatch):
    beside = atomic.temporary_beside

    def full(target, name):
        if target.parent == folder:
            raise OSError(errno.ENOSPC, "No space left on device")
        return beside(target, name)

    monkeypatch.setattr(atomic, "temporary_beside", full)
    (scratch / "a-2.png").write_bytes(b"of another time")
    with pytest.raises(DiffvizError, match="No space left on device: the result is in") as problem:
        write(folder / "a.png")
    assert place_in(problem.value) == scratch / "a-3.png"
    assert (scratch / "a-3.png").read_bytes() == b"result"
    assert not list(folder.iterdir())


def test_a_result_whose_folder_went_comes_to_its_place(folder):
    folder.rmdir()
    write(folder / "a.png")
    assert (folder / "a.png").read_bytes() == b"result"


def test_a_result_that_can_be_put_nowhere_is_an_error(folder, monkeypatch):
    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic, "temporary_beside", full)
    with pytest.raises(DiffvizError, match=r"can't write .*a.png: No space left on device$"):
        write(folder / "a.png")
