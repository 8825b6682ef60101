"""The command line's parser: usage errors on one line, whole flags only, examples in the help."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from ...core.errors import DiffvizError, printable
from ...core.names import find_name, suggestion
from ..exit_codes import USAGE
from ..stderr import print_error, print_notice

_EXAMPLES = "examples:\n"
_GIVEN = "_given"
"""Attribute of a namespace while it is filled: how often each flag was given."""


class UsageError(DiffvizError):
    """A command line that is wrong whatever the files on this machine are: exit status 2."""


@contextmanager
def usage_errors() -> Iterator[None]:
    """Turn an error of values that flags gave into a usage error."""
    try:
        yield
    except DiffvizError as error:
        raise UsageError(str(error)) from error


class Parser(argparse.ArgumentParser):
    """A parser that differs from argparse's in what it prints, and accepts no abbreviations.

    A usage error is one line on stderr that names the nearest word. A flag with one value that is
    given twice is reported: the last value counts.
    """

    def __init__(self, *, examples: Sequence[str] = (), **keywords: Any) -> None:
        """Make a parser; ``examples`` are whole commands, printed at the end of the help."""
        self.examples = tuple(examples)
        if examples:
            keywords["epilog"] = _EXAMPLES + "\n".join(f"  {line}" for line in examples)
        super().__init__(**({"allow_abbrev": False, "formatter_class": _HelpFormatter} | keywords))
        self.color = False  # Python 3.14 would print escape sequences into files
        for name in (None, "store"):
            self.register("action", name, _StoreOnce)

    def parse_known_args(self, args=None, namespace=None):  # pyright: ignore
        """Parse; an unknown argument is a usage error here, where the command's flags are known."""
        parsed, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self._refuse(unknown)
        for flag, count in vars(parsed).pop(_GIVEN, {}).items():
            if count > 1:
                times = "twice" if count == 2 else f"{count} times"
                print_notice(f"{flag} is given {times}: the last one counts")
        return parsed, unknown

    def error(self, message: str) -> NoReturn:
        """Print ``message`` as one line and exit with the status of a usage error."""
        print_error(printable(message.removeprefix("argument ")))
        sys.exit(USAGE)

    def _refuse(self, unknown: Sequence[str]) -> NoReturn:
        flags = [word for word in unknown if word.startswith("-") and word != "-"]
        if not flags:
            self.error(f"unexpected argument '{unknown[0]}': see {self.prog} --help")
        name = flags[0].partition("=")[0]
        known = [flag for flag in self._option_string_actions if flag.startswith("--")]
        near = suggestion(name, known)
        if near.startswith("choose"):
            near = f"see {self.prog} --help"
        self.error(f"unknown flag {name}: {near}")


class _StoreOnce(argparse.Action):
    """Stores a value, and counts how often that was done."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        if option_string is not None:
            given: dict[str, int] = vars(namespace).setdefault(_GIVEN, {})
            flag = self.option_strings[-1]
            differs = flag not in given or getattr(namespace, self.dest) != values
            given[flag] = given.get(flag, 0) + differs
        setattr(namespace, self.dest, values)


class _HelpFormatter(argparse.HelpFormatter):
    """Wraps descriptions, but leaves examples as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if text.startswith(_EXAMPLES):
            return text
        return super()._fill_text(text, width, indent)


def one_of(names: Iterable[str]) -> Callable[[str], str]:
    """Return an argparse type: one of ``names``, in upper or lower case."""
    known = tuple(names)

    def parse(text: str) -> str:
        name = find_name(text, known)
        if name is None:
            raise argparse.ArgumentTypeError(f"unknown '{text}': {suggestion(text, known)}")
        return name

    return parse
