"""The flags of a class to draw and of its guidance."""

import argparse

from ...core.names import (
    ANY_LABEL,
    DEFAULT_GUIDANCE,
    DEFAULT_GUIDANCE_FROM,
    DEFAULT_GUIDANCE_UNTIL,
    MAX_GUIDANCE,
    NUM_TIMESTEPS,
)
from .numbers import number_from, whole_number


def add_labels(parser: argparse.ArgumentParser) -> None:
    """Add ``--digit`` and the flags of its guidance."""
    parser.add_argument(
        "--digit",
        default=ANY_LABEL,
        metavar="CLASS",
        help="draw this class, by name or number; all: one of each in turn; any: whatever emerges "
        "(default: any)",
    )
    parser.add_argument(
        "--guidance",
        type=number_from(0, MAX_GUIDANCE),
        metavar="W",
        help=f"how much the class is exaggerated, 0 to {MAX_GUIDANCE:g} "
        f"(default: {DEFAULT_GUIDANCE:g})",
    )
    timestep = whole_number(0, NUM_TIMESTEPS)
    parser.add_argument(
        "--guidance-from",
        type=timestep,
        default=DEFAULT_GUIDANCE_FROM,
        metavar="T",
        help="guidance counts from this timestep on (default: %(default)s)",
    )
    parser.add_argument(
        "--guidance-until",
        type=timestep,
        default=DEFAULT_GUIDANCE_UNTIL,
        metavar="T",
        help="and above this one (default: %(default)s)",
    )
