"""Weightings of the objective, and that the reported loss stays unweighted."""

import numpy as np
import pytest

from diffviz.core.recipes import WEIGHTINGS
from diffviz.core.schedule import Schedule
from diffviz.core.train.objective import timestep_weights


@pytest.mark.parametrize("name", WEIGHTINGS)
def test_weights_are_positive_with_mean_one(name):
    weights = timestep_weights(name)
    assert weights.shape == (1001,)
    assert weights[0] == 0
    assert (weights[1:] > 0).all()
    assert weights[1:].mean() == pytest.approx(1)


def test_weighting_none_is_constant_and_others_fall_at_small_t():
    assert (timestep_weights("none")[1:] == 1).all()
    for name in ("sigmoid", "focus", "noisy"):
        weights = timestep_weights(name)
        assert weights[1] < 0.01
        assert weights[1] < weights[100] < weights[500]


def test_sigmoid_follows_its_formula():
    alpha_bar = Schedule().alpha_bars
    weights = timestep_weights("sigmoid")
    wanted = [1 / (1 + (a / (1 - a)) * np.exp(-2.0)) for a in (alpha_bar[50], alpha_bar[700])]
    assert weights[50] / weights[700] == pytest.approx(wanted[0] / wanted[1])


@pytest.mark.parametrize(("name", "mean", "deviation"), [("focus", 0.5, 2.2), ("noisy", -2, 2.5)])
def test_the_error_of_v_is_weighed_by_a_normal_distribution_over_log_snr(name, mean, deviation):
    weights, alpha_bar = timestep_weights(name), Schedule().alpha_bars
    log_snr = np.log(alpha_bar[1:] / (1 - alpha_bar[1:]))
    of_v = (alpha_bar * weights)[1:]
    # a uniform t is in an interval of log SNR as often as the interval has timesteps
    spacing = np.abs(np.gradient(log_snr))
    weighed = of_v / spacing
    centre = np.average(log_snr, weights=weighed * spacing)
    spread = np.average((log_snr - centre) ** 2, weights=weighed * spacing) ** 0.5
    assert centre == pytest.approx(mean, abs=0.2)
    assert spread == pytest.approx(deviation, abs=0.2)


def test_unknown_weighting_is_refused():
    with pytest.raises(ValueError, match="nonsense"):
        timestep_weights("nonsense")


def test_loss_is_reported_unweighted(new_training):
    plain = new_training("plain")
    plain.sit()
    weighted = new_training("weighted", loss_weighting="sigmoid")
    weighted.sit()
    first, second = (next(e for e in t.log() if e["event"] == "batch") for t in (plain, weighted))
    # the same network, images, timesteps and noise: the same loss before any update
    assert first["loss"] == second["loss"]
    assert "objective" not in first
    assert second["objective"] != second["loss"]
    a, b = (t.result()["tensors"]["weights"]["raw.conv2.weight"] for t in (plain, weighted))
    assert a != b
