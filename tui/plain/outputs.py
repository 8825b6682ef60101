"""Several output files of one command: each is written, whatever happens to the others."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ...core.errors import DiffvizError
from ..stderr import print_error

Put = Callable[[Callable[[], object]], None]
"""Calls its argument, which writes one file; an error of it is raised at the end."""


@contextmanager
def all_outputs() -> Iterator[Put]:
    """Yield a function that writes an output by calling its argument.

    Raises:
        DiffvizError: at the end, if an output isn't in its place; it says where each is instead.
    """
    problems: list[str] = []

    def put(write: Callable[[], object]) -> None:
        try:
            write()
        except DiffvizError as error:
            problems.append(str(error))

    try:
        yield put
    except BaseException:
        for problem in problems:
            print_error(problem)
        raise
    if problems:
        raise DiffvizError("; ".join(problems))
