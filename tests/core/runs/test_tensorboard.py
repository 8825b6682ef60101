"""The curves of a training as TensorBoard reads them."""

import pytest

from diffviz.core.records import Batch, EpochDone
from diffviz.core.runs import tensorboard
from diffviz.core.runs.tensorboard import export_events

pytestmark = pytest.mark.needs_torch

pytest.importorskip("tensorboard")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_event_files_have_curves_and_previews(new_training):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    training = new_training()
    seen = training.sit(preview_every=4)
    exported = list(export_events(iter(seen), training.run))
    assert exported == seen
    curves = EventAccumulator(str(training.run / tensorboard.FOLDER))
    curves.Reload()
    batches = [e for e in seen if isinstance(e, Batch)]
    got = {point.step: point.value for point in curves.Scalars("loss/batch")}
    assert got == pytest.approx({e.step: e.loss for e in batches}, rel=1e-6)
    epochs = [e.loss for e in seen if isinstance(e, EpochDone)]
    assert [p.value for p in curves.Scalars("loss/epoch")] == pytest.approx(epochs)
    assert {"learning rate", "gradient norm", "loss by phase/lock-in"} <= set(
        curves.Tags()["scalars"]
    )
    assert any(tag.startswith("digits") for tag in curves.Tags()["images"])
