"""Detect a training that has diverged, before more time and good checkpoints are lost."""

import math
from collections import deque
from statistics import median

from ..errors import DiffvizError

FACTOR = 10.0
PATIENCE = 20
_WINDOW, _REFRESH = 500, 50  # losses; batches between two computations of their median
_UNTRAINED = 1.0  # the loss of a network that always predicts eps = 0


class DivergedError(DiffvizError):
    """The loss or its gradient is of no more use; the text says since when."""


class LossGuard:
    """Checks the loss of every batch.

    A loss is suspicious above 10 times the running median (until there is one, above 10 times the
    loss of predicting no noise). 20 such batches in a row end the training.
    """

    def __init__(self) -> None:
        self._losses: deque[float] = deque(maxlen=_WINDOW)
        self._usual = _UNTRAINED
        self._batches = 0
        self._since = ""
        self.suspicious = 0
        """Suspicious batches in a row; the network may have diverged, so no checkpoint is saved."""

    def check(self, loss: float, grad_norm: float, epoch: int, batch: int) -> None:
        """Check a batch's loss and gradient norm.

        Raises:
            DivergedError: if one is not finite or the loss has exploded; names the batch.
        """
        for name, value in (("loss", loss), ("gradient", grad_norm)):
            if not math.isfinite(value):
                raise DivergedError(f"the {name} became {value} in {_place(epoch, batch)}")
        if loss <= FACTOR * self._usual:
            self.suspicious = 0
            self._losses.append(loss)
            self._batches += 1
            if self._batches % _REFRESH == 0:
                self._usual = median(self._losses)
            return
        if not self.suspicious:
            self._since = _place(epoch, batch)
        self.suspicious += 1
        if self.suspicious == PATIENCE:
            raise DivergedError(
                f"the loss exploded (now {loss:.3g}, usually {self._usual:.3g}) in {self._since}"
            )


def _place(epoch: int, batch: int) -> str:
    return f"epoch {epoch}, batch {batch}"
