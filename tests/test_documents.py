"""Every command, key and piece of Python in README and docs works as printed; so do the links."""

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PLACEHOLDERS = {"DATA": "data"}
PATTERN = re.compile(r"[\[\]…]|\.\.\.|\b[A-Z]{2,}\b")
"""What makes a command in prose a pattern and not a command: ``[RUN ...]``, ``OUT``."""

# What a test does in a command's place, and why.
INSTEAD = [
    (r"^python3? -m venv .*", "true", "installs: .ci/run does that"),
    (r"^([A-Z_]+=\S+ )?\.venv/bin/(pip|pytest|ruff|pyright|lint-imports)\b.*", "true",
     "installs, tests and checks: .ci/run does that"),
    (r"^\.venv/bin/diffviz", "diffviz", "the one that is tested"),
    (r"^(uvx|pipx|uv) .*", "true", "installs: .ci/run does that"),
    (r"^python -m (benchmarks|pip|diffviz\.weights)\b.*", "true", "checked below"),
    (r"^(diffviz run .*)--loop", r"\1--once", "it would not end"),
    (r"^diffviz tour\b(?!.*--export).*", "true", "needs a terminal: tests/tui/screens/tour"),
    (r"^torchrun .*", "true", "tests/core has processes that train together"),
    (r"^diffviz .*--model my-unet\b.*", "true", "a folder of diffusers: tests/core/own"),
    *([] if find_spec("onnx") and find_spec("onnxscript") else [
        (r"^diffviz export .*\.onnx$", "true", "the extra isn't installed"),
    ]),
]  # fmt: skip

# What a test adds to a command, where the last of two flags counts: the same in less time.
LESS = [
    (r"diffviz run\b(?!.*--once)", "--speed max", "nobody watches"),
    (r"diffviz eval\b(?!.*--samples)", "-n 100 --sampler ddim --steps 2", "minutes"),
    (r"diffviz morph\b", "--steps 4 --frames 3", "a minute"),
    (r"diffviz uturn\b", "--points 2 --steps 4 --data-dir data", "minutes"),
    (r"diffviz guidance\b", "-n 100 --steps 2 --guidance 0 1 --intervals 800-200", "minutes"),
    (r"diffviz train\b.*--recipe labelled", "--dataset synthetic --epochs 1", "an hour on MNIST"),
    (r"diffviz phases\b", "-n 2 --children 2 --points 2 --steps 4", "minutes"),
    (r"(diffviz train|python train_cli.py)\b(?!.*--(dataset|resume|recipe labelled))",
     "--dataset synthetic --epochs 1 --recipe reference", "minutes on MNIST"),
    (r"diffviz record\b(?!.*\.html)", "--steps 40 --size 60x20", "a minute"),
    (r"diffviz record .*\.html", "--steps 40", "a page has no size"),
]  # fmt: skip


def blocks(document: Path, language: str) -> list[str]:
    """Return the fenced blocks in a language; those without one are diagrams."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", document.read_text("utf-8"), re.M | re.S)
    return [block for own, block in found if own == language]


def in_order(document: Path) -> list[tuple[str, str]]:
    """Return what is printed to be run: blocks of shell and Python, spans in prose, notes."""
    found = []
    kinds = r"^```(\w*)\n(.*?)^```$|<!--(.*?)-->|`([^`\n][^`]*)`"
    for match in re.finditer(kinds, document.read_text("utf-8"), re.M | re.S):
        language, block, note, span = match.groups()
        if language == "sh":
            found.append(("block", block.replace("\\\n", " ")))
        elif language == "python":
            found.append(("python", block))
        elif note is not None or span is not None:
            kind, text = ("note", note) if note is not None else ("span", span)
            line = re.sub(r"^\.venv/bin/", "", " ".join(text.split()))
            if re.match(r"(diffviz|python|torchrun) [a-z-]", line):
                found.append((kind, line))
    return found


def commands() -> list[str]:
    """Return every ``diffviz`` command anywhere in the documents, once."""
    found: dict[str, None] = {}
    for document in DOCUMENTS:
        for _, text in in_order(document):
            for line in text.splitlines():
                found |= dict.fromkeys(re.findall(r"(?:^|&& |/)(diffviz [a-z-][^\n]*)", line))
    return list(found)


def alone(command: str) -> list[str]:
    """Return the words of a command without what follows it on the line."""
    words = shlex.split(command, comments=True)
    for end in ("|", "&&", ";", ">", "2>"):
        words = words[: words.index(end)] if end in words else words
    return [PLACEHOLDERS.get(word, word) for word in words]


@pytest.mark.parametrize("command", commands())
def test_every_command_has_flags_that_exist(command, capsys):
    from diffviz.tui.cli import build_parser

    words = alone(command)[1:]
    if any("…" in word or word == "..." for word in words):
        return  # a pattern, not a command
    try:
        build_parser().parse_args(words)
    except SystemExit:
        message = capsys.readouterr().err
        # prose may name a command without what it has to be given
        bare = ("arguments are required", "expected one argument")
        assert not message or any(words in message for words in bare)


def test_the_documents_have_commands():
    assert len(commands()) > 40


def test_every_block_is_of_a_kind_that_is_tested():
    for document in DOCUMENTS:
        text = document.read_text("utf-8")
        fences = re.findall(r"^([ \t]*)(```+|~~~+)(.*)$", text, re.M)
        assert all(indent == "" and fence == "```" for indent, fence, _ in fences), document
        kinds = {language for _, _, language in fences[::2]}
        assert kinds <= {"sh", "python", "keys", ""}, document
        assert {language for _, _, language in fences[1::2]} <= {""}, document
        for diagram in blocks(document, ""):
            assert not re.search(r"^\s*(\$ |diffviz |python |pip )", diagram, re.M), document


def test_every_module_that_is_called_is_there_and_has_the_flags():
    seen = 0
    for document in DOCUMENTS:
        lines = [line for _, text in in_order(document) for line in text.splitlines()]
        for line in lines:
            words = alone(line) if line.startswith("python ") else []
            if words[1:2] == ["-m"]:
                name = words[2].removeprefix("diffviz.")
            elif words[1:2] and words[1].endswith(".py"):
                name = words[1].removesuffix(".py").replace("/", ".")
            else:
                continue
            if name.split(".")[0] in ("pip", "pydoc", "train_cli", "diffviz"):
                continue
            place = ROOT / name.replace(".", "/")
            file = place / "__main__.py" if place.is_dir() else place.with_suffix(".py")
            assert file.is_file(), (document.name, line)
            source = file.read_text("utf-8")
            own = words[: words.index("--")] if "--" in words else words  # others: of the app
            for flag in [word for word in own[2:] if word.startswith("-") and word != "-m"]:
                assert f'"{flag}"' in source, (document.name, line, flag)
            seen += 1
    assert seen > 3


def test_every_command_of_the_program_is_in_the_readme():
    from diffviz.tui.cli import build_parser

    choices = build_parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    readme = (ROOT / "README.md").read_text("utf-8")
    assert not [name for name in choices or () if f"diffviz {name}" not in readme]


def slug(heading: str) -> str:
    """Return the anchor that GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower().replace("`", "")).replace(" ", "-")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_has_a_target(document):
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text("utf-8")):
        if re.match(r"https?:", target):
            continue
        name, _, anchor = target.partition("#")
        file = document.parent / name if name else document
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text("utf-8"), re.M)
            assert anchor in map(slug, headings), target


def test_every_picture_is_shown_somewhere():
    text = "".join(document.read_text("utf-8") for document in DOCUMENTS)
    pictures = [path.name for path in (ROOT / "docs" / "pictures").iterdir()]
    assert not [name for name in pictures if f"pictures/{name}" not in text]


def test_every_variable_that_is_read_is_documented():
    text = (ROOT / "docs" / "development.md").read_text("utf-8")
    read = set()
    for folder in ("core", "tui"):
        for path in (ROOT / folder).rglob("*.py"):
            source = path.read_text("utf-8")
            names = r"(?:environ(?:\.get\(|\[)|env\.get\(|_from_torchrun\()\"([A-Z_]+)\""
            read |= set(re.findall(names, source))
            read |= set(re.findall(r'"([A-Z_]+)" in os\.environ', source))
    assert len(read) > 10
    assert not [name for name in read if f"`{name}`" not in text]


def test_exit_codes_are_the_documented_ones():
    from diffviz.tui.exit_codes import BY_SIGNAL, FAILURE

    text = (ROOT / "docs" / "development.md").read_text("utf-8")
    table = text.partition("## Exit codes")[2].partition("\n## ")[0]
    codes = {int(code) for row in re.findall(r"^\| ([\d, ]+) \|", table, re.M) for code in
             row.split(",")}  # fmt: skip
    assert codes == {0, FAILURE, 2, *BY_SIGNAL.values()}


@pytest.fixture
def desk(tmp_path, larger_mnist):
    """Return a folder with drawn digits in MNIST's place, and an environment for it."""
    assert larger_mnist == tmp_path / "data"
    shutil.copy(ROOT / "train_cli.py", tmp_path)
    (tmp_path / "keys.txt").write_text("until blob\nb\n3\nwait 1\n")
    Image.linear_gradient("L").convert("RGB").save(tmp_path / "photo.jpg")
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
    for line in script.splitlines():
        parts = re.split(r"( && | \| | > )", line.strip())
        for pattern, instead, _ in INSTEAD:
            parts = [re.sub(pattern, instead, part) for part in parts]
        for pattern, more, _ in LESS:
            parts = [f"{part} {more}" if re.match(pattern, part) else part for part in parts]
        lines.append(re.sub(r"--data-dir DATA\b", "--data-dir data", "".join(parts)))
    return "\n".join(lines)


def is_whole(command: str) -> bool:
    """Return whether a command in prose has all it needs, and is not just its name."""
    from diffviz.tui.cli import build_parser

    words = alone(command)
    if words[:3] == ["python", "-m", "diffviz"]:
        words = ["diffviz", *words[3:]]
    if len(words) < 3 or PATTERN.search(re.sub(r"--data-dir DATA\b", "", command)):
        return False
    if words[0] != "diffviz":
        return True
    with suppress(SystemExit), redirect_stderr(io.StringIO()):
        build_parser().parse_args(words[1:])
        return True
    return False


def to_run(document: Path) -> list[tuple[str, str]]:
    """Return a document's scripts in their order: blocks, and whole commands in prose, once."""
    scripts: dict[tuple[str, str], None] = {}
    for kind, text in in_order(document):
        if kind == "python":
            scripts.setdefault((kind, text))
        elif kind == "block" or (kind == "span" and is_whole(text)):
            script = as_tested(text)
            if set(script.split("\n")) - {"", "true"}:
                scripts.setdefault(("bash", script))
    return list(scripts)


def test_the_python_example_of_the_readme_samples_a_digit(desk):
    first = blocks(ROOT / "docs" / "api.md", "python")[0]
    assert run(desk, sys.executable, "-c", first) == "(1, 28, 28)\n"


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_printed_command_runs(document, desk, tell):
    """The commands and programs of a document one after the other, in one folder."""
    commands = programs = 0
    for kind, script in to_run(document):
        if kind == "python":
            name = re.match(r"# (\w+\.py)\n", script)
            if name is not None:  # the commands below it take the file
                (desk[0] / name[1]).write_text(script)
            run(desk, sys.executable, "-c", script)
            programs += 1
        else:
            run(desk, "bash", "-euc", script)
            commands += sum(line.strip() not in ("", "true") for line in script.splitlines())
    tell(f"{document.name} | {commands} commands, {programs} programs | run as printed")
