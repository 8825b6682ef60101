"""Files are replaced whole; what only improves them may fail; what can't be replaced is filled."""

import errno
import os
import stat
import threading
from pathlib import Path

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.files import atomic
from diffviz.core.files.atomic import write_atomically


def failing(number: int):
    def fail(*_args, **_keywords):
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("call", ["chmod", "chown", "fsync"])
@pytest.mark.parametrize("number", [errno.EPERM, errno.EINVAL, errno.ENOSYS])
def test_a_call_that_only_improves_a_file_may_fail(tmp_path, monkeypatch, call, number):
    if (call, number) == ("fsync", errno.EPERM):
        pytest.skip("a file system that lacks fsync doesn't say that")
    monkeypatch.setattr(atomic.os, call, failing(number))
    path = tmp_path / "file"
    path.write_bytes(b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_a_real_failure_of_fsync_is_an_error(tmp_path, monkeypatch, number):
    monkeypatch.setattr(atomic.os, "fsync", failing(number))
    with pytest.raises(DiffvizError, match="can't write"):
        write_atomically(tmp_path / "file", b"new")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_an_existing_file_keeps_its_mode(tmp_path, mode):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(mode)
    write_atomically(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_an_existing_file_keeps_its_owner(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    try:
        os.chown(path, 12345, 12345)
    except OSError:
        pytest.skip("may not give files away")
    write_atomically(path, b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 12345)


def test_a_link_stays_and_its_target_is_replaced(tmp_path):
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "real", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to("far/real")
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    dangling = tmp_path / "dangling"
    dangling.symlink_to("far/none")
    write_atomically(dangling, b"new")
    assert (tmp_path / "far" / "none").read_bytes() == b"new"


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV, errno.EPERM, errno.EACCES])
def test_a_file_that_cannot_be_renamed_over_is_filled_in_place(tmp_path, monkeypatch, number):
    path = tmp_path / "mounted"
    path.write_bytes(b"a longer old content")
    inode = path.stat().st_ino
    monkeypatch.setattr(atomic.os, "replace", failing(number))
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_ino == inode
    assert [p.name for p in tmp_path.iterdir()] == ["mounted"]


def test_a_file_in_a_folder_without_permission_is_filled_in_place(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(atomic, "temporary_beside", failing(errno.EACCES))
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    with pytest.raises(DiffvizError, match="can't write"):
        write_atomically(tmp_path / "another", b"new")


def test_new_content_is_kept_where_filling_in_place_fails(tmp_path, monkeypatch):
    path = tmp_path / "mounted"
    path.write_bytes(b"old")
    monkeypatch.setattr(atomic.os, "replace", failing(errno.EBUSY))
    monkeypatch.setattr(atomic.shutil, "copyfileobj", failing(errno.ENOSPC))
    with pytest.raises(DiffvizError, match="the new content is in ") as problem:
        write_atomically(path, b"new")
    assert Path(str(problem.value).rsplit(" in ", 1)[1]).read_bytes() == b"new"


@pytest.mark.parametrize("length", [245, 255])
def test_names_of_any_allowed_length_are_written(tmp_path, length):
    path = tmp_path / ("x" * length)
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    with pytest.raises(DiffvizError, match="File name too long"):
        write_atomically(tmp_path / ("x" * 256), b"new")


def test_devices_and_pipes_are_written_to(tmp_path):
    null = tmp_path / "null"
    null.symlink_to(os.devnull)
    write_atomically(null, b"new")
    assert null.is_symlink()
    assert stat.S_ISCHR(null.stat().st_mode)
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_atomically(pipe, b"through the pipe")
    reader.join(20)
    assert read == [b"through the pipe"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
