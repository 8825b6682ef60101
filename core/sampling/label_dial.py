"""Label and guidance that may be changed while a process is sampled."""

from collections.abc import Sequence

from ..noise import BatchNoise
from .denoiser import Denoiser, LabelledDenoiser, Labels
from .guidance import GuidedDenoiser, LabelSettings
from .labels import labels_of


class LabelDial:
    """Holds the settings of a process; what is turned counts from its next step on."""

    def __init__(self, settings: LabelSettings, *, asked: bool = False) -> None:
        """``asked``: no class is drawn from seeds, as if the process had begun with a label."""
        self._settings = settings
        self._asked = asked or settings.label is not None
        self._denoiser: GuidedDenoiser | None = None
        self._seeds: Sequence[int] = ()
        self._classes: Sequence[str] = ()

    @property
    def settings(self) -> LabelSettings:
        """What counts now."""
        return self._settings

    def connect(
        self,
        denoiser: LabelledDenoiser,
        seeds: Sequence[int],
        classes: Sequence[str],
        seed_labels: Labels | None = None,
    ) -> GuidedDenoiser:
        """Return the denoiser of a process for ``seeds`` that this dial controls from now on.

        ``seed_labels`` count where it has no label, unless the process began with one: a digit
        that is half drawn shall not become another one because it may be any.

        Raises:
            DiffvizError: if ``classes`` has no such label.
        """
        self._seeds, self._classes = seeds, classes
        seed_labels = None if self._asked else seed_labels
        labels = self._labels(self._settings)
        self._denoiser = GuidedDenoiser(denoiser, labels, self._settings, seed_labels)
        return self._denoiser

    def turn(self, settings: LabelSettings) -> None:
        """Use other settings from the next step on.

        Raises:
            DiffvizError: as :meth:`connect`; then the settings stay as they are.
        """
        if self._denoiser is not None and settings != self._settings:
            self._denoiser.change(self._labels(settings), settings)
        self._settings = settings

    def _labels(self, settings: LabelSettings) -> Labels | None:
        if settings.label is None:
            return None
        return labels_of(self._seeds, settings.label, self._classes)


def with_labels(
    denoiser: LabelledDenoiser,
    noise: BatchNoise,
    settings: LabelSettings,
    dial: LabelDial | None,
    classes: Sequence[str],
    seed_labels: Labels | None = None,
) -> Denoiser:
    """Return the denoiser of a process: ``denoiser`` itself where there is no label and no dial.

    A ``dial`` takes the place of ``settings``; ``seed_labels`` count where there is no label.

    Raises:
        DiffvizError: if ``classes`` has no such label.
    """
    if settings.label is None and dial is None and seed_labels is None:
        return denoiser
    seeds = [stream.seed for stream in noise.streams]
    return (dial or LabelDial(settings)).connect(denoiser, seeds, classes, seed_labels)
