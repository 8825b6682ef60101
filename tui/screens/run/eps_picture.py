"""How eps is drawn: zero is white, negative noise blue and positive noise red."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ....core.array_types import Array
from ....core.pictures import to_picture
from ...pixels.colours import Colours
from ...pixels.diverging import diverging
from ...widgets.quantities import MEANINGS

_SPAN = 2.0  # standard deviations on both sides: 95% of the noise are within


def eps_picture(eps: Array, colours: Colours) -> NDArray[np.uint8]:
    """Return eps as a picture, in greys where the terminal has no colours.

    ``eps`` is ``[H, W]`` or ``[C, H, W]``; three channels are drawn as the colours that they are.
    """
    single = eps if eps.ndim == 2 else eps[0]
    if colours.plain or (eps.ndim == 3 and len(eps) > 1):
        return to_picture(eps / _SPAN)
    return diverging(single / _SPAN, basic=colours is Colours.BASIC)


def eps_meanings(eps: Array, colours: Colours) -> Sequence[str]:
    """Return what the picture shows with its legend, longest wording first."""
    legend = "dark −, bright +" if colours.plain else "blue −, red +"
    if eps.ndim == 3 and len(eps) > 1:
        return (MEANINGS["eps"],)
    return f"{MEANINGS['eps']}: {legend}", f"noise: {legend}"
