"""Fixtures shared by all tests: one thread, no network, the command called in-process."""

import gc
import os
import socket
import struct
import sys
from dataclasses import dataclass

# Before anything imports torch or numpy; subprocesses inherit it.
os.environ["OMP_NUM_THREADS"] = "1"
# Without bytecode each worker, and each process that a test starts, compiles all modules anew.
os.environ["PYTHONDONTWRITEBYTECODE"] = ""

import pytest

from . import without_torch
from .weights_files import save_arrays, untrained
from .without_torch import (  # noqa: F401
    pytest_collection_modifyitems,
    pytest_pycollect_makemodule,
    pytest_testnodedown,
)

sys.dont_write_bytecode = False


def pytest_collection_finish():
    """Leave what is imported by now out of garbage collection, and collect more rarely.

    Otherwise every full collection goes through all modules: an eighth of the suite's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """Keep tests away from the user's cache and data, and from what lies there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        patch.delenv("DIFFVIZ_DATA_DIR", raising=False)
        yield


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """Make every look-up of a host name and every internet connection fail."""
    connect = socket.socket.connect

    def refuse(*_args, **_kwargs):
        raise OSError("tests have no network")

    def local_only(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            refuse()
        return connect(self, address)

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", local_only)


_ROWS: list[str] = []


@pytest.fixture
def tell():
    """Return a function that adds a row to the table a run ends with."""
    return _ROWS.append


def pytest_terminal_summary(terminalreporter):
    """Print what the tests measured, if any did, and what was left out."""
    without_torch.pytest_terminal_summary(terminalreporter)
    if _ROWS:
        terminalreporter.section("table")
        for row in _ROWS:
            terminalreporter.line(row)


@dataclass(frozen=True)
class Outcome:
    """What a command did: its exit status and what it printed."""

    status: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line a failed command prints; anything else fails the test."""
        return self._only_line(1)

    @property
    def usage_complaint(self) -> str:
        """The one line of a usage error; anything else fails the test."""
        assert self.out == "", self
        return self._only_line(2)

    def _only_line(self, status: int) -> str:
        lines = self.err.splitlines()
        assert self.status == status, self
        assert len(lines) == 1, self
        assert lines[0].startswith("diffviz: error: "), self
        return lines[0]


@pytest.fixture
def diffviz(capsys, monkeypatch):
    """Return a function that runs ``diffviz ARGUMENTS…`` in this process, on one thread."""
    from diffviz.tui.cli import main

    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0}, raising=False)

    def call(*arguments) -> Outcome:
        capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as exit_:
            status = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def weights_file(tmp_path_factory):
    """Return a weights file of the reference UNet: untrained, raw and EMA sets different."""
    arrays = untrained("reference-unet")
    raw = {f"raw.{name}": array for name, array in arrays.items()}
    ema = {f"ema.{name}": 0.9 * array for name, array in arrays.items()}
    path = tmp_path_factory.mktemp("weights") / "untrained.safetensors"
    metadata = {"kind": "weights", "architecture": "reference-unet", "default_set": "raw"}
    save_arrays(path, raw | ema, metadata)
    return path


@pytest.fixture(scope="session")
def labelled_file(tmp_path_factory):
    """Return a weights file of the default UNet with ten labels that change its predictions."""
    import torch

    from diffviz.core.models.weight_files import save_tensors
    from diffviz.core.models.weights import load_weights

    path = tmp_path_factory.mktemp("weights") / "labelled.safetensors"
    tensors = {f"raw.{k}": torch.from_numpy(v) for k, v in load_weights("film-15").tensors.items()}
    table = torch.randn(11, 64, generator=torch.Generator().manual_seed(1))
    metadata = {"architecture": "film-unet", "default_set": "raw", "classes": list("0123456789")}
    save_tensors(path, tensors | {"raw.labels.weight": table}, metadata)
    return path


def write_idx(path, array) -> None:
    """Write a uint8 array in the IDX format of the MNIST files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    path.write_bytes(header + array.astype("uint8").tobytes())


def write_mnist(folder, train: int, test: int):
    """Write drawn digits in MNIST's place below ``folder``; return it."""
    from diffviz.core.data.synthetic import synthetic_digits

    for part, count, seed in (("train", train, 2), ("t10k", test, 3)):
        images, labels = synthetic_digits(count, seed)
        write_idx(folder / "MNIST" / "raw" / f"{part}-images-idx3-ubyte", images)
        write_idx(folder / "MNIST" / "raw" / f"{part}-labels-idx1-ubyte", labels)
    return folder


@pytest.fixture
def mnist_dir(tmp_path):
    """Return a data folder in torchvision's layout with 32 training and 8 test images."""
    return write_mnist(tmp_path / "data", 32, 8)


@pytest.fixture
def larger_mnist(tmp_path):
    """Return a data folder with as many drawn digits as an evaluation needs."""
    return write_mnist(tmp_path / "data", 400, 200)
