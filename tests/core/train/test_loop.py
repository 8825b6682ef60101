"""The training rule: what is minimised, in which order, and what is reported."""

import math

import pytest
import torch

from diffviz.core.errors import DiffvizError
from diffviz.core.models import ARCHITECTURES
from diffviz.core.models.weight_files import read_tensors
from diffviz.core.recipes import RECIPES, TrainConfig, recipe
from diffviz.core.records import Batch, CheckpointSaved, EpochDone, Finished, Started
from diffviz.core.schedule import Schedule
from diffviz.core.train.batches import batch_noise, epoch_order


def test_events_of_a_whole_run(new_training):
    training = new_training()
    events = training.sit()
    epoch = [Batch, Batch, Batch, EpochDone, CheckpointSaved]
    assert [type(e) for e in events] == [Started, *epoch, *epoch, Finished]
    batches = [e for e in events if isinstance(e, Batch)]
    places = [(e.step, e.epoch, e.batch) for e in batches]
    assert places == [(1, 1, 1), (2, 1, 2), (3, 1, 3), (4, 2, 1), (5, 2, 2), (6, 2, 3)]
    assert all(e.images_per_s > 0 for e in batches)
    walls = [e.wall_s for e in batches]
    assert walls == sorted(walls)
    started, finished = events[0], events[-1]
    assert isinstance(started, Started)
    assert (started.images, started.batches_per_epoch, started.step) == (26, 3, 0)
    assert isinstance(finished, Finished)
    assert finished.complete
    assert (finished.step, finished.epoch, finished.batch) == (6, 2, 3)


def test_loss_of_an_epoch_is_the_mean_of_its_batches(new_training):
    events = new_training().sit()
    for done in (e for e in events if isinstance(e, EpochDone)):
        losses = [e.loss for e in events if isinstance(e, Batch) and e.epoch == done.epoch]
        assert len(losses) == 3
        assert done.loss == pytest.approx(sum(losses) / 3, rel=1e-12)


def test_training_equals_a_plain_loop(new_training):
    """Adam, eps-MSE at uniform t, and the EMA, written out again with none of the product."""
    training = new_training(epochs=1, ema_decay=0.3)
    events = training.sit()
    with torch.random.fork_rng(devices=[]):
        model = ARCHITECTURES["tiny"](0)
    first = training.run.parent / "first"
    fresh = new_training("first", epochs=1, lr=1e-30)  # its weights stay what they began as
    fresh.sit()
    model.load_state_dict(read_tensors(first / "weights.safetensors").group("raw"))
    average = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

    images = torch.from_numpy(training.data.images).double() / 255 * 2 - 1
    order, losses = epoch_order(0, 1, 26), []
    for step in (1, 2, 3):
        x_0 = images[order[8 * (step - 1) : 8 * step]][:, None]
        t, eps = batch_noise(0, step, (8, 1, 28, 28))
        alpha_bar = torch.tensor([Schedule().alpha_bar(int(i)) for i in t]).double()
        alpha_bar = alpha_bar.view(-1, 1, 1, 1)
        x_t = alpha_bar.sqrt() * x_0 + (1 - alpha_bar).sqrt() * eps
        loss = ((model(x_t.float(), t - 1) - eps) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        decay = min(0.3, (1 + step) / (10 + step))
        for name, tensor in model.state_dict().items():
            average[name] = decay * average[name] + (1 - decay) * tensor

    assert [e.loss for e in events if isinstance(e, Batch)] == pytest.approx(losses, rel=1e-5)
    file = read_tensors(training.run / "weights.safetensors")
    for name, tensor in model.state_dict().items():
        torch.testing.assert_close(file.group("raw")[name], tensor, rtol=1e-4, atol=1e-6)
        torch.testing.assert_close(file.group("ema")[name], average[name], rtol=1e-4, atol=1e-6)
        assert not torch.equal(file.group("raw")[name], file.group("ema")[name])


def test_training_begins_with_given_weights(new_training):
    first = new_training("first")
    first.sit()
    spec = f"{first.run / 'weights.safetensors'}:ema"
    second = new_training("second", init=spec, epochs=1, lr=1e-30)  # they stay as they are
    second.sit()
    given = read_tensors(first.run / "weights.safetensors").group("ema")
    for name in ("raw", "ema"):
        got = read_tensors(second.run / "weights.safetensors").group(name)
        assert all(torch.allclose(got[key], given[key], rtol=1e-5, atol=1e-7) for key in given)
    other = new_training("other", architecture="reference-unet", init=spec)
    with pytest.raises(DiffvizError, match="is a tiny, the recipe trains a reference-unet"):
        other.sit()


def test_each_seed_gives_its_own_reproducible_run(new_training):
    runs = [new_training(f"run-{i}", seed=seed) for i, seed in enumerate((0, 0, 1))]
    first, second, other = (
        [e.loss for e in training.sit() if isinstance(e, Batch)] for training in runs
    )
    assert first == second
    assert set(first).isdisjoint(other)


def test_loss_goes_down(new_training):
    training = new_training(epochs=30, lr=1e-2)
    losses = [e.loss for e in training.sit() if isinstance(e, EpochDone)]
    assert len(losses) == 30
    assert sum(losses[-5:]) / 5 < 0.5 * losses[0]


def test_order_visits_every_image_once_and_changes():
    orders = [epoch_order(seed, epoch, 100).tolist() for seed, epoch in ((0, 1), (0, 2), (1, 1))]
    assert all(sorted(order) == list(range(100)) for order in orders)
    assert orders[0] != orders[1] != orders[2] != orders[0]
    assert epoch_order(0, 1, 100).tolist() == orders[0]


def test_timesteps_are_uniform_over_1_to_1000():
    t, eps = batch_noise(0, 1, (100_000, 1, 1, 1))
    counts = torch.bincount(t, minlength=1001)
    assert counts[0] == 0
    assert len(counts) == 1001
    assert counts[1:].min() > 50  # 100 expected: five standard deviations
    assert counts[1:].max() < 155
    assert abs(eps.mean()) < 0.02
    assert abs(eps.std() - 1) < 0.02


def test_learning_rate_follows_its_schedule():
    constant = TrainConfig(lr=2e-4)
    assert {constant.learning_rate(s, 100) for s in (1, 50, 100)} == {2e-4}
    config = TrainConfig(lr=1e-3, warmup_steps=10, lr_decay="cosine")
    assert config.learning_rate(1, 110) == pytest.approx(1e-4)
    assert config.learning_rate(10, 110) == pytest.approx(1e-3)
    assert config.learning_rate(60, 110) == pytest.approx(5e-4)
    for step in (20, 85, 109):
        expected = 0.5e-3 * (1 + math.cos(math.pi * (step - 10) / 100))
        assert config.learning_rate(step, 110) == pytest.approx(expected)
    assert config.learning_rate(110, 110) == pytest.approx(0, abs=1e-12)


def test_events_report_the_learning_rate_used(new_training):
    training = new_training(lr=1e-3, warmup_steps=2, lr_decay="cosine")
    rates = [e.lr for e in training.sit() if isinstance(e, Batch)]
    assert rates == [training.config.learning_rate(step, 6) for step in range(1, 7)]


def test_reference_recipe_is_the_published_one():
    config = RECIPES["reference"]
    assert (config.architecture, config.dataset) == ("reference-unet", "mnist")
    assert (config.epochs, config.batch_size, config.lr) == (15, 128, 2e-4)
    assert (config.lr_decay, config.warmup_steps, config.weight_decay) == ("constant", 0, 0)
    assert (config.precision, config.default_set, config.adam_beta2) == ("fp32", "raw", 0.999)


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_names_an_architecture_and_survives_json(name):
    config = recipe(name)
    assert config.recipe == name
    assert config.architecture in ARCHITECTURES
    assert TrainConfig.from_json(config.to_json()) == config
    assert recipe(name, epochs=3, lr=None).epochs == 3
    assert recipe(name, epochs=None) == config


BAD = [("epochs", 0), ("batch_size", 0), ("lr", 0.0), ("lr", math.nan), ("lr", math.inf)]
BAD += [("seed", -1), ("ema_decay", 1.0), ("precision", "fp8"), ("lr_decay", "linear")]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_values_out_of_range_are_refused(name, value):
    with pytest.raises(DiffvizError, match=name.replace("_", " ")):
        recipe("reference", **{name: value})


def test_a_batch_larger_than_the_data_is_refused(new_training):
    training = new_training(batch_size=27)
    with pytest.raises(DiffvizError, match=r"batch size 27 .*\(26 images\)"):
        training.sit()


def test_a_loss_of_nan_ends_the_training(new_training):
    training = new_training(lr=1e30)
    with pytest.raises(DiffvizError, match=r"the loss became (nan|inf) in epoch 1, batch 2"):
        training.sit()
    assert not (training.run / "checkpoint.safetensors").exists()
    # a later one leaves the checkpoint of the epoch before
    training = new_training("later")
    training.sit(stop_at=3)
    before = (training.run / "checkpoint.safetensors").read_bytes()
    training.config = new_training(lr=1e30).config
    with pytest.raises(DiffvizError, match=r"in epoch 2, batch 2: the last checkpoint"):
        training.sit(resume=True)
    assert (training.run / "checkpoint.safetensors").read_bytes() == before
