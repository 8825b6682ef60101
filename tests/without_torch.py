"""Tests that need PyTorch: left out where it isn't installed, and counted.

They are marked ``needs_torch``, alone or as a module; so are all tests of training and those that
use a fixture which trains. A module that is marked as a whole isn't imported then.
"""

import ast
import re
from pathlib import Path

import pytest

from diffviz.core.machine.torch_install import is_installed

TRAINING = Path(__file__).parent / "core" / "train"
FIXTURES = {"labelled_file", "new_training", "tiny_images"}
_left_out: set[str] = set()


def pytest_pycollect_makemodule(module_path, parent):
    """Return a stand-in for a module that can't be imported without PyTorch."""
    if is_installed():
        return None
    marked = re.search(r"^pytestmark = .*needs_torch", module_path.read_text("utf-8"), re.M)
    if marked or TRAINING in module_path.parents:
        return _Unimported.from_parent(parent, path=module_path)
    return None


class _Unimported(pytest.File):
    """The tests of a module by their names alone."""

    def collect(self):
        for node in ast.parse(self.path.read_bytes()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                item = _Unimportable.from_parent(self, name=node.name)
                item.add_marker("needs_torch")
                if any("slow" in ast.unparse(decorator) for decorator in node.decorator_list):
                    item.add_marker("slow")
                yield item


class _Unimportable(pytest.Item):
    """A test that is deselected always."""

    def runtest(self) -> None:
        raise AssertionError("needs PyTorch")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Deselect, of what ``-m`` and ``-k`` selected, the tests that need PyTorch."""
    if is_installed():
        return
    kept, out = [], []
    for item in items:
        needs = item.get_closest_marker("needs_torch") or FIXTURES & {
            *getattr(item, "fixturenames", ())
        }
        (out if needs else kept).append(item)
    items[:] = kept
    _left_out.update(item.nodeid.partition("[")[0] for item in out)
    config.hook.pytest_deselected(items=out)
    if hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = sorted(_left_out)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Take over what a process of pytest-xdist left out."""
    _left_out.update(getattr(node, "workeroutput", {}).get("left_out", ()))


def pytest_terminal_summary(terminalreporter):
    """Print how many tests were left out, if any were."""
    if _left_out:
        terminalreporter.line(f"{len(_left_out)} tests need torch and were left out")
