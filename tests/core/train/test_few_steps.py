"""Training for few steps: the timesteps, the adversary, and resuming to the same bits."""

from typing import Any

import pytest
import torch

from diffviz.core.errors import DiffvizError
from diffviz.core.machine.distributed import Group
from diffviz.core.models.weight_files import read_tensors, save_tensors
from diffviz.core.recipes import RECIPES, TrainConfig
from diffviz.core.schedule import Schedule
from diffviz.core.train.adversary import Adversary
from diffviz.core.train.batches import batches_per_epoch
from diffviz.core.train.class_balance import ClassBalance
from diffviz.core.train.few_steps import FewSteps

FEW: dict[str, Any] = {
    "architecture": "film-unet",
    "init": "default",
    "teacher": "default",
    "distilled_steps": 4,
}
CPU = torch.device("cpu")


def few_config(**changes: Any) -> TrainConfig:
    settings: dict[str, Any] = FEW | changes
    return TrainConfig(**settings)


def new_adversary(**changes) -> Adversary:
    settings: dict[str, Any] = {
        "steps": 4,
        "num_classes": 0,
        "seed": 0,
        "device": CPU,
        "bf16": False,
    } | changes
    return Adversary("default", **settings)


def images(seed: int, n: int = 8) -> torch.Tensor:
    return torch.rand((n, 1, 28, 28), generator=torch.Generator().manual_seed(seed)) * 2 - 1


class Judge(Adversary):
    """Keeps what it is shown and has no opinion."""

    def __init__(self) -> None:
        self.drawn = torch.empty(0)

    def loss(self, drawn, real, steps, labels, classes, step):
        self.drawn = drawn
        return torch.zeros(())


def test_two_fifths_of_the_images_are_drawn_from_noise_and_the_others_at_the_other_timesteps():
    few = FewSteps(few_config(), Judge(), CPU)
    steps, t = few.draw(3, 4000)
    assert t.tolist() == [(1000, 750, 500, 250)[k] for k in steps]
    shares = torch.bincount(steps, minlength=4) / 4000
    assert shares == pytest.approx([0.4, 0.2, 0.2, 0.2], abs=0.03)
    again, _ = few.draw(3, 4000)
    other, _ = few.draw(4, 4000)
    assert torch.equal(steps, again)
    assert not torch.equal(steps, other)
    one = FewSteps(few_config(distilled_steps=1), Judge(), CPU)
    assert set(one.draw(1, 50)[1].tolist()) == {1000}


def test_x0_hat_is_judged_and_kept_to_the_image_as_far_as_x_t_shows_it():
    judge = Judge()
    few = FewSteps(few_config(), judge, CPU)
    steps = torch.tensor([0, 1, 2, 3])
    x_0, wrong, noise = images(1, 4), images(2, 4), images(3, 4)
    alpha_bars = torch.tensor([Schedule().alpha_bar(t) for t in (1000, 750, 500, 250)])
    signal = alpha_bars.sqrt().view(-1, 1, 1, 1).float()
    spread = (1 - alpha_bars).sqrt().view(-1, 1, 1, 1).float()
    x_t = signal * x_0 + spread * noise
    # the noise by which x0_hat is another image
    eps = (x_t - signal * wrong) / spread
    none = torch.zeros(4, dtype=torch.bool)
    objective = few.objective(x_0, x_t, eps, steps, none, None, None, 1)
    torch.testing.assert_close(judge.drawn, wrong, atol=2e-3, rtol=0)
    errors = (wrong - x_0).square().mean(dim=(1, 2, 3))
    weights = (alpha_bars / (1 - alpha_bars)).square().clamp(max=1)
    assert weights[3] == 1
    assert objective.item() == pytest.approx((weights * errors).mean().item(), rel=1e-3)
    own = few.objective(x_0, x_t, eps, steps, ~none, None, None, 1)
    assert own.item() == 0


def test_some_images_are_the_networks_own_as_in_sampling():
    few = FewSteps(few_config(), Judge(), CPU)
    x_0 = images(1, 400)
    steps = torch.arange(400) % 4
    asked: list[tuple[int, int]] = []

    def predict(x_t, t, labels):
        asked.append((int(t[0]), len(t)))
        assert torch.equal(labels, torch.full((len(t),), 7))
        alpha_bar = Schedule().alpha_bar(int(t[0]))
        mean = 0.5 * len(asked)  # x0_hat of each evaluation is another constant
        return (x_t - alpha_bar**0.5 * mean) / (1 - alpha_bar) ** 0.5

    labels = torch.full((400,), 7)
    shown, own = few.own_images(predict, x_0, steps, labels, 1)
    assert [t for t, _ in asked] == [1000, 750, 500]
    assert torch.equal(shown[~own], x_0[~own])
    assert not own[steps == 0].any()
    share = own[steps > 0].float().mean().item()
    assert share == pytest.approx(0.5, abs=0.1)
    values = shown[own].mean(dim=(1, 2, 3))
    constant = values.view(-1, 1, 1, 1).expand_as(shown[own])
    torch.testing.assert_close(shown[own], constant, atol=1e-4, rtol=0)
    # 750 redraws what 1000 drew; 500 that of 750 or, as in two steps, of 1000; 250 that of 500
    for k, expected in ((1, {0.5}), (2, {0.5, 1.0}), (3, {1.0})):
        found = {round(v, 3) for v in shown[own & (steps == k)].mean(dim=(1, 2, 3)).tolist()}
        assert found == expected


def shown(adversary: Adversary, drawn, real, step: int, *, k=0, label=None, classes=None):
    """Return the student's loss for images drawn at its timestep number ``k``."""
    steps = torch.full((len(real),), k)
    labels = None if label is None else torch.full((len(real),), label)
    return adversary.loss(drawn, real, steps, labels, classes, step)


def test_the_adversary_learns_to_tell_real_images_from_drawn_ones():
    adversary = new_adversary()
    real, drawn = images(1), -torch.ones(8, 1, 28, 28)
    losses = []
    for step in range(1, 21):
        losses.append(shown(adversary, drawn, real, step).item())
        adversary.learn(step, 2.5e-4)
    assert losses[-1] > losses[0] + 1  # the better it tells, the more its opponent loses
    assert shown(adversary, real, drawn, 21).item() < 0.3


def test_the_students_gradient_makes_what_it_draws_look_more_real():
    adversary = new_adversary()
    real, drawn = images(1), -torch.ones(8, 1, 28, 28)
    for step in range(1, 21):
        shown(adversary, drawn, real, step)
        adversary.learn(step, 2.5e-4)
    drawn = drawn.requires_grad_(True)
    before = shown(adversary, drawn, real, 21)
    before.backward()
    assert drawn.grad is not None
    moved = drawn.detach() - 0.2 * drawn.grad.sign()
    assert shown(adversary, moved, real, 21) < before.detach()


def test_the_adversary_sees_where_an_image_comes_from():
    adversary = new_adversary(num_classes=10)
    real, drawn = images(1), images(2)
    told = [
        shown(adversary, drawn, real, 1, label=3),
        shown(adversary, drawn, real, 1, label=4),
        shown(adversary, drawn, real, 1, label=-1),
        shown(adversary, drawn, real, 1, label=3, k=1),
    ]
    assert len({loss.item() for loss in told}) == len(told)
    unlabelled = shown(adversary, drawn, real, 1)
    assert unlabelled.item() == told[2].item()  # no labels at all: the same as "no label"


def test_a_class_that_is_drawn_too_often_costs_more_where_none_is_asked_for():
    balance = ClassBalance(2, 3)
    steps, free = torch.tensor([0, 0, 1]), torch.full((3,), -1)
    logits = 9.0 * torch.tensor([[1.0, 0, 0], [0, 1.0, 0], [1.0, 0, 0]])
    assert balance.cost(logits, steps, free).item() == pytest.approx(0, abs=1e-6)
    real = 9.0 * torch.eye(3)
    for _ in range(200):  # the first class only, at the first timestep
        balance.count(real, logits[:1], steps[:1], free[:1])
    assert balance.drawn[0, 0] > 0.95
    torch.testing.assert_close(balance.drawn[1], torch.full((3,), 1 / 3))
    torch.testing.assert_close(balance.real, torch.full((3,), 1 / 3))
    logits.requires_grad_(True)
    cost = balance.cost(logits, steps, free)
    cost.backward()
    assert cost.item() < 0  # on average: the second image is of a class that is missing
    assert logits.grad is not None
    assert logits.grad[0, 0] > 0  # descent takes the first image away from its class
    assert logits.grad[2].abs().max() < 1e-6  # drawn at a timestep that is balanced
    asked = torch.zeros(3, dtype=torch.long)
    assert balance.cost(logits, steps, asked).item() == 0


def test_the_classes_of_real_images_are_learnt_and_those_of_drawn_ones_counted():
    adversary = new_adversary(num_classes=2)
    black, white = -torch.ones(8, 1, 28, 28), images(1)
    real, classes = torch.cat([black[:4], white[:4]]), torch.arange(8) // 4
    drawn = white
    for step in range(1, 25):
        shown(adversary, drawn, real, step, label=-1, classes=classes)
        adversary.learn(step, 2.5e-4)
    balance = adversary.critic.balance
    assert balance is not None
    assert balance.drawn[0, 1] > 0.65
    assert balance.real.tolist() == pytest.approx([0.5, 0.5], abs=0.1)
    assert new_adversary().critic.balance is None


@pytest.mark.parametrize("labels", [{}, {"labels": True, "label_dropout": 0.5}])
def test_few_step_training_resumes_to_the_same_bits(new_training, labels):
    whole = new_training("whole", **FEW, **labels)
    whole.sit()
    parts = new_training("parts", **FEW, **labels)
    parts.sit(stop_at=2)
    parts.sit(stop_at=5, resume=True)
    parts.sit(resume=True)
    for name in ("weights", "checkpoint"):
        expected, got = (
            read_tensors(t.run / f"{name}.safetensors").tensors for t in (whole, parts)
        )
        assert expected.keys() == got.keys()
        assert all(torch.equal(expected[key], got[key]) for key in expected)
    assert any(key.startswith("critic.") for key in expected)  # of the checkpoint
    batch = next(event for event in whole.log() if event["event"] == "batch")
    assert batch["objective"] != batch["loss"]
    assert set(batch["bands"]) <= {"static", "blob", "lock-in"}  # t of 1000, 750, 500, 250


def test_previews_are_drawn_in_one_step(new_training):
    training = new_training(**FEW)
    training.sit(preview_every=8, stop_at=1)
    previews = [event for event in training.log() if event["event"] == "preview"]
    assert previews
    assert {(p["sampler"], p["steps"]) for p in previews} == {("consistency", 1)}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"teacher": ""}, "needs a teacher"),
        ({"guide": "film-15", "guidance": 2.0}, "no guidance"),
        ({"distilled_steps": -1}, "distilled steps must be from 0"),
        ({"distilled_steps": 1001}, "distilled steps must be from 0"),
    ],
)
def test_settings_that_do_not_fit_are_refused(changes, message):
    with pytest.raises(DiffvizError, match=message):
        few_config(**changes)


def test_a_teacher_without_such_features_is_refused():
    with pytest.raises(DiffvizError, match="reference is no film-unet"):
        Adversary("reference", 4, 0, seed=0, device=CPU, bf16=False)
    with pytest.raises(DiffvizError, match="the teacher: "):
        Adversary("no-such-weights", 4, 0, seed=0, device=CPU, bf16=False)


def test_a_group_of_processes_is_refused(tiny_images):
    with pytest.raises(DiffvizError, match="in one process"):
        batches_per_epoch(few_config(batch_size=4), tiny_images, Group(0, 2))


def test_a_checkpoint_without_its_critic_is_refused(new_training):
    training = new_training(**FEW)
    training.sit(stop_at=1)
    path = training.run / "checkpoint.safetensors"
    file = read_tensors(path)
    kept = {k: v for k, v in file.tensors.items() if not k.startswith("critic")}
    save_tensors(path, kept, file.metadata)
    with pytest.raises(DiffvizError, match=r"checkpoint\.safetensors"):
        training.sit(resume=True)


def test_the_recipe_names_bundled_weights_and_is_no_plain_training():
    config = RECIPES["few-steps"]
    assert (config.init, config.teacher, config.distilled_steps) == ("labelled-12", "default", 4)
    assert not config.is_plain
    assert TrainConfig.from_json(config.to_json()) == config
