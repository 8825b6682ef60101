"""Results are cached by key, and a cache that fails costs time only."""

import pytest

from diffviz.core.files import memo as conversions
from diffviz.core.files.memo import cached


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "diffviz" / "converted"


def never():
    raise AssertionError("it was cached already")


def test_a_value_is_made_once_for_each_key(folder):
    assert cached("a", lambda: b"one") == b"one"
    assert cached("b", lambda: b"two") == b"two"
    assert (cached("a", never), cached("b", never)) == (b"one", b"two")


@pytest.mark.parametrize("damage", [b"", b"x" * 10, b"x" * 60])
def test_damaged_content_is_made_again(folder, damage):
    cached("a", lambda: b"one")
    (path,) = folder.iterdir()
    path.write_bytes(damage)
    assert cached("a", lambda: b"two") == b"two"
    assert cached("a", never) == b"two"


def test_without_a_writable_cache_the_value_is_made(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert cached("a", lambda: b"one") == b"one"


def test_the_oldest_files_are_removed_at_the_limit(folder, monkeypatch):
    monkeypatch.setattr(conversions, "_MAX_BYTES", 3 * 42)
    for name in "abcde":
        cached(name, lambda: b"0123456789")  # 42 bytes with its checksum
    assert len(list(folder.iterdir())) == 3
    assert cached("e", never) == b"0123456789"
