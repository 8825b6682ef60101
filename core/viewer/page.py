"""The page itself: the template beside this module, with the data of the tracks in it."""

import json
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

from ..names import NUM_TIMESTEPS
from ..phases import Phase, about_phase
from .packing import pack
from .tracks import Track, within_budget

STRIP_TIMESTEPS = (1000, 800, 600, 500, 400, 300, 200, 100, 50, 0)
"""Where a strip of one trajectory shows it."""
MAX_BYTES = 1_400_000
"""Of the data; above that, a page leaves moments out."""
_EVEN_STRIP = 10  # moments at most

_FOLDER = Path(__file__).parent
_X_T = "the noisy image"
_X0_HAT = "the {} the network expects"
_X_0 = "the finished {}"
_DIGITS = tuple("0123456789")


@dataclass(frozen=True, eq=False, slots=True)
class Page:
    """What a page is about."""

    title: str
    tracks: Sequence[Track]
    facts: Sequence[tuple[str, str]] = ()
    """Names and values below the title, such as the sampler."""
    command: str = ""
    """What shows the same in a terminal."""
    key: str = ""
    """The key to press there."""
    labels: Sequence[str] | None = None
    """For a training: what to call each moment; None for timesteps."""
    losses: Sequence[float | None] | None = None
    """For a training: the loss at each moment."""
    noun: str = "digit"
    """What a sample is called."""
    classes: Sequence[str] = _DIGITS
    """Names of the classes that beliefs are about."""


def render(page: Page) -> str:
    """Return the page as HTML: one file that loads nothing else, of at most 1.5 MB.

    Moments are left out, evenly, where all of them would take more than ``MAX_BYTES``.

    Raises:
        ValueError: if there is no track, or one without a picture.
    """
    if not page.tracks or not all(track.times for track in page.tracks):
        raise ValueError("a page needs at least one picture in each track")
    data = _json(page)
    while len(data) > MAX_BYTES and page.labels is None:
        lengths = [len(track.times) for track in page.tracks]
        kept = within_budget(lengths, int(sum(lengths) * 0.95 * MAX_BYTES / len(data)))
        tracks = [track.only(places) for track, places in zip(page.tracks, kept, strict=True)]
        if [len(track.times) for track in tracks] == lengths:
            break  # two moments each: no fewer
        page = replace(page, tracks=tracks)
        data = _json(page)
    parts = {
        "title": escape(page.title),
        "facts": "".join(
            f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
            for name, value in page.facts
        ),
        "command": _command(page),
        "style": _read("page.css"),
        "script": _read("page.js"),
        # In a script element only "</" and "<!--" could end it; JSON may escape any character.
        "data": data.replace("<", "\\u003c"),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], _read("page.html"))


def _json(page: Page) -> str:
    return json.dumps(_data(page), separators=(",", ":"), ensure_ascii=False)


def _command(page: Page) -> str:
    if not page.command:
        return ""
    key = f", then <kbd>{escape(page.key)}</kbd>" if page.key else ""
    return f"The same in a terminal: <code>{escape(page.command)}</code>{key}"


def _read(name: str) -> str:
    return (_FOLDER / name).read_text("utf-8")


def _data(page: Page) -> dict[str, Any]:
    """Return what ``page.js`` reads: see its first lines."""
    training = page.labels is not None
    times, places = _moments(page.tracks)
    alpha_bars: dict[int, float] = {}
    phases: dict[int, Phase] = {}
    for track, own in zip(page.tracks, places, strict=True):
        alpha_bars |= zip(own, track.alpha_bars, strict=False)
        phases |= zip(own, track.phases, strict=False)
    known = [float(f"{alpha_bars[place]:.6g}") for place in range(len(times)) if alpha_bars]
    return {
        "shape": list(page.tracks[0].x_t.shape[1:]),
        "times": times,
        "labels": None if page.labels is None else list(page.labels),
        "alphaBars": known or None,
        "phases": _phases(phases, page.noun),
        "losses": None if page.losses is None else list(page.losses),
        "captions": {
            "x_t": "drawn from the same noise" if training else _X_T,
            "x0_hat": _X0_HAT.format(page.noun),
            "x_0": _X_0.format(page.noun),
        },
        "classes": list(page.classes),
        "strip": _strip(times, training or times != sorted(times, reverse=True)),
        "tracks": [
            {
                "name": track.name,
                "parent": track.parent,
                "places": own,
                "x_t": pack(track.x_t),
                "x0_hat": None if track.x0_hat is None else pack(track.x0_hat),
                "belief": None if track.belief is None else pack(track.belief),
            }
            for track, own in zip(page.tracks, places, strict=True)
        ],
    }


def _moments(tracks: Sequence[Track]) -> tuple[list[int], list[list[int]]]:
    """Return the time of each place of the slider, and the places of each track's moments."""
    longest = list(max(tracks, key=lambda track: len(track.times)).times)
    for rising in (True, False):
        if all(list(t.times) == sorted(set(t.times), reverse=not rising) for t in tracks):
            times = sorted({time for t in tracks for time in t.times}, reverse=not rising)
            place_of = {time: place for place, time in enumerate(times)}
            return times, [[place_of[time] for time in t.times] for t in tracks]
    # A process that goes back in time on its way: moment after moment.
    return longest, [list(range(len(t.times))) for t in tracks]


def _phases(of_place: dict[int, Phase], noun: str) -> list[dict[str, Any]]:
    """Return each phase with the place where it first begins, in their order."""
    found: list[dict[str, Any]] = []
    newest: Phase | None = None
    for place, phase in sorted(of_place.items()):
        if phase.follows(newest):
            newest = phase
            about = {"about": about_phase(phase, noun), "first": place}
            found.append({"name": phase.label, "span": phase.span} | about)
    return found


def _strip(times: Sequence[int], even: bool) -> list[int]:
    """Return the places that the strip shows."""
    last = len(times) - 1
    if even:
        columns = min(_EVEN_STRIP, len(times))
        return sorted({round(last * i / max(1, columns - 1)) for i in range(columns)})
    falling = [NUM_TIMESTEPS - t for t in times]
    wanted = (bisect_left(falling, NUM_TIMESTEPS - t) for t in STRIP_TIMESTEPS)
    return sorted({min(place, last) for place in wanted})
