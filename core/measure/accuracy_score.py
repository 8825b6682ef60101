"""Classification accuracy score (Ravuri & Vinyals 2019): what a classifier learns from samples.

It is trained on the samples alone and tested on real digits. What the samples lack or mislabel, it
can't know; beside it stands the same training on as many real digits.
"""

from collections.abc import Generator, Iterator

import numpy as np
from numpy.typing import NDArray

from ..array_types import Grey
from ..data import ImageData
from ..machine.torch_install import import_torch
from ..models.digit_classifier import FeatureClassifier
from ..noise import philox
from ..pictures import from_grey
from ..sampling.denoiser import Labels
from .evaluate import Progress, classified, pick
from .metrics import Estimate, bootstrap
from .report import AccuracyScore

UPDATES, BATCH, LR = 3000, 128, 2e-3
"""The same number of updates whatever the number of digits."""
_EVERY = 50


def accuracy_score(
    images: Grey, labels: Labels, train: ImageData, test: ImageData
) -> Iterator[Progress | AccuracyScore]:
    """Train on ``images`` ``[n, 28, 28]`` with ``labels`` ``[n]``; the last record is the result.

    Raises:
        MissingTorchError: if PyTorch isn't there.
    """
    n = min(len(images), len(train))
    chosen = pick("accuracy-score", len(images), n)
    rows = pick("accuracy-score-real", len(train), n)
    of_samples = yield from _accuracy("samples", images[chosen], labels[chosen], test)
    of_real = yield from _accuracy("real digits", train.images[rows], train.labels[rows], test)
    yield AccuracyScore(n, of_samples, of_real)


def _accuracy(
    what: str, images: Grey, labels: Labels, test: ImageData
) -> Generator[Progress, None, Estimate]:
    """Train on ``images``; return the accuracy on the test digits."""
    model = yield from _train(f"a classifier learns {what}", images, labels)
    _, probabilities = yield from classified("test digits", test.images, model)
    right: NDArray[np.bool_] = probabilities.argmax(axis=1) == test.labels
    return bootstrap(lambda rows: float(right[rows].mean()), len(right), bounds=(0.0, 1.0))


def _train(
    stage: str, images: Grey, labels: Labels
) -> Generator[Progress, None, FeatureClassifier]:
    torch = import_torch("--train-classifier")
    from ..classifier import Classifier
    from ..models.lenet import LeNetModule

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(philox(0, "accuracy-score-init", 0).integers(2**63)))
        model = LeNetModule().train()
    pictures = torch.from_numpy(from_grey(images)).unsqueeze(1)
    targets = torch.from_numpy(labels)
    optimizer = torch.optim.Adam(model.parameters(), lr=LR)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, UPDATES)
    for update in range(UPDATES):
        picked = philox(0, "accuracy-score-batch", update).integers(0, len(images), BATCH)
        rows = torch.from_numpy(picked)
        loss = torch.nn.functional.cross_entropy(model(pictures[rows]), targets[rows])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
        if update % _EVERY == 0:
            yield Progress(stage, update, UPDATES)
    return Classifier({name: t.numpy() for name, t in model.state_dict().items()})
