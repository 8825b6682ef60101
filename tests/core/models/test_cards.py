"""Bundled weights are what their cards say."""

import hashlib

import pytest

from diffviz.core.models import build, multiply_adds, parameter_count
from diffviz.core.models.catalog import DEFAULT, bundled_names, read_card, resolve, training_losses
from diffviz.core.models.weights import load_weights
from diffviz.core.names import WEIGHTS_INFO
from diffviz.core.recipes import PUBLISHED_LOSSES, RECIPES, TrainConfig

# the write-up's network, which none of ours may exceed
PARAMETERS, MULTIPLY_ADDS = 324_705, 39_687_168


@pytest.mark.parametrize("name", bundled_names())
def test_file_and_architecture_match_the_card(name):
    card = read_card(name)
    assert hashlib.sha256(resolve(name).read_bytes()).hexdigest() == card["sha256"]
    weights = load_weights(name)
    assert weights.set == card["default_set"]
    assert weights.architecture == card["architecture"]
    assert weights.parameters == card["parameters"] <= PARAMETERS
    assert list(weights.classes) == card.get("classes", [])
    for set_name in card["sets"]:
        assert load_weights(f"{name}:{set_name}").set == set_name
    assert weights.metadata["config"] == card["recipe"]
    assert weights.metadata["data_md5"] == card["data"]["images_md5"]


@pytest.mark.needs_torch
@pytest.mark.parametrize("name", bundled_names())
def test_the_network_is_as_large_as_the_card_says(name):
    card, weights = read_card(name), load_weights(name)
    assert parameter_count(weights.model) == card["parameters"]
    network = build(weights.architecture, len(weights.classes))
    assert multiply_adds(network) == card["multiply_adds"] <= MULTIPLY_ADDS


@pytest.mark.parametrize("name", bundled_names())
def test_card_has_a_whole_training(name):
    card = read_card(name)
    recipe = TrainConfig.from_json(card["recipe"])
    assert len(card["losses"]) == recipe.epochs == len(card["seconds"])
    whole = training_losses(name)
    if recipe.distilled_steps:  # its loss is that of a few timesteps
        assert whole == training_losses(recipe.init)
    else:
        assert whole[-len(card["losses"]) :] == card["losses"]
    assert whole[-1] < whole[0] / 1.3
    assert card["published_losses"] == list(PUBLISHED_LOSSES)
    assert card["data"]["name"] == "mnist"
    assert card["data"]["images"] == 60_000
    assert {"torch", "numpy", "python", "diffviz"} <= card["environment"]["versions"].keys()


def test_the_bundled_weights_are_the_documented_ones():
    assert {DEFAULT, "reference"} <= set(bundled_names())
    reference = TrainConfig.from_json(read_card("reference")["recipe"])
    assert reference == RECIPES["reference"]
    assert (reference.epochs, reference.batch_size, reference.lr) == (15, 128, 2e-4)
    assert read_card("reference")["losses"][-1] <= 0.071
    short = read_card("film-15")
    assert len(short["losses"]) == 15
    assert short["losses"][-1] <= 0.0220
    longer, default = read_card("film-59")["recipe"], read_card("default")["recipe"]
    assert longer["init"] == default["guide"] == "film-15"
    assert default["init"] == default["teacher"] == "film-59"
    assert TrainConfig.from_json(default) == RECIPES["guided"]
    twelve, labelled = (
        TrainConfig.from_json(read_card(name)["recipe"]) for name in ("labelled-12", "labelled")
    )
    assert (twelve, labelled) == (RECIPES["labelled"], RECIPES["labelled-long"])
    assert (twelve.init, labelled.init) == ("film-59", "labelled-12")
    few_steps = TrainConfig.from_json(read_card("few-steps")["recipe"])
    assert few_steps == RECIPES["few-steps"]
    of_init = {
        read_card(name)["environment"]["sha256"]["init"] for name in ("few-steps", "labelled")
    }
    assert of_init == {read_card("labelled-12")["sha256"]}
    assert read_card("labelled")["classes"] == list("0123456789")
    whole = training_losses("default")
    assert whole[:15] == short["losses"]
    assert whole[:59] == training_losses("film-59")
    assert whole[58] < whole[14]


def test_every_bundled_name_is_explained():
    assert set(WEIGHTS_INFO) == set(bundled_names())
