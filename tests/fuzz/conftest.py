"""Damage to good files, the same for the same random numbers."""

import random
from collections.abc import Callable

import pytest

HOT = 2048  # headers lie at the front, an archive's directory at the end

# What a JSON number or word may be replaced by.
WORDS = [b"0", b"-1", b"1e999", b"-1e999", b"NaN", b"Infinity", b"9" * 400, b"9" * 5000, b"1.5"]
WORDS += [
    b"null",
    b"true",
    b'""',
    b"[]",
    b"{}",
    b"[" * 3000,
    b'"\\u001b[2J"',
    b'"\\n"',
    b'"\\u0000"',
]


def _place(random_: random.Random, length: int) -> int:
    kind = random_.random()
    if kind < 0.4:
        return random_.randrange(min(HOT, length))
    if kind < 0.6:
        return length - 1 - random_.randrange(min(HOT, length))
    return random_.randrange(length)


def _flip(random_: random.Random, content: bytearray) -> None:
    for _ in range(random_.choice((1, 1, 2, 8))):
        content[_place(random_, len(content))] ^= 1 << random_.randrange(8)


def _truncate(random_: random.Random, content: bytearray) -> None:
    del content[_place(random_, len(content)) :]


def _overwrite(random_: random.Random, content: bytearray) -> None:
    start, length = _place(random_, len(content)), random_.choice((1, 2, 4, 8, 64))
    fill = random_.choice((bytes(length), b"\xff" * length, random_.randbytes(length)))
    content[start : start + length] = fill


def _cut(random_: random.Random, content: bytearray) -> None:
    start = _place(random_, len(content))
    del content[start : start + random_.choice((1, 2, 7, 64, 1000))]


def _repeat(random_: random.Random, content: bytearray) -> None:
    start = _place(random_, len(content))
    part = content[start : start + random_.choice((1, 8, 100, 3000))]
    content[start:start] = part * random_.choice((1, 2, 50))


def _word(random_: random.Random, content: bytearray) -> None:
    """Put another JSON value in the place of one that begins after a colon or comma."""
    start = _place(random_, len(content))
    colon = max(content.find(b":", start), content.find(b", ", start))
    if colon < 0:
        _flip(random_, content)
        return
    end = next(
        (i for i in range(colon + 2, min(len(content), colon + 500)) if content[i] in b",}]\n"),
        colon + 1,
    )
    content[colon + 1 : end] = random_.choice(WORDS)


def _replace(random_: random.Random, content: bytearray) -> None:
    content[:] = random_.choice((b"", b"\0" * 100, random_.randbytes(300), b"{}", b"\x80\x04."))


DAMAGE: list[Callable[[random.Random, bytearray], None]] = [_flip, _flip, _truncate, _cut, _repeat]
DAMAGE += [_overwrite, _overwrite, _word, _word, _word]


def mutated(content: bytes, seed: int) -> bytes:
    """Return ``content`` with one to three pieces of damage, or seldom something else."""
    random_, damaged = random.Random(seed), bytearray(content)
    kinds = [_replace] if random_.random() < 0.01 else DAMAGE
    for _ in range(random_.choice((1, 1, 2, 3))):
        if damaged:
            random_.choice(kinds)(random_, damaged)
    return bytes(damaged)


@pytest.fixture
def mutate() -> Callable[[bytes, int], bytes]:
    """Return a function of (content, seed) that damages content."""
    return mutated
