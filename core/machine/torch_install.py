"""How to get PyTorch where it is missing: the command for this environment, and the errors.

Only the standard library is imported, so that a command can say what is missing before it does
anything else.
"""

import os
import shlex
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..errors import DiffvizError, message_of

PACKAGES = ("torch", "torchvision")
_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
_TITLES = {"torch": "PyTorch", "torchvision": "torchvision"}
_UV_CACHE = {"archive-v0", "builds-v0", "environments-v2"}
"""Folders in uv's cache where uvx keeps environments."""


class MissingTorchError(DiffvizError, ImportError):
    """PyTorch is needed, and it isn't installed or can't be loaded; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Installation:
    """The commands that bring PyTorch into this environment, as lists of words."""

    install: tuple[str, ...]
    install_cpu: tuple[str, ...] | None
    """PyTorch's official build without CUDA; None where PyPI's has none either."""
    reinstall: tuple[str, ...]
    """Replaces packages that are installed but can't be loaded."""
    runs_diffviz: bool = False
    """Whether the commands run diffviz again, in an environment of its own."""


def is_installed(package: str = "torch") -> bool:
    """Return whether ``package`` is installed; it isn't loaded."""
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):  # hidden by an import hook, or in memory without a spec
        return sys.modules.get(package) is not None


def require_torch(purpose: str, package: str = "torch") -> None:
    """Check that ``package`` of PyTorch is installed, without loading it.

    ``purpose`` begins the error's text: ``training``, ``--backend pytorch``.

    Raises:
        MissingTorchError: if it isn't; the text has the command that installs it.
    """
    if is_installed(package):
        return
    commands = installation()
    text = f"{purpose} needs {_TITLES[package]}, which is not installed: "
    text += shlex.join(commands.install)
    if commands.install_cpu:
        text += f" (or the smaller build without CUDA: {shlex.join(commands.install_cpu)})"
    raise MissingTorchError(text)


def import_torch(purpose: str, package: str = "torch") -> Any:
    """Return the module ``package`` of PyTorch, loaded; see :func:`require_torch`.

    Raises:
        MissingTorchError: if it isn't installed, or its import fails.
    """
    require_torch(purpose, package)
    try:
        return import_module(package)
    except Exception as error:  # a damaged package raises anything: OSError, RuntimeError, …
        reason = f"{type(error).__name__}: {message_of(error)}"
        raise MissingTorchError(
            f"{purpose} needs {_TITLES[package]}, which is installed but can't be loaded "
            f"({reason[:300]}): install it again with {shlex.join(installation().reinstall)}"
        ) from error


def installation(packages: tuple[str, ...] = PACKAGES) -> Installation:
    """Return how ``packages``, PyTorch's if none are given, get into this process's environment.

    pipx and uv are known by the files that they write into an environment, and have commands of
    their own; everywhere else there is pip.
    """
    prefix = Path(sys.prefix)
    with_packages = tuple(word for package in packages for word in ("--with", package))
    if _is_pipx(prefix):
        pip = ("pipx", "inject", prefix.name, *packages)
        return _commands(pip, ("--index-url", _CPU_INDEX), "--force")
    if (prefix / "uv-receipt.toml").is_file():
        source = _uv_tool_source(prefix / "uv-receipt.toml")
        tool = ("uv", "tool", "install", *with_packages, *source)
        return _commands(tool, ("--torch-backend", "cpu"), "--reinstall")
    if _UV_CACHE & set(prefix.parts):
        return _uvx(with_packages)
    if _is_uv(prefix) or (not is_installed("pip") and shutil.which("uv")):
        pip = ("uv", "pip", "install", "--python", sys.executable, *packages)
        return _commands(pip, ("--torch-backend", "cpu"), "--reinstall")
    pip = (sys.executable, "-m", "pip", "install", *packages)
    return _commands(pip, ("--index-url", _CPU_INDEX), "--force-reinstall")


def _commands(install: tuple[str, ...], cpu: tuple[str, ...], replace: str) -> Installation:
    return Installation(install, (*install, *cpu) if _has_cuda() else None, (*install, replace))


def _uvx(with_packages: tuple[str, ...]) -> Installation:
    """uvx never changes an environment: it makes another one."""
    diffviz = ("--from", _source(), *with_packages, "diffviz", *sys.argv[1:])
    cpu = ("uvx", "--torch-backend", "cpu", *diffviz) if _has_cuda() else None
    return Installation(("uvx", *diffviz), cpu, ("uvx", "--reinstall", *diffviz), runs_diffviz=True)


def _has_cuda() -> bool:
    """Return whether PyPI's PyTorch for this system carries CUDA."""
    return sys.platform == "linux"


def _is_pipx(prefix: Path) -> bool:
    if (prefix / "pipx_metadata.json").is_file() or prefix.parts[-3:-1] == ("pipx", "venvs"):
        return True
    home = os.environ.get("PIPX_HOME")
    return bool(home) and prefix.parent == Path(home).absolute() / "venvs"


def _is_uv(prefix: Path) -> bool:
    """Return whether uv made the virtual environment ``prefix``."""
    with suppress(OSError):
        lines = (prefix / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace").splitlines()
        return any(line.partition("=")[0].strip() == "uv" for line in lines)
    return False


def _source() -> str:
    """Return the folder that diffviz was installed from, or its name if it was from an index."""
    import json
    from importlib.metadata import PackageNotFoundError, distribution
    from urllib.parse import unquote, urlsplit

    with suppress(PackageNotFoundError, ValueError, KeyError, TypeError):
        text = distribution("diffviz").read_text("direct_url.json")
        url = json.loads(text or "{}")["url"]
        return unquote(urlsplit(url).path) if url.startswith("file:") else url
    return "diffviz"


def _uv_tool_source(receipt: Path) -> tuple[str, ...]:
    """Return the words of ``uv tool install`` that name diffviz and what is installed with it."""
    import tomllib

    source: tuple[str, ...] = ("diffviz",)
    others: list[str] = []
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        for item in tomllib.loads(receipt.read_text(encoding="utf-8"))["tool"]["requirements"]:
            if item["name"] != "diffviz":
                others += ["--with", item["name"]] if item["name"] not in PACKAGES else []
            elif "editable" in item:
                source = ("--editable", item["editable"])
            else:
                places = (item.get(key) for key in ("directory", "path", "url", "git"))
                source = (next(filter(None, places), "diffviz"),)
    return (*others, *source)
