"""Every file diffviz reads, damaged at random: taken, or refused in one line, in bounded time.

The default run takes a few cases of each kind; ``pytest -m slow tests/fuzz`` the full number and
ends with a table.
"""

import gzip
import io
import json
import resource
import struct
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from diffviz.core.classifier import Classifier
from diffviz.core.data import ImageData, load_dataset
from diffviz.core.data.given_files import GivenFiles
from diffviz.core.data.one_picture import read_mask
from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.errors import DiffvizError, printable
from diffviz.core.measure.phase_record import read_phases, weights_sha256
from diffviz.core.models import ARCHITECTURES
from diffviz.core.models.catalog import resolve, training_losses
from diffviz.core.models.weight_files import read_tensors
from diffviz.core.models.weights import load_weights
from diffviz.core.own.diffusers_folder import _schedule, _scheduler_config, load_folder
from diffviz.core.recipes import TrainConfig
from diffviz.core.runs import RunFolder, cut_log, read_config, read_log
from diffviz.core.runs.preview_files import read_preview
from diffviz.core.samples.files import read_samples
from diffviz.core.samples.sets import _read_cached
from diffviz.core.train import train
from diffviz.core.train.checkpoint import load_checkpoint
from diffviz.core.train.train_state import new_state
from diffviz.core.writers.step_file import HEADER, StepFile, StepPictures, pack
from diffviz.tui.casts.reader import CastReader

pytestmark = pytest.mark.needs_torch

QUICK, SLOW = 25, 2000
MOST_SECONDS, MOST_MEMORY = 5.0, 300 << 20  # of CPU a case; beyond what was in use before

STEP = StepPictures(1, 500.0, np.zeros((8, 6, 3), np.uint8), np.ones((8, 6, 3), np.uint8), 0.5)
UNET = json.dumps(
    {"_class_name": "UNet2DModel", "in_channels": 3, "sample_size": [16, 24]}
).encode()
SCHEDULER = json.dumps(
    {"_class_name": "DDPMScheduler", "num_train_timesteps": 500, "beta_start": 1e-4,
     "beta_end": 0.02, "beta_schedule": "linear", "steps_offset": 1, "clip_sample": True,
     "prediction_type": "epsilon", "timestep_spacing": "leading"}
).encode()  # fmt: skip

Damage = Callable[[bytes, int], bytes]


class Tiny(torch.nn.Module):
    """A network whose files are small."""

    def __init__(self) -> None:
        super().__init__()
        self.output = torch.nn.Conv2d(1, 1, 3, padding=1)

    def forward(self, x, t):
        """Return eps; ``t`` is 0 … 999."""
        return self.output(x) * (t.float()[:, None, None, None] + 1) / 1000


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Return the folder of a finished training of the tiny network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ARCHITECTURES, "tiny", lambda num_classes: Tiny())
        path = tmp_path_factory.mktemp("fuzz") / "run"
        config = TrainConfig(architecture="tiny", dataset="synthetic", epochs=2, batch_size=8)
        images, labels = synthetic_digits(16)
        data = ImageData("synthetic", images, labels, "md5")
        with RunFolder.create(path, config, {"threads": 1, "device": "cpu"}) as opened:
            for _ in opened.record(train(config, data, path)):
                pass
        yield path


def safetensors(damage: Damage, content: bytes, seed: int) -> bytes:
    """Damage the header alone, its length kept true, or the whole file."""
    if seed % 3 == 0:
        return damage(content, seed)
    (length,) = struct.unpack("<Q", content[:8])
    header = damage(content[8 : 8 + length], seed)
    return struct.pack("<Q", len(header)) + header + content[8 + length :]


def archive(damage: Damage, content: bytes, seed: int) -> bytes:
    """Damage one member and pack it again with a true checksum, or the whole archive."""
    if seed % 3 == 0:
        return damage(content, seed)
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = old.namelist()
        for name in names:
            member = old.read(name)
            is_it = name == names[seed % len(names)]
            new.writestr(name, damage(member, seed) if is_it else member)
    return buffer.getvalue()


def plain(damage: Damage, content: bytes, seed: int) -> bytes:
    return damage(content, seed)


def packed(damage: Damage, content: bytes, seed: int) -> bytes:
    """Damage what is packed by gzip, or the gzip file."""
    if seed % 3 == 0:
        return damage(content, seed)
    return gzip.compress(damage(gzip.decompress(content), seed))


def npz(**arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def idx(array) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


IMAGES, LABELS = synthetic_digits(110)
FRAMES = [Image.fromarray(image) for image in IMAGES[1:4]]
TURNED = Image.Exif()
TURNED[0x0112] = 6
PICTURES: dict[str, tuple] = {
    "gif": (IMAGES[0], "GIF", {"save_all": True, "append_images": FRAMES}),
    "tif": (IMAGES[0].astype(np.uint16) * 257, "TIFF", {"exif": TURNED}),
    "tiff": (IMAGES[0].astype(np.float32) / 255, "TIFF", {}),
    "jpg": (IMAGES[0], "JPEG", {"exif": TURNED}),
    "pgm": (IMAGES[0], "PPM", {}),
    "bmp": (IMAGES[0], "BMP", {}),
    "webp": (IMAGES[0], "WEBP", {}),
    "tga": (IMAGES[0], "TGA", {}),
    "pcx": (IMAGES[0], "PCX", {}),
}


def read_mnist(path: Path) -> None:
    data = load_dataset("mnist", path.parents[2])
    assert data.images.shape[1:] == (28, 28)
    assert len(data.images) == len(data.labels) > 0


def read_resumable(path: Path) -> None:
    state = new_state(TrainConfig(architecture="tiny", epochs=2, batch_size=8), "md5",
                       torch.device("cpu"))  # fmt: skip
    load_checkpoint(path, state)
    assert 0 <= state.step < 10**12
    assert 0 <= state.epoch_loss < float("inf")


def read_a_log(path: Path) -> None:
    for event in read_log(path):
        assert isinstance(event.step, int)
    assert all(isinstance(loss, float) for loss in training_losses(str(path.parent)))
    cut_log(path, 3)


def read_a_config(path: Path) -> None:
    config, environment = read_config(path.parent)
    assert json.dumps(config.to_json()).isprintable()
    assert isinstance(environment, dict)


def read_cached_digits(path: Path) -> None:
    found, seconds = _read_cached(path.parent, range(8))
    assert all(image.shape == (28, 28) for image in found.values())
    assert 0 <= seconds < float("inf")


def read_measured(path: Path) -> None:
    # the file lies where phases of bundled weights are looked for
    for phases in read_phases("reference", "raw"):
        from rich.console import Console

        from diffviz.tui.plain.phase_table import print_phases

        print_phases(phases, Console(file=io.StringIO(), width=80))


def read_a_classifier(path: Path) -> None:
    assert np.isfinite(Classifier.load(path).probabilities(np.zeros((1, 28, 28), np.float32))).all()


def read_a_recording(path: Path) -> None:
    reader = CastReader(path)
    assert 1 <= reader.width <= 10_000
    assert 1 <= reader.height <= 10_000
    assert all(isinstance(event.data, str) for event in reader)
    assert all(1 <= side <= 10_000 for side in reader.largest)


def read_a_strip(path: Path) -> None:
    found = read_preview(path.parents[1], f"previews/{path.name}")
    assert found is None or found.shape[1:] == (28, 28)


def read_a_drawing(path: Path) -> None:
    given, notes = GivenFiles(path, 500).read()
    assert given.x_0.shape == (28, 28)
    assert np.isfinite(given.x_0).all()
    assert all(note == printable(note) for note in notes)


def read_a_mask(path: Path) -> None:
    hidden = read_mask(path)
    assert hidden.shape == (28, 28)
    assert hidden.any()
    assert not hidden.all()


def read_own_images(path: Path) -> None:
    source = path if path.suffix in (".npz", ".npy", ".gz") else path.parent
    data = load_dataset(str(source))
    assert data.images.shape == (len(data.labels), 28, 28)


def read_a_loop(path: Path) -> None:
    file = StepFile(path)
    file.poll()
    for index in range(len(file.entries)):
        step = file.read(index)
        assert step is None or step.x_t.shape[0] <= 256
    assert file.problem == printable(file.problem)
    file.close()


def read_a_unet(path: Path) -> None:
    """Read the configuration of a network; the weights beside it aren't there."""
    try:
        load_folder(path.parents[1])
    except DiffvizError as error:
        if "no diffusion_pytorch_model.safetensors" not in str(error):
            raise


def read_a_scheduler(path: Path) -> None:
    found = _schedule(path.parents[1], _scheduler_config(path.parents[1]), False)
    assert np.isfinite(found.alpha_bars).all()
    assert all(1 <= t <= 1000 for t in found.timesteps(7))


def picture(levels, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(levels).save(buffer, kind, **options)
    return buffer.getvalue()


def cast(picture) -> bytes:
    head = {"version": 3, "term": {"cols": 60, "rows": 20}, "diffviz": {"seed": "17"}}
    rows = [[0.1 * i, "om"[i % 9 == 8], f"\x1b[{i}m{row}"] for i, row in enumerate(picture)]
    return "".join(json.dumps(line) + "\n" for line in (head, *rows)).encode()


def kinds(run: Path, folder: Path) -> dict[str, tuple]:
    """Return by name: a good file, where it lies, how it is damaged, what reads it."""
    digest = weights_sha256("reference")
    classifier = resolve("reference").with_name("classifier.safetensors").read_bytes()
    card = json.loads(resolve("reference").with_suffix(".json").read_bytes())
    raw = folder / "data" / "MNIST" / "raw"
    cached = folder / "cache" / "diffviz" / "phases" / f"{digest[:20]}-raw.json"
    seeds = np.arange(8, dtype=np.uint64)
    return {
        "weights": ((run / "weights.safetensors").read_bytes(), folder / "w.safetensors",
                    safetensors, lambda path: load_weights(str(path))),
        "classifier": (classifier, folder / "c.safetensors", safetensors, read_a_classifier),
        "checkpoint": ((run / "checkpoint.safetensors").read_bytes(), folder / "checkpoint",
                       safetensors, read_resumable),
        "tensors": ((run / "checkpoint.safetensors").read_bytes(), folder / "tensors",
                    safetensors, read_tensors),
        "config": ((run / "config.json").read_bytes(), folder / "config.json", plain,
                   read_a_config),
        "log": ((run / "log.jsonl").read_bytes(), folder / "log.jsonl", plain, read_a_log),
        "phases": (json.dumps(card["phases"]["raw"]).encode(), cached, plain, read_measured),
        "images": (idx(IMAGES), raw / "train-images-idx3-ubyte", plain, read_mnist),
        "labels": (idx(LABELS.astype(np.uint8)), raw / "train-labels-idx1-ubyte", plain,
                   read_mnist),
        "samples.npz": (npz(images=IMAGES, meta=np.array('{"n": 110}')), folder / "s.npz", archive,
                        read_samples),
        "samples.npy": (npy(IMAGES), folder / "s.npy", plain, read_samples),
        "kept": (npz(images=IMAGES[:8], seeds=seeds, seconds=1.5), folder / "kept" / "k.npz",
                 archive, read_cached_digits),
        "cast": (cast(IMAGES[0].tolist()), folder / "r.cast", plain, read_a_recording),
        "packed cast": (
            gzip.compress(b"\xef\xbb\xbf" + cast(IMAGES[0].tolist()), mtime=0),
            folder / "r.cast.gz",
            plain,
            read_a_recording,
        ),
        "strip": (npy(IMAGES[:4]), folder / "previews" / "00000100.npy", plain, read_a_strip),
        "own.npz": (npz(images=IMAGES, labels=LABELS), folder / "own" / "o.npz", archive,
                    read_own_images),
        "own.npy": (npy(IMAGES.reshape(110, 784)), folder / "own.npy", plain, read_own_images),
        "own.idx.gz": (gzip.compress(idx(IMAGES)), folder / "own-images-idx3-ubyte.gz", packed,
                       read_own_images),
        "steps": (HEADER + pack(STEP) * 3, folder / "loop.steps", plain, read_a_loop),
        "unet": (UNET, folder / "unets" / "unet" / "config.json", plain, read_a_unet),
        "scheduler": (SCHEDULER, folder / "unets" / "scheduler" / "scheduler_config.json", plain,
                      read_a_scheduler),
        "picture": (picture(IMAGES[0], "PNG"), folder / "pictures" / "p.png", plain,
                    read_own_images),
        "drawing": (picture(IMAGES[0], "PNG"), folder / "d.png", plain, read_a_drawing),
        "drawing.gif": (picture(IMAGES[0], "GIF"), folder / "d.gif", plain, read_a_drawing),
        "mask": (picture(IMAGES[0], "PNG"), folder / "m.png", plain, read_a_mask),
        **{f"picture.{name}": (picture(levels, kind, **options), folder / name / f"p.{name}", plain,
                               read_own_images)
           for name, (levels, kind, options) in PICTURES.items()},
    }  # fmt: skip


def npy(array) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


NAMES = ["weights", "classifier", "checkpoint", "tensors", "config", "log", "phases", "images",
         "labels", "samples.npz", "samples.npy", "kept", "cast", "packed cast", "strip", "own.npz",
         "own.npy", "own.idx.gz", "steps", "unet", "scheduler", "picture", "drawing", "drawing.gif",
         "mask",
         *(f"picture.{name}" for name in PICTURES)]  # fmt: skip


def attack(name: str, run: Path, folder: Path, damage: Damage, cases: int, patch) -> str:
    """Read ``cases`` damaged files of a kind; return a line for the table."""
    patch.setitem(ARCHITECTURES, "tiny", lambda num_classes: Tiny())
    patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    files = kinds(run, folder)
    assert list(files) == NAMES
    for _, path, *_ in files.values():  # what stands beside the damaged file is whole
        path.parent.mkdir(parents=True, exist_ok=True)
    for other in ("images", "labels", "unet", "scheduler"):
        files[other][1].write_bytes(files[other][0])
    for part, rest in (("t10k-images-idx3", IMAGES), ("t10k-labels-idx1", LABELS)):
        (files["images"][1].parent / f"{part}-ubyte").write_bytes(idx(rest.astype(np.uint8)))

    good, path, how, read = files[name]
    path.write_bytes(good)
    read(path)  # the good file is taken
    refused, slowest, before = 0, 0.0, peak_memory()
    for seed in range(cases):
        path.write_bytes(how(damage, good, seed))
        began = time.process_time()
        message = ""
        try:
            read(path)
        except DiffvizError as error:
            refused, message = refused + 1, str(error)
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}: {error!r}") from error
        assert message == printable(message), (name, seed)
        took = time.process_time() - began
        assert took < MOST_SECONDS, (name, seed)
        slowest = max(slowest, took)
        assert not list(path.parent.glob(".*.tmp")), (name, seed)
    grown = peak_memory() - before
    assert grown < MOST_MEMORY
    return f"{name} | {cases:,} | {refused:,} | {1000 * slowest:.0f} ms | {grown >> 20} MiB"


def peak_memory() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


@pytest.mark.parametrize("name", NAMES)
def test_a_few_damaged_files_are_one_line(name, run, tmp_path, mutate, monkeypatch):
    attack(name, run, tmp_path, mutate, QUICK, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_many_damaged_files_are_one_line(name, run, tmp_path, mutate, monkeypatch, tell):
    tell(attack(name, run, tmp_path, mutate, SLOW, monkeypatch))
