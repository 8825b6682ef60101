"""Trainings of the small MNIST by the command."""

import pytest

SMALL = ("--recipe", "reference", "--batch-size", 16, "--epochs", 2, "--device", "cpu")


@pytest.fixture
def train(diffviz, mnist_dir):
    """Return a function that trains on the small MNIST into a folder."""

    def call(folder, *arguments):
        return diffviz("train", *SMALL, "--data-dir", mnist_dir, "--out", folder, *arguments)

    return call
