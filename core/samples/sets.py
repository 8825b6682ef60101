"""Sets of digits, sampled in whole batches and cached.

The user's cache has a folder for each way of sampling and a small file for each batch, so an
interrupted evaluation continues where it stopped, and a larger one adds to it.
"""

import hashlib
import io
import json
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..array_types import Grey
from ..errors import DiffvizError
from ..files.archives import read_arrays
from ..files.atomic import write_atomically
from ..files.cache import cache_folder
from ..files.reading import sha256_of
from ..machine.distributed import ALONE, Group
from ..models.catalog import resolve
from ..names import SIDE
from ..pictures import to_grey
from ..pipeline import Pipeline
from ..sampling import SamplingSpec
from ..sampling.labels import label_name

_MAX_BYTES = 1 << 26  # of a cached batch, unpacked


@dataclass(frozen=True, slots=True)
class SampleSource:
    """How digits were made: everything their pixels depend on, apart from their seeds."""

    weights: str
    set: str
    architecture: str
    weights_sha256: str
    """Of the weights file's bytes."""
    spec: SamplingSpec
    """With the sampler's defaults filled in."""
    precision: str = "fp32"

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, the settings of the sampler among the others."""
        facts = {k: getattr(self, k) for k in ("weights", "set", "architecture", "weights_sha256")}
        return facts | self.spec.to_json() | {"precision": self.precision}

    def folder(self) -> Path:
        """Return the cache folder of digits made in this way."""
        facts = self.to_json()
        del facts["weights"], facts["architecture"]  # names; the hash identifies the file
        key = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:20]
        return cache_folder("samples", key)


def source_of(pipeline: Pipeline, spec: SamplingSpec) -> SampleSource:
    """Return the full description of sampling with ``pipeline`` by ``spec``.

    Raises:
        DiffvizError: if there is no such sampler, it has no ``eta``, or the weights have no such
            label.
    """
    weights = pipeline.weights
    if spec.label is not None:
        spec = replace(spec, label=label_name(spec.label, weights.classes))
    return SampleSource(
        weights=weights.name,
        set=weights.set,
        architecture=weights.architecture,
        weights_sha256=sha256_of(resolve(weights.name)),
        spec=spec.resolved(),
        precision=pipeline.denoiser.precision,
    )


@dataclass(frozen=True, eq=False, slots=True)
class Sampled:
    """Digits ``[n, 28, 28]`` uint8 of consecutive seeds, as far as they are done."""

    images: Grey
    seconds: float
    """Spent on sampling them, earlier sessions included."""
    cached: int
    """How many of them were in the cache already."""
    done: float
    """Digits done, the current batch in part; ``total`` when it is all."""
    total: int


def sample_digits(
    pipeline: Pipeline,
    source: SampleSource,
    seeds: range,
    *,
    batch: int = 32,
    group: Group = ALONE,
) -> Iterator[Sampled]:
    """Sample the digits of ``seeds``, cache them, and yield the state now and then.

    Only the last record holds all images. Stopping loses no batch that was finished. In a
    ``group`` of processes that share the cache, each samples its part of the same batches; then
    process 0 has all images, the others none.

    Raises:
        DiffvizError: if the network's output stops being finite, or the processes of a group,
            which exchange digits through the cache, can't write there. Alone, that costs only
            what a later session would have been spared.
    """
    folder, total = source.folder(), len(seeds)
    have, seconds = _read_cached(folder, seeds)
    cached = len(have)
    nothing = np.zeros((0, SIDE, SIDE), np.uint8)
    yield Sampled(nothing, seconds, cached, cached, total)
    missing = [seed for seed in seeds if seed not in have]
    group.wait()  # every process has listed what is missing before any adds to the cache
    for start in range(batch * group.rank, len(missing), batch * group.size):
        part = missing[start : start + batch]
        began, step = time.perf_counter(), None
        for step in pipeline.sample(part, **source.spec.keywords):
            done = len(have) + len(part) * step.index / step.total
            yield Sampled(nothing, seconds, cached, done, total)
        assert step is not None
        images, took = to_grey(step.x_t), time.perf_counter() - began
        with nullcontext() if group.size > 1 else suppress(DiffvizError):
            _save(folder, part, images, took)
        have |= dict(zip(part, images, strict=True))
        seconds += took
    if group.size > 1:
        group.wait()
        if group.main:
            yield from sample_digits(pipeline, source, seeds, batch=batch)
        return
    yield Sampled(np.stack([have[seed] for seed in seeds]), seconds, cached, total, total)


def count_cached(source: SampleSource, seeds: range) -> int:
    """Return how many of ``seeds`` are in the cache."""
    return len(_read_cached(source.folder(), seeds)[0])


def _save(folder: Path, seeds: Sequence[int], images: Grey, seconds: float) -> None:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, images=images, seeds=np.array(seeds, np.uint64), seconds=seconds)
    write_atomically(folder / f"{seeds[0]}-{seeds[-1]}-{len(seeds)}.npz", buffer.getvalue())


def _read_cached(folder: Path, seeds: range) -> tuple[dict[int, Grey], float]:
    """Return the cached images of ``seeds`` by seed, and the seconds they took."""
    have: dict[int, Grey] = {}
    seconds = 0.0
    for path in sorted(folder.glob("*.npz")):
        try:
            images, found, took = read_arrays(path, ("images", "seeds", "seconds"), _MAX_BYTES)
            took = float(took)
        except (OSError, ValueError, TypeError, DiffvizError):  # damaged: made again
            continue
        if found.ndim != 1 or found.dtype != np.uint64 or not 0 <= took < math.inf:
            continue
        if images.dtype != np.uint8 or images.shape != (len(found), SIDE, SIDE):
            continue
        new = {int(s): i for s, i in zip(found, images, strict=True) if int(s) in seeds}
        new = {seed: image for seed, image in new.items() if seed not in have}
        have |= new
        seconds += took * len(new) / max(1, len(found))
    return have, seconds
