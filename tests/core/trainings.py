"""A tiny network, a few images, and sittings of one run: what tests of training need."""

import dataclasses
import json
import threading
from pathlib import Path

import pytest
import torch
from torch import nn

from diffviz.core.data import ImageData
from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.models import ARCHITECTURES
from diffviz.core.models.weight_files import read_tensors
from diffviz.core.recipes import TrainConfig
from diffviz.core.records import Batch, TrainEvent
from diffviz.core.runs import RunFolder
from diffviz.core.train import Extras, train


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    torch.set_num_threads(1)


class Tiny(nn.Module):
    """A denoiser of 500 parameters whose layers are of the kinds the real ones have."""

    def __init__(self) -> None:
        super().__init__()
        self.time = nn.Linear(1, 6)
        self.conv1 = nn.Conv2d(1, 6, 3, padding=1)
        self.conv2 = nn.Conv2d(6, 6, 3, padding=1)
        self.output = nn.Conv2d(6, 1, 1)

    def forward(self, x, t):
        """Return eps; ``t`` is 0 … 999."""
        h = self.conv1(x) + self.time(t.float()[:, None] / 1000)[:, :, None, None]
        return self.output(torch.relu(self.conv2(torch.relu(h))))


@dataclasses.dataclass
class Training:
    """A run of 2 epochs of 3 batches of 8 images, in one sitting or several."""

    run: Path
    config: TrainConfig
    data: ImageData

    def sit(
        self, *, close_after=None, stop_at=None, when=None, resume=False, **options
    ) -> list[TrainEvent]:
        """Train until the end, or stop at a batch, or close after so many events."""
        folder = RunFolder.open(self.run) if resume else RunFolder.create(self.run, self.config, {})
        stop, seen = threading.Event(), []
        extras = dataclasses.replace(Extras(checkpoint_every_s=1e9), **options)
        with folder as run:
            events = run.record(
                train(self.config, self.data, self.run, resume=resume, stop=stop, extras=extras)
            )
            for event in events:
                seen.append(event)
                if when is not None:
                    when(event)
                if isinstance(event, Batch) and event.step == stop_at:
                    stop.set()
                if len(seen) == close_after:
                    break
            events.close()  # type: ignore[attr-defined]
        return seen

    def log(self) -> list[dict]:
        """Return the objects on the lines of the run's log."""
        return [json.loads(line) for line in (self.run / "log.jsonl").read_bytes().splitlines()]

    def result(self) -> dict:
        """Return all that a resume must not change: tensors to the bit, losses, order."""
        for line in (self.run / "log.jsonl").read_bytes().splitlines(keepends=True):
            assert line.endswith(b"\n")
            json.loads(line)
        tensors = {}
        for name in ("weights", "checkpoint", "epochs/0001", "epochs/0002"):
            file = read_tensors(self.run / f"{name}.safetensors")
            tensors[name] = {k: (v.shape, v.numpy().tobytes()) for k, v in file.tensors.items()}
        kept = ("event", "step", "epoch", "batch", "loss", "lr")
        log = [
            tuple(event[key] for key in kept)
            for event in self.log()
            if event["event"] in ("batch", "epoch")
        ]
        return {
            "tensors": tensors,
            "log": log,
            "config": (self.run / "config.json").read_text(),
            "leftovers": sorted(p.name for p in self.run.rglob(".*")),
        }


@pytest.fixture
def tiny_images():
    images, labels = synthetic_digits(26)  # 2 more than 3 batches: dropped
    return ImageData("synthetic", images, labels, "md5")


@pytest.fixture
def new_training(tmp_path, monkeypatch, tiny_images):
    """Return a function that sets up a training in ``tmp_path/NAME``."""
    monkeypatch.setitem(ARCHITECTURES, "tiny", lambda num_classes: Tiny())

    def make(name="run", architecture="tiny", **changes) -> Training:
        config = TrainConfig(
            architecture=architecture, dataset="synthetic", epochs=2, batch_size=8, lr=1e-3
        )
        return Training(tmp_path / name, dataclasses.replace(config, **changes), tiny_images)

    return make
