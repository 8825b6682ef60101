"""Every command and every piece of Python in README and docs works as printed."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PLACEHOLDERS = {"DATA": "data", "N": "100", "S": "0"}

# What a test does in a command's place, and why.
INSTEAD = [
    (r"^python3? -m venv .*", "true", "installs: .ci/run does that"),
    (r"^\.venv/bin/(pip|pytest)\b.*", "true", "installs, and runs all tests"),
    (r"^git clone .*", "true", "network"),
    (r"\.venv/bin/diffviz", "diffviz", "the one that is tested"),
    (r"^python -m benchmarks.*", "true", "measures for minutes"),
    (r"^python -m pip wheel .*", "true", "tests/test_distribution.py does that"),
    (r"^export SOURCE_DATE_EPOCH=.*", "true", "there is no git where tests run"),
    (r"--data-dir DATA", "--data-dir data", "drawn digits in MNIST's place"),
    (r"^diffviz run\b(?!.*--speed)(?!.*--once)", "diffviz run --speed max", "nobody watches"),
    (r"^(diffviz eval)\b.* -n \d+", r"\1 -n 100 --sampler ddim --steps 2", "minutes"),
    (r"^(diffviz phases)\b", r"\1 -n 2 --children 2 --points 2 --steps 4", "minutes"),
    (r"^diffviz train(?!.*--(dataset|resume))",
     "diffviz train --dataset synthetic --epochs 1 --recipe reference", "minutes on MNIST"),
    (r"^(diffviz record)\b", r"\1 --steps 40 --size 60x20", "a minute"),
    (r"^torchrun .*", "true", "tests/core has processes that train together"),
]  # fmt: skip


def blocks(document: Path, language: str) -> list[str]:
    """Return the fenced blocks in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", document.read_text("utf-8"), re.M | re.S)


def commands() -> list[str]:
    """Return each ``diffviz`` command in a block or between backticks, anywhere."""
    found = {}
    for document in DOCUMENTS:
        text = document.read_text("utf-8")
        for block in blocks(document, "sh"):
            found |= dict.fromkeys(re.findall(r"\bdiffviz [a-z][^\n]*", block.replace("\\\n", " ")))
        prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
        spans = (" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose))
        found |= dict.fromkeys(re.sub(r"^\.venv/bin/", "", span) for span in spans)
    return [command for command in found if re.match(r"diffviz [a-z-]", command)]


@pytest.mark.parametrize("command", commands())
def test_every_command_has_flags_that_exist(command, capsys):
    from diffviz.tui.cli import build_parser

    words = shlex.split(command, comments=True)
    for end in ("|", "&&", ";", ">", "2>"):
        words = words[: words.index(end)] if end in words else words
    words = [PLACEHOLDERS.get(word, word) for word in words[1:]]
    if any("…" in word or word == "..." for word in words):
        return  # a pattern, not a command
    try:
        build_parser().parse_args(words)
    except SystemExit:
        message = capsys.readouterr().err
        # prose may name a command without what it has to be given
        bare = ("arguments are required", "expected one argument")
        assert not message or any(words in message for words in bare)


def test_there_are_commands():
    assert len(commands()) > 20


@pytest.fixture
def desk(tmp_path):
    """Return a folder with drawn digits in MNIST's place, and an environment for it."""
    import struct

    import numpy as np

    from diffviz.core.synthetic import synthetic_digits

    raw = tmp_path / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for part, n, seed in (("train", 400, 0), ("t10k", 200, 1)):
        images, labels = synthetic_digits(n, seed)
        for kind, array in (("images-idx3", images), ("labels-idx1", labels.astype(np.uint8))):
            header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
            (raw / f"{part}-{kind}-ubyte").write_bytes(header + array.tobytes())
    shutil.copy(ROOT / "train_cli.py", tmp_path)
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, rest in (("diffviz", f"-P {tools / 'diffviz.py'}"), ("python", "")):
        (tools / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {rest} "$@"\n')
        (tools / name).chmod(0o755)
    (tools / "diffviz.py").write_text(
        "import sys; from diffviz.tui.cli import main; sys.exit(main())"
    )
    environment = {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "OMP_NUM_THREADS": "1",
    }
    return tmp_path, os.environ | environment


def run(desk, *command: str) -> str:
    folder, environment = desk
    outcome = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert outcome.returncode == 0, (command[-1], outcome.stdout[-500:], outcome.stderr[-1500:])
    return outcome.stdout


def as_tested(script: str) -> str:
    """Return a block with each of its commands as a test runs it."""
    lines = []
    for line in script.replace("\\\n", " ").splitlines():
        parts = re.split(r"( && )", line.strip())
        for pattern, instead, _ in INSTEAD:
            parts = [re.sub(pattern, instead, part) for part in parts]
        lines.append("".join(parts))
    return "\n".join(lines)


def test_three_lines_to_a_digit(desk):
    first = blocks(ROOT / "docs" / "api.md", "python")[0]
    assert run(desk, sys.executable, "-c", first) == "(1, 28, 28)\n"


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_python(document, desk):
    for block in blocks(document, "python"):
        run(desk, sys.executable, "-c", block)


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_shell(document, desk, tell):
    """The blocks of a document one after the other, in one folder."""
    done = 0
    for block in blocks(document, "sh"):
        script = as_tested(block)
        run(desk, "bash", "-euc", script)
        done += sum(line.strip() not in ("", "true") for line in script.splitlines())
    tell(f"{document.name} | {done} lines of shell | run as printed")
