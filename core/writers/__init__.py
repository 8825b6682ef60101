"""What loops outside of diffviz write, so that ``diffviz watch`` can show them. Loads no torch."""

from .latent_rgb import fit_matrix
from .run_writer import RunWriter
from .step_callback import step_callback
from .step_writer import StepWriter

__all__ = ["RunWriter", "StepWriter", "fit_matrix", "step_callback"]
