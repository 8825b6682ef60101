"""Watch a diffusion model turn noise into a handwritten digit, live, in a terminal.

The names below are the public interface (docs/api.md). Each is imported when it is first used,
so that ``import diffviz`` takes milliseconds and loads neither numpy, torch nor textual.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diffviz.core.classifier import Classifier
    from diffviz.core.data import load_dataset
    from diffviz.core.errors import DiffvizError
    from diffviz.core.export import save_images
    from diffviz.core.noise import NoiseStream
    from diffviz.core.own import Model
    from diffviz.core.phases import Phase
    from diffviz.core.pictures import to_grey
    from diffviz.core.pipeline import Pipeline
    from diffviz.core.recipes import TrainConfig, recipe
    from diffviz.core.runs import RunFolder
    from diffviz.core.sampling import SAMPLERS, Given
    from diffviz.core.sampling.trajectory import Trajectory
    from diffviz.core.schedule import Schedule
    from diffviz.core.step import Step
    from diffviz.core.train import train
    from diffviz.core.writers import RunWriter, StepWriter, fit_matrix, step_callback
    from diffviz.tui.from_python import show

__version__: str

_NEEDS_TORCH = {"train"}
_MODULES = {
    "Classifier": "core.classifier",
    "DiffvizError": "core.errors",
    "Given": "core.sampling",
    "Model": "core.own",
    "NoiseStream": "core.noise",
    "Phase": "core.phases",
    "Pipeline": "core.pipeline",
    "RunFolder": "core.runs",
    "RunWriter": "core.writers",
    "SAMPLERS": "core.sampling",
    "Schedule": "core.schedule",
    "Step": "core.step",
    "StepWriter": "core.writers",
    "TrainConfig": "core.recipes",
    "Trajectory": "core.sampling.trajectory",
    "fit_matrix": "core.writers",
    "load_dataset": "core.data",
    "recipe": "core.recipes",
    "save_images": "core.export",
    "show": "tui.from_python",
    "step_callback": "core.writers",
    "to_grey": "core.pictures",
    "train": "core.train",
}

__all__ = [
    "SAMPLERS",
    "Classifier",
    "DiffvizError",
    "Given",
    "Model",
    "NoiseStream",
    "Phase",
    "Pipeline",
    "RunFolder",
    "RunWriter",
    "Schedule",
    "Step",
    "StepWriter",
    "TrainConfig",
    "Trajectory",
    "__version__",
    "fit_matrix",
    "load_dataset",
    "recipe",
    "save_images",
    "show",
    "step_callback",
    "to_grey",
    "train",
]


def __getattr__(name: str) -> Any:
    """Import the module of a public name when it is first used (PEP 562).

    Raises:
        DiffvizError: if the name needs PyTorch, and that can't be loaded.
    """
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("diffviz")
    elif name in _MODULES:
        if name in _NEEDS_TORCH:
            from diffviz.core.machine.torch_install import import_torch

            import_torch(f"diffviz.{name}")
        value = getattr(import_module(f".{_MODULES[name]}", __name__), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names, for completion."""
    return sorted([*globals(), *__all__])
