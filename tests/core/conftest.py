"""Fixtures of training tests, where there is PyTorch to train with."""

from diffviz.core.machine.torch_install import is_installed

if is_installed():
    from .trainings import _one_thread, new_training, tiny_images  # noqa: F401
