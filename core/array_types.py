"""Types of arrays that several modules share."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
"""Images ``[B, 28, 28]``, noise, probabilities, trained tensors."""
Grey = NDArray[np.uint8]
"""Images as grey levels, ``[n, 28, 28]``."""
Tensors = Mapping[str, Array]
"""Trained tensors by the names of the PyTorch module's ``state_dict``."""
