"""Converted networks are kept by content, and a cache that fails costs time only."""

import pytest

from diffviz.core.files import memo as conversions
from diffviz.core.files.memo import kept


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "diffviz" / "converted"


def never():
    raise AssertionError("it was kept already")


def test_a_value_is_made_once_for_each_key(folder):
    assert kept("a", lambda: b"one") == b"one"
    assert kept("b", lambda: b"two") == b"two"
    assert (kept("a", never), kept("b", never)) == (b"one", b"two")


@pytest.mark.parametrize("damage", [b"", b"x" * 10, b"x" * 60])
def test_damaged_content_is_made_again(folder, damage):
    kept("a", lambda: b"one")
    (path,) = folder.iterdir()
    path.write_bytes(damage)
    assert kept("a", lambda: b"two") == b"two"
    assert kept("a", never) == b"two"


def test_without_a_writable_cache_the_value_is_made(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert kept("a", lambda: b"one") == b"one"


def test_the_oldest_files_are_removed_at_the_limit(folder, monkeypatch):
    monkeypatch.setattr(conversions, "_KEPT_BYTES", 3 * 42)
    for name in "abcde":
        kept(name, lambda: b"0123456789")  # 42 bytes with its checksum
    assert len(list(folder.iterdir())) == 3
    assert kept("e", never) == b"0123456789"
