"""Other people's Python: how it is loaded, and how its errors are told."""

import importlib.util
import sys
import traceback
from pathlib import Path
from typing import Any

from ..errors import DiffvizError, message_of
from ..names import suggestion

_MODULE = "_diffviz_own_model"
_CORE = Path(__file__).resolve().parents[1]
_OURS = (_CORE, _CORE.parent / "tui")


def load_object(file: Path, name: str) -> Any:
    """Run a Python file and return what it calls ``name``.

    Raises:
        DiffvizError: if there is no such file or name, or the code fails.
    """
    if not file.is_file():
        raise DiffvizError(f"no file {file}: --model takes FILE.py:NAME, or a folder of diffusers")
    folder = str(file.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)  # as when it is run: it may import its neighbours
    spec = importlib.util.spec_from_file_location(_MODULE, file)
    if spec is None or spec.loader is None:
        raise DiffvizError(f"{file} is no Python file: --model takes FILE.py:NAME")
    module = importlib.util.module_from_spec(spec)
    sys.modules[_MODULE] = module
    try:
        spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise  # Ctrl+C
    except BaseException as error:
        raise DiffvizError(f"{file} can't be loaded: {told(error, file)}") from None
    if not hasattr(module, name):
        names = [known for known in vars(module) if not known.startswith("_")]
        hint = suggestion(name, names) if names else "it defines nothing"
        raise DiffvizError(f"{file} has no {name}: {hint}")
    return getattr(module, name)


def told(error: BaseException, file: Path | None = None) -> str:
    """Return an error of a user's code in one line, with the line of their own that raised it.

    That is the last one in ``file``, or else the last one outside of diffviz and of installed
    packages.
    """
    kind, message = type(error).__name__, message_of(error)
    what = kind if message == kind else f"{kind}: {message}"
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).name}, line {error.lineno}: {kind}: {error.msg}"
    frames = traceback.extract_tb(error.__traceback__)
    own = None if file is None else str(file.resolve())
    mine = [f for f in frames if own is not None and str(Path(f.filename).resolve()) == own]
    mine = mine or [frame for frame in frames if _is_users(frame.filename)]
    if not mine:
        return what
    return f"{Path(mine[-1].filename).name}, line {mine[-1].lineno}: {what}"


def _is_users(filename: str) -> bool:
    """Return whether a file is neither of diffviz nor of an installed package."""
    path = Path(filename)
    others = (*_OURS, Path(sys.base_prefix, "lib"))
    inside = any(path.is_relative_to(folder) for folder in others)
    return not (inside or "site-packages" in path.parts or filename.startswith("<"))
