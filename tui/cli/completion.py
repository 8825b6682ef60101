"""``diffviz completion``: print a completion script for a shell."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .parser import one_of

SHELLS = ("bash", "zsh", "fish")
WHERE = {
    "bash": 'eval "$(diffviz completion bash)" in ~/.bashrc',
    "zsh": 'eval "$(diffviz completion zsh)" in ~/.zshrc, after compinit',
    "fish": "diffviz completion fish > ~/.config/fish/completions/diffviz.fish",
}


def add_parser(commands) -> None:
    """Add ``completion`` to the command line."""
    parser = commands.add_parser(
        "completion",
        help="print a script that completes commands and flags",
        examples=(
            "diffviz completion bash > diffviz.bash",
            "diffviz completion fish > ~/.config/fish/completions/diffviz.fish",
        ),
        description="Print a completion script for a shell. " + ". ".join(
            f"{shell}: {how}" for shell, how in WHERE.items()
        ),
    )  # fmt: skip
    parser.add_argument(
        "shell", type=one_of(SHELLS), choices=SHELLS, metavar="SHELL", help="bash, zsh or fish"
    )
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> int:
    """Print the script."""
    import shtab

    from .command_line import build_parser

    parser = build_parser()
    weights = _weights()
    for action in _actions(parser):
        if "--weights" in action.option_strings or action.metavar == "WEIGHTS":
            action.complete = weights  # type: ignore[attr-defined]
        elif action.metavar in ("DIR", "RUN"):
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif action.type is Path or action.metavar == "FILE":
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    print(shtab.complete(parser, args.shell))
    return 0


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield the flags and arguments of the parser and of its subcommands."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from _actions(child)


def _weights() -> dict[str, Any]:
    """Return, by shell, the completion of ``--weights``: bundled names, files and run folders."""
    from ...core.models.catalog import bundled_names

    names = " ".join(bundled_names())
    return {
        "bash": "_diffviz_weights",
        "zsh": "_diffviz_weights",
        "fish": f"(printf '%s\\n' {names}; __fish_complete_path (commandline -ct))",
        "preamble": {
            "bash": f'_diffviz_weights() {{ compgen -W "{names}" -- "$1"; compgen -f -- "$1"; }}',
            "zsh": "_diffviz_weights() {\n"
            f"  _alternative 'names:bundled weights:({names})' 'files:file:_files'\n}}",
        },
    }
