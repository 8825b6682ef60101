"""One set of trained weights as an ONNX file, for other runtimes."""

import contextlib
import io
import shlex
import warnings
from pathlib import Path
from typing import Any

from ..errors import DiffvizError, message_of
from ..files.results import write_result
from ..machine.torch_install import import_torch, installation, is_installed
from ..names import SIDE
from .one_set import about
from .weights import Weights

PACKAGES = ("onnx", "onnxscript")
"""What PyTorch writes ONNX files with: the extra ``[onnx]``."""
_OPSET = 18


def require_onnx() -> None:
    """Check that ONNX files can be written, before anything is loaded.

    Raises:
        DiffvizError: if a package is missing; the text has the command that installs it.
    """
    missing = tuple(package for package in PACKAGES if not is_installed(package))
    if missing:
        command = shlex.join(installation(missing).install)
        names = " and ".join(missing)
        are = "are" if len(missing) > 1 else "is"
        raise DiffvizError(f"a .onnx file needs {names}, which {are} not installed: {command}")
    import_torch("a .onnx file")


def export_onnx(path: Path, weights: Weights) -> int:
    """Write the network of ``weights`` as an ONNX graph in float32; return the bytes.

    Inputs are ``x`` float32 ``[batch, 1, 28, 28]``, ``t`` int64 ``[batch]`` from 0 to 999 and, of
    weights with labels, ``labels`` int64 ``[batch]`` (-1: no label). The output ``eps`` has the
    shape of ``x``. The metadata are those of :func:`.one_set.export_weights`.

    Raises:
        DiffvizError: if packages are missing, or the file can't be written.
    """
    require_onnx()
    import torch

    batch = torch.export.Dim("batch", min=1, max=1 << 16)
    names = ["x", "t"] + ["labels"] * bool(weights.classes)
    values = [torch.zeros(2, 1, SIDE, SIDE), torch.tensor([500, 20]), torch.tensor([0, -1])]
    said = io.StringIO()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(said):
            warnings.simplefilter("ignore")  # about the exporter's own code
            program: Any = torch.onnx.export(
                weights.model.eval(),
                tuple(values[: len(names)]),
                dynamo=True,
                verbose=False,
                opset_version=_OPSET,
                input_names=names,
                output_names=["eps"],
                dynamic_shapes=tuple({0: batch} for _ in names),
            )
        model = program.model_proto
    except Exception as error:  # its kinds are many
        raise DiffvizError(f"PyTorch can't write {path}: {message_of(error)}") from None
    for key, value in about(weights).items():
        model.metadata_props.add(key=key, value=value)
    content: bytes = model.SerializeToString()
    write_result(path, lambda file: file.write(content))
    return len(content)
