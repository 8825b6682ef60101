"""Measured phases of a network's reverse process: the record, its JSON and its files.

Loads no torch, so that a screen can read them before anything slow is imported.
"""

import contextlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..errors import DiffvizError
from ..files.atomic import write_atomically
from ..files.cache import cache_folder
from ..files.reading import read_bounded, sha256_of
from ..models.catalog import bundled_names, read_card, resolve
from ..names import NUM_TIMESTEPS, is_finite_number, is_path_text
from .metrics import Estimate

SCHEMA = "diffviz-phases/1"
_MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Boundary:
    """A timestep at which something is decided, with its 95% interval."""

    name: str
    """``static | blob``, ``blob | lock-in``, ``lock-in | refinement`` or ``decided``."""
    meaning: str
    written: int | None
    """The timestep given by the write-up, if any."""
    t: Estimate


@dataclass(frozen=True, slots=True)
class MeasuredPhases:
    """How a network's digits come about, from branching them at many timesteps."""

    weights: str
    set: str
    """``raw`` or ``ema``; empty for a model of your own."""
    weights_sha256: str
    sampler: str
    steps: int
    """Network evaluations of a whole chain."""
    first_seed: int
    seeds: int
    children: int
    """Branches a seed and timestep."""
    timesteps: tuple[int, ...]
    """The grid, falling."""
    chance: float
    """How often children of different seeds agree, branched at the first grid point."""
    agreement: tuple[Estimate, ...]
    """How often two children of one x_t end on the same digit, 0 … 1."""
    certainty: tuple[Estimate, ...]
    """The same from chance (0) to always (1)."""
    movement: tuple[Estimate, ...]
    """Mean L2 distance from x0_hat to the finished children; 1 at the first grid point."""
    boundaries: tuple[Boundary, ...]

    @property
    def label(self) -> str:
        """The weights and their set, or the model of your own, as titles name them."""
        return f"{self.weights}:{self.set}" if self.set else self.weights

    def boundary(self, name: str) -> Boundary:
        """Return a boundary by name.

        Raises:
            KeyError: if there is none.
        """
        for boundary in self.boundaries:
            if boundary.name == name:
                return boundary
        raise KeyError(name)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values: ``schema`` and the fields under their own names."""
        return {"schema": SCHEMA} | asdict(self)

    @classmethod
    def from_json(cls, values: Any) -> "MeasuredPhases":
        """Return the record read back.

        Raises:
            ValueError: if ``values`` is not one.
        """
        try:
            if values["schema"] != SCHEMA:
                raise ValueError(f"not {SCHEMA}")
            facts = {k: v for k, v in values.items() if k != "schema"}
            for name in ("agreement", "certainty", "movement"):
                facts[name] = tuple(_estimate(value) for value in facts[name])
            facts["timesteps"] = tuple(facts["timesteps"])
            facts["boundaries"] = tuple(
                Boundary(**(b | {"t": _estimate(b["t"])})) for b in facts["boundaries"]
            )
            phases = cls(**facts)
            good = _is_whole(phases)
        except (KeyError, TypeError, AttributeError, OverflowError) as error:
            raise ValueError("these are no measured phases") from error
        if not good:
            raise ValueError("these are no measured phases")
        return phases


def _estimate(values: Any) -> Estimate:
    numbers = [values[name] for name in ("value", "low", "high")]
    if not all(map(is_finite_number, numbers)):
        raise ValueError("an estimate has to be three finite numbers")
    return Estimate(*map(float, numbers))


def _is_whole(phases: MeasuredPhases) -> bool:
    """Return whether a record that was read has values of the right kind and range."""
    bounds, grid = phases.boundaries, phases.timesteps
    texts = [phases.set, phases.weights_sha256, phases.sampler]
    texts += [text for b in bounds for text in (b.name, b.meaning)]
    counts = [phases.steps, phases.first_seed, phases.seeds, phases.children, *grid]
    counts += [b.written for b in bounds if b.written is not None]
    return (
        is_path_text(phases.weights)
        and all(isinstance(text, str) and text.isprintable() for text in texts)
        and all(type(count) is int and 0 <= count < 2**64 for count in counts)
        and is_finite_number(phases.chance)
        and 0 <= phases.chance <= 1
        and all(NUM_TIMESTEPS >= t > after for t, after in pairwise((*grid, 0)))
        and len(grid) == len(phases.agreement) == len(phases.certainty) == len(phases.movement)
        and all(0 <= b.t.value <= NUM_TIMESTEPS for b in bounds)
    )


def weights_sha256(name: str) -> str:
    """Return the SHA-256 of the file that the weights ``name`` (without set) lie in."""
    return sha256_of(resolve(name))


def read_phases(name: str, set_name: str, cached: bool = True) -> list[MeasuredPhases]:
    """Return all measured phases of the weights ``name`` in its set ``raw`` or ``ema``.

    They are the user's and those on the card of bundled weights. Measurements of weights that
    have changed since are ignored. Unless ``cached``, the user's cache is ignored.

    Raises:
        DiffvizError: if there are no such weights.
    """
    digest = weights_sha256(name)
    candidates: list[Any] = []
    for folder, prefix, ending in _places(name, set_name, digest, cached):
        for path in _files(folder, prefix, ending):
            try:
                candidates.append(json.loads(read_bounded(path, _MAX_BYTES)))
            except (OSError, DiffvizError, ValueError, RecursionError):
                continue  # damaged: measured again at need
    if name in bundled_names():
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):  # a card without
            candidates.append(read_card(name)["phases"][set_name])
    found = []
    for candidate in candidates:
        try:
            phases = MeasuredPhases.from_json(candidate)
        except ValueError:
            continue
        if phases.weights_sha256 == digest and phases.set == set_name:
            found.append(phases)
    return found


def best_phases(
    measured: Iterable[MeasuredPhases], sampler: str, steps: int
) -> MeasuredPhases | None:
    """Return the measurement that says most about a process; None if there is none.

    One of the same sampler and number of steps goes first, then the one with the most seeds.
    """

    def worth(phases: MeasuredPhases) -> tuple[bool, bool, int, int, int]:
        same = phases.sampler == sampler
        size = phases.seeds, phases.children, len(phases.timesteps)
        return same, same and phases.steps == steps, *size

    return max(measured, key=worth, default=None)


def save_phases(phases: MeasuredPhases) -> Path:
    """Write a measurement to where :func:`read_phases` looks, and return that path.

    That is the user's cache for bundled weights, and the folder of the weights for others, or
    the cache if that folder can't be written to. Sampler, steps and number of seeds are part of
    the file's name, so that a measurement replaces only one of its own kind.

    Raises:
        DiffvizError: if neither can be written.
    """
    content = (json.dumps(phases.to_json(), indent=1) + "\n").encode()
    kind = f"{phases.sampler}-{phases.steps}-{phases.seeds}"
    *others, last = [
        folder / f"{prefix}-{kind}{ending}"
        for folder, prefix, ending in _places(phases.weights, phases.set, phases.weights_sha256)
    ]
    for path in others:
        try:
            write_atomically(path, content)
        except DiffvizError:
            continue
        return path
    write_atomically(last, content)
    return last


def _places(
    name: str, set_name: str, digest: str, cached: bool = True
) -> list[tuple[Path, str, str]]:
    """Return folders with the beginning and the end of the files' names, the preferred first."""
    places = []
    if name not in bundled_names():
        file = resolve(name)
        places.append((file.parent, f"{file.stem}.{set_name}", ".phases.json"))
    if cached:
        places.append((cache_folder("phases"), f"{digest[:20]}-{set_name}", ".json"))
    return places


def _files(folder: Path, prefix: str, ending: str) -> list[Path]:
    """Return the measurements in a folder: by kind, and one of a version without kinds."""
    try:
        paths = sorted(folder.iterdir())
    except OSError:
        return []
    return [
        path
        for path in paths
        if path.name == prefix + ending
        or (path.name.startswith(f"{prefix}-") and path.name.endswith(ending))
    ]
