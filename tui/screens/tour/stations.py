"""The stations of the tour: what is said, shown and asked. docs/learn.md has the same questions.

A beat is a sentence or two, the pictures that go with them, and perhaps a question, which is
answered before the pictures go on.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

from .scenes import (
    BRANCH,
    COMPARE,
    FORWARD,
    FOUR_TIMES,
    GUIDED,
    IN_FOUR,
    ONCE,
    RACE,
    RUN,
    SEVENS,
    STILL,
    Scene,
)


class Ask(NamedTuple):
    """A question."""

    question: str
    fact: str
    """What answers it: a name of ``facts.py``, or the number of the right answer."""
    after: str
    """Said with the answer."""
    answers: tuple[str, ...] = ()
    """To choose from by 1, 2, ...; empty: a number from 0 to 9 is typed."""


class Beat(NamedTuple):
    """One thing that is said."""

    text: str
    scene: Scene | None = None
    """Starts these pictures; None: they stay."""
    until: int | None = None
    """The pictures play up to this timestep, then they wait."""
    ask: Ask | None = None


class Station(NamedTuple):
    """A station, with the title that it has in docs/learn.md."""

    title: str
    beats: tuple[Beat, ...]


_PHASES = ("static: t 1000-600", "blob: t 600-400", "lock-in: t 400-100", "refinement: t 100-0")

STATIONS: tuple[Station, ...] = (
    Station(
        "Four phases",
        (
            Beat(
                "Left: x_t, pure noise; nothing is hidden in it. Right: x0_hat, the digit that the "
                "network expects. It is a blur, because nearly every digit could still come.",
                RUN,
                1000,
            ),
            Beat(
                "A little noise is removed at each step. At t = 600 ink has gathered in one place.",
                None,
                600,
                Ask(
                    "Which digit will it be?",
                    "digit",
                    "Early guesses are often wrong: much is still open at t = 600.",
                ),
            ),
            Beat(
                "On to the end. Watch x0_hat: when does it stop changing its mind?",
                None,
                0,
                Ask(
                    "When was it decided?",
                    "decided",
                    "From then on x0_hat looked like this digit at every step.",
                    _PHASES,
                ),
            ),
        ),
    ),
    Station(
        "Branch before and after lock-in",
        (
            Beat("First one digit, from its noise to its end.", Scene("run", seed=17), 0),
            Beat(
                "Now back to t = 600. From this very picture eight children go on, each with "
                "other noise.",
                None,
                600,
                Ask(
                    "How many of the eight will end on their parent's digit?",
                    "same",
                    "At t = 600 only a blot of ink is settled; the rest is up to the noise.",
                ),
            ),
            Beat("Eight children of t = 600.", BRANCH, 0),
            Beat(
                "The same again, from t = 100.",
                None,
                100,
                Ask(
                    "How many of the eight now?",
                    "same",
                    "At t = 100 the digit is settled; only edges still differ.",
                ),
            ),
            Beat("Eight children of t = 100.", Scene("branch", t=100), 0),
        ),
    ),
    Station(
        "Turn the noise down",
        (
            Beat(
                "DDPM injects a little fresh noise at each step. Without any, eight seeds are "
                "drawn next, from eight different noises.",
                None,
                None,
                Ask(
                    "What will the eight look like?",
                    "2",
                    "Each step goes to the mean of what could come, and nothing pushes it away.",
                    ("eight different digits", "one thin stroke, eight times", "noise"),
                ),
            ),
            Beat("Eight seeds, 100 steps, no injected noise.", STILL, 0),
            Beat("The same eight seeds, with the noise.", Scene("seeds", steps=100), 0),
        ),
    ),
    Station(
        "Few steps",
        (
            Beat(
                "A thousand evaluations of the network are a lot. SA-Solver takes larger steps: "
                "twenty of them.",
                None,
                None,
                Ask(
                    "Will twenty steps do?",
                    "1",
                    "Large steps work if each uses what the steps before it found out.",
                    ("yes, clean digits", "no, broken strokes"),
                ),
            ),
            Beat("Eight digits, twenty steps each.", Scene("seeds", "sa-solver", 20), 0),
            Beat("With five steps strokes break.", Scene("seeds", "sa-solver", 5), 0),
        ),
    ),
    Station(
        "Race",
        (
            Beat(
                "The same noise goes through four samplers: DDPM with 1000 steps, DDIM with 50, "
                "DPM-Solver++ and SA-Solver with 20.",
                None,
                None,
                Ask(
                    "On how many different digits will the four end?",
                    "kinds",
                    "Each sampler reads the same noise in its own way.",
                ),
            ),
            Beat("One noise, four samplers: the digit that is expected, of each.", RACE, 0),
        ),
    ),
    Station(
        "Other weights",
        (
            Beat(
                "Two networks of about the same size: reference, and default, which learnt longer "
                "and from others.",
                None,
                None,
                Ask(
                    "Will they draw the same digit from the same noise?",
                    "agree",
                    "A network decides what it makes of the noise; the noise alone is no digit.",
                    ("no", "yes"),
                ),
            ),
            Beat("What each of them expects: left reference, right default.", COMPARE, 0),
        ),
    ),
    Station(
        "The forward process",
        (
            Beat("A digit to begin with.", Scene("run", seed=29, steps=50, sampler="ddim"), 0),
            Beat(
                "Training goes the other way: noise is added to a digit, and the network has to "
                "say what the noise was. Here the digit at t = 100, 400, 600 and 1000.",
                FORWARD,
                0,
                Ask(
                    "Where is that hardest to say exactly?",
                    "1",
                    "Where nearly all is noise, calling all of it noise is nearly right.",
                    ("t = 100, where there is little noise", "t = 1000, where all is noise"),
                ),
            ),
        ),
    ),
    Station(
        "From smudges to digits",
        (
            Beat(
                "A network begins knowing nothing: it draws speckles, later smudges, then digits; "
                "diffviz train shows it. Here the smudges of the weights reference.",
                Scene("seeds", weights="reference", steps=100),
                0,
                Ask(
                    "The loss falls fast at first and hardly later. When do digits get good?",
                    "2",
                    "A loss says little by itself: look at the digits.",
                    ("while the loss falls fast", "long after it has become flat"),
                ),
            ),
            Beat(
                "The same eight seeds with the weights default, which learnt longer, and from "
                "others.",
                Scene("seeds", steps=100),
                0,
            ),
        ),
    ),
    Station(
        "Measure",
        (
            Beat(
                "Station 2 with many seeds, as numbers: diffviz phases measures at which t "
                "children of one picture begin to agree.",
                None,
                None,
                Ask(
                    "Where is half of the decision made, for the network of this tour?",
                    "measured",
                    "diffviz eval compares a thousand digits with real ones: the other measure.",
                    _PHASES,
                ),
            ),
        ),
    ),
    Station(
        "Ask for a digit",
        (
            Beat(
                "A network can be told what each picture shows: its label. Then one can ask for a "
                "digit. Eight noises come next, all with the label 7.",
                None,
                None,
                Ask(
                    "How many of the eight will be a 7?",
                    "sevens",
                    "The label is one more input beside t; what is noise depends on it.",
                ),
            ),
            Beat("Eight seeds with the label 7, twenty steps each.", SEVENS, 0),
            Beat(
                "Guidance exaggerates what the label changes. Next the same seeds, with w = 4.",
                None,
                None,
                Ask(
                    "What will guidance do to the eight?",
                    "2",
                    "It gets the digit that was asked for, and pays with variety.",
                    ("more different from each other", "more alike"),
                ),
            ),
            Beat("The same eight seeds, guided with w = 4.", GUIDED, 0),
        ),
    ),
    Station(
        "Draw it yourself",
        (
            Beat("A digit to begin with.", Scene("run", "ddim", 50, seed=2), 0),
            Beat(
                "Noise is added to it up to t = 200, and the reverse process takes it away again, "
                "eight times, each with other noise: a U-turn.",
                None,
                None,
                Ask(
                    "How many of the eight will come back as the same digit?",
                    "same",
                    "At t = 200 its strokes are still there below the noise.",
                ),
            ),
            Beat("Eight ways back from t = 200.", Scene("u-turn", steps=100, t=200), 0),
            Beat(
                "The same again, with noise up to t = 800.",
                None,
                None,
                Ask(
                    "How many of the eight now?",
                    "same",
                    "At t = 800 next to nothing of it is left. diffviz draw does it with your own.",
                ),
            ),
            Beat("Eight ways back from t = 800.", Scene("u-turn", steps=100, t=800), 0),
        ),
    ),
    Station(
        "One to four steps",
        (
            Beat(
                "So far x0_hat of pure noise was a blur. Distilled weights were trained to draw a "
                "whole digit at once. Next eight seeds, with one evaluation each.",
                None,
                None,
                Ask(
                    "How many of the eight will the classifier accept (90 % sure or more)?",
                    "accepted",
                    "One evaluation draws something like a digit; more can improve it.",
                ),
            ),
            Beat("Eight seeds, one evaluation each.", ONCE, 0),
            Beat(
                "Next four evaluations: noise takes each digit back to t = 750, where it is drawn "
                "again, and then to 500 and 250.",
                None,
                None,
                Ask(
                    "How many of the eight will the classifier accept now?",
                    "accepted",
                    "Each evaluation draws the digit again, from a picture with less noise.",
                ),
            ),
            Beat("The same eight seeds, four evaluations each.", FOUR_TIMES, 0),
            Beat("One digit in four steps.", IN_FOUR, 0),
            Beat(
                "Back to t = 750, its second step. From this picture eight children go on, each "
                "with other noise.",
                None,
                750,
                Ask(
                    "How many of the eight will end on their parent's digit?",
                    "same",
                    "Each step keeps only x0_hat and adds fresh noise to it, so the next one sees "
                    "little of it.",
                ),
            ),
            Beat("Eight children of t = 750.", replace(IN_FOUR, kind="branch", t=750), 0),
        ),
    ),
)


def with_weights(station: Station, installed: Collection[str]) -> Station:
    """Return a station as far as the names of ``installed`` weights allow: whole, or one line."""
    scenes = [beat.scene for beat in station.beats if beat.scene is not None]
    missing = sorted(set[str]().union(*(scene.needs for scene in scenes)).difference(installed))
    if not missing:
        return station
    said = f"This station needs the weights {' and '.join(missing)}, which are not installed."
    return Station(station.title, (Beat(said),))


def questions(station: Station) -> list[Ask]:
    """Return the questions of a station, in their order."""
    return [beat.ask for beat in station.beats if beat.ask is not None]


def questions_text(station: Station) -> str:
    """Return the questions of a station as docs/learn.md has them."""
    lines = []
    for ask in questions(station):
        choice = f" ({'; '.join(ask.answers)})" if ask.answers else ""
        lines.append(f"- {ask.question}{choice}")
    return "\n".join(lines)
