"""Writes the steps of any sampling loop into a file, for ``diffviz watch``.

with diffviz.StepWriter("loop.steps") as writer:
    for t in timesteps:
        ...
        writer.step(t, x_t, x0_hat)
"""

import math
import os
import shutil
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np

from ..array_types import Array
from ..errors import DiffvizError
from ..files.results import check_writable
from ..pictures import resized, to_pictures
from .background import Background
from .foreign_arrays import first_image, to_array
from .step_file import HEADER, MAX_SIDE, Picture, StepPictures, is_step_file, pack

MAX_BYTES = 1 << 29  # of a file
_MAX_WAITING = 1 << 27  # bytes of images that wait to be written


class StepWriter:
    """The file of a sampling loop; a context manager.

    Nothing of the loop waits for the disk: the images are copied, and a thread writes them. Where
    the disk is too slow, steps are left out; where it is full, the writing ends with one warning.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, matrix: Any = None, max_bytes: int = MAX_BYTES
    ) -> None:
        """Begin the file ``path``, in place of an earlier file of steps.

        ``matrix`` ``[C, 3]``, or ``[C + 1, 3]`` with a last row that is added, makes RGB from
        images with C channels, such as latents. The file doesn't grow beyond ``max_bytes``: then
        earlier samplings of the loop are dropped, or, of a longer one, the later steps.

        Raises:
            DiffvizError: if ``path`` can't be written, or is a file of another kind.
            ValueError: if the matrix has another shape.
        """
        self.path = Path(path)
        self._matrix = None if matrix is None else _matrix(matrix)
        self._max_bytes = max_bytes
        if os.path.lexists(self.path) and not is_step_file(self.path):
            raise DiffvizError(
                f"{self.path} exists and is no file of steps: name another, or delete it"
            )
        check_writable(self.path)
        self._file: BinaryIO | None = None
        self._size = 0
        self._sampling = self._in_file = 1
        self._begun_at = 0
        """The place of the newest sampling's first record."""
        self._last_t: float | None = None
        self._rising: bool | None = None
        self._last_x0: Picture | None = None
        try:
            self._begin_file()
        except OSError as error:
            raise DiffvizError(f"can't write {self.path}: {error.strerror or error}") from error
        self._background = Background(str(self.path), _MAX_WAITING)

    def step(self, t: Any, x_t: Any, x0_hat: Any = None) -> None:
        """Write one step: the noisy image at timestep ``t``, and the model's estimate of the end.

        Images are arrays or tensors ``[B, C, H, W]``, ``[C, H, W]`` or ``[H, W]`` in [-1, 1], of
        which the first is shown; C is 1 or 3, or that of the matrix. ``t`` may fall or rise;
        where it turns back, another sampling begins. A last call such as ``step(0, x_0)`` shows
        the result.

        Raises:
            ValueError: if an image has another shape, or ``t`` is no finite number.
        """
        timestep = float(t)
        if not math.isfinite(timestep):
            raise ValueError(f"t must be a finite number, not {timestep}")
        channels = (1, 3) if self._matrix is None else (len(self._matrix), len(self._matrix) - 1)
        noisy = first_image(x_t, channels)
        clean = None if x0_hat is None else first_image(x0_hat, channels)
        if clean is not None and clean.shape != noisy.shape:
            raise ValueError(
                f"x0_hat {list(clean.shape)} has another shape than x_t {list(noisy.shape)}"
            )
        size = noisy.nbytes * (1 + (clean is not None))
        self._background.put(lambda: self._write(timestep, noisy, clean), size)

    def close(self) -> None:
        """Write what waits, and close the file."""
        self._background.close()
        self._background.close_file(self._file)
        self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # In the thread.

    def _write(self, t: float, noisy: Array, clean: Array | None) -> None:
        if self._turned_back(t):
            self._sampling += 1
            self._last_x0 = None
        self._last_t = t
        finite = bool(np.isfinite(noisy).all() and (clean is None or np.isfinite(clean).all()))
        x_t = self._picture(noisy)
        x0_hat = None if clean is None else self._picture(clean)
        moved = math.nan
        before = self._last_x0
        if x0_hat is not None and before is not None and before.shape == x0_hat.shape:
            moved = float(np.abs(x0_hat.astype(np.int16) - before).mean())
        self._last_x0 = x0_hat
        self._append(StepPictures(self._sampling, t, x_t, x0_hat, moved, finite))

    def _turned_back(self, t: float) -> bool:
        """Return whether ``t`` goes the other way than before, so that a sampling begins."""
        if self._last_t is None:
            return False
        if t == self._last_t:  # as in methods that evaluate a timestep twice
            return False
        rising = t > self._last_t
        if self._rising is None:
            self._rising = rising
        return rising != self._rising

    def _picture(self, image: Array) -> Picture:
        if self._matrix is not None:
            image = to_rgb(image, self._matrix)
        picture = to_pictures(np.nan_to_num(image, posinf=1.0, neginf=-1.0)[np.newaxis])
        height, width = picture.shape[1:3]
        shrink = min(1.0, MAX_SIDE / max(height, width))
        return resized(picture, max(1, int(height * shrink)), max(1, int(width * shrink)))[0]

    def _append(self, step: StepPictures) -> None:
        record = pack(step)
        if self._size + len(record) > self._max_bytes:
            self._begin_file(self._begun_at if step.sampling == self._in_file else self._size)
            if self._size + len(record) > self._max_bytes:
                self._background.fail(f"it has {self._max_bytes:,} bytes, the most it may have")
                return
        if step.sampling != self._in_file:
            self._in_file, self._begun_at = step.sampling, self._size
        assert self._file is not None
        self._file.write(record)
        self._file.flush()
        self._size += len(record)

    def _begin_file(self, kept: int = 0) -> None:
        """Make a new file in place of the old one, with its records from byte ``kept`` on."""
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}.tmp")
        new = temporary.open("wb")
        try:
            new.write(HEADER)
            if self._file is not None:
                self._file.close()
                with self.path.open("rb") as old:
                    old.seek(kept)
                    shutil.copyfileobj(old, new)
            new.flush()
            os.replace(temporary, self.path)
        except BaseException:
            with suppress(OSError):
                new.close()
            temporary.unlink(missing_ok=True)
            raise
        self._file, self._size, self._begun_at = new, new.tell(), len(HEADER)


def to_rgb(image: Array, matrix: Array) -> Array:
    """Return ``image`` ``[C, H, W]`` times a matrix ``[C, 3]``, plus its row C if it has one."""
    channels = len(image)
    rgb = np.einsum("chw,cr->rhw", image, matrix[:channels])
    return rgb if len(matrix) == channels else rgb + matrix[channels][:, np.newaxis, np.newaxis]


def _matrix(values: Any) -> Array:
    matrix = to_array(values)
    if matrix.ndim != 2 or matrix.shape[1] != 3 or len(matrix) < 2:
        shape = list(matrix.shape)
        raise ValueError(f"a matrix to RGB has to be [C, 3] or [C + 1, 3], not {shape}")
    return matrix
