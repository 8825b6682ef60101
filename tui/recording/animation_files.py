"""Encode frames as GIF, APNG and WebP with Pillow, as MP4 with ffmpeg where it is installed."""

import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from PIL import Image

from ...core.errors import DiffvizError
from ...core.files.results import write_result
from .gif_palette import with_palette

TICK_MS = {".gif": 10, ".apng": 1, ".webp": 1}
"""The unit of a frame's duration in each format."""


def durations(
    starts: Sequence[float], end: float, tick_ms: int, longest: float | None
) -> list[int]:
    """Return how long each frame is shown, in ms.

    They are differences of rounded times, so that rounding doesn't add up; at least one tick, and
    at most ``longest`` seconds.
    """
    ticks = [round(time * 1000 / tick_ms) for time in (*starts, end)]
    most = None if longest is None else max(1, round(longest * 1000 / tick_ms))
    lengths = [max(1, after - before) for before, after in pairwise(ticks)]
    return [(length if most is None else min(length, most)) * tick_ms for length in lengths]


def encode(
    ending: str, frames: Iterator[Image.Image], lengths: Sequence[int], *, rgb: bool = False
) -> bytes:
    """Return an animation that repeats forever.

    A ``.gif`` has 256 colours: of ``rgb`` pictures those that fit each frame best, else those of
    :mod:`.gif_palette`, with greys at most one level off.
    """
    buffer = io.BytesIO()
    if ending == ".gif":
        frames = (frame.quantize(256) if rgb else with_palette(frame) for frame in frames)
        options = {"format": "GIF", "optimize": False}
    elif ending == ".apng":
        options = {"format": "PNG"}
    else:
        options = {"format": "WEBP", "lossless": True, "quality": 60, "method": 4}
    first, *others = frames  # a list: Pillow goes through it twice for some formats
    first.save(
        buffer, save_all=True, append_images=others, duration=list(lengths), loop=0, **options
    )
    return buffer.getvalue()


def write_frames(
    path: Path, frames: Iterator[Image.Image], lengths: Sequence[int], fps: float, *, rgb: bool
) -> None:
    """Write an animation in the format of the ending; see :func:`encode` and :func:`write_mp4`."""
    ending = path.suffix.lower()
    if ending == ".mp4":
        write_mp4(path, frames, lengths, fps)
        return
    content = encode(ending, frames, lengths, rgb=rgb)
    write_result(path, lambda file: file.write(content))


def find_ffmpeg() -> str:
    """Return the path of ffmpeg.

    Raises:
        DiffvizError: if it isn't installed.
    """
    found = shutil.which("ffmpeg")
    if found is None:
        raise DiffvizError("an .mp4 needs ffmpeg, which isn't installed: write a .webp or .gif")
    return found


def write_mp4(
    path: Path, frames: Iterable[Image.Image], lengths: Sequence[int], fps: float
) -> None:
    """Encode with ffmpeg at ``fps`` frames per second.

    Raises:
        DiffvizError: if ffmpeg isn't there or fails.
    """
    ffmpeg = find_ffmpeg()
    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder, "video.mp4")  # ffmpeg seeks in it, so it can't be a pipe
        _run_ffmpeg(ffmpeg, str(video), frames, lengths, fps)
        content = video.read_bytes()
        write_result(path, lambda file: file.write(content))


def _run_ffmpeg(
    ffmpeg: str,
    output: str,
    frames: Iterable[Image.Image],
    lengths: Sequence[int],
    fps: float,
) -> None:
    first, *others = frames
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-r", f"{fps:g}"]
    size = ["-s", f"{first.width}x{first.height}"]
    video = ["-pix_fmt", "yuv420p", "-crf", "16", "-movflags", "+faststart", "-fflags", "+bitexact"]
    command = [ffmpeg, "-y", "-loglevel", "error", *raw, *size, "-i", "-", *video, output]
    shown, due = 0, 0.0
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=errors)
        assert process.stdin is not None
        with suppress(BrokenPipeError), process.stdin:
            for frame, length in zip((first, *others), lengths, strict=True):
                due += length * fps / 1000
                while shown < round(due):
                    process.stdin.write(frame.tobytes())
                    shown += 1
        if process.wait():
            errors.seek(0)
            message = errors.read(2000).decode(errors="replace").strip()
            raise DiffvizError(f"ffmpeg failed: {message or 'it said nothing'}")
