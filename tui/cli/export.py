"""``diffviz export``: trained weights as a file for other programs."""

import argparse
from pathlib import Path

from ...core.errors import printable
from .flags import weights_name
from .parser import UsageError, one_of

_DTYPES = ("float32", "float16")


def add_parser(commands) -> None:
    """Add ``export`` to the command line."""
    parser = commands.add_parser(
        "export",
        help="write weights for other programs",
        examples=(
            "diffviz export runs/try@3 -o early.safetensors --dtype float16",
            "diffviz export labelled -o labelled.onnx",
        ),
        description="Write one set of trained weights as a .safetensors file: the tensors by the "
        "names of the PyTorch module, and what they are as metadata; or the network as an ONNX "
        "graph, which needs pip install 'diffviz[onnx]'.",
    )
    parser.add_argument(
        "weights",
        type=weights_name,
        metavar="WEIGHTS",
        help="bundled name, .safetensors file or run folder[@epoch]; :raw or :ema picks the set",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="FILE",
        help="the file to write, .safetensors or .onnx",
    )
    parser.add_argument(
        "--dtype",
        type=one_of(_DTYPES),
        choices=_DTYPES,
        default=None,
        help=f"of the numbers in a .safetensors file (default: {_DTYPES[0]})",
    )
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> int:
    """Write the file, and say what is in it; return the exit status."""
    from ...core.export import check_output
    from ...core.models.one_set import export_weights
    from ...core.models.onnx_file import export_onnx, require_onnx
    from ...core.models.weights import load_weights

    check_output(args.output, (".safetensors", ".onnx"))
    dtype = args.dtype or _DTYPES[0]
    if args.output.suffix.lower() == ".onnx":
        if args.dtype is not None:
            raise UsageError("--dtype has no effect on .onnx: leave it out")
        require_onnx()
        weights = load_weights(args.weights)
        size = export_onnx(args.output, weights)
    else:
        weights = load_weights(args.weights)
        size = export_weights(args.output, weights, dtype)
    what = f"{weights.name}:{weights.set}, {weights.architecture}, {weights.parameters:,} numbers"
    print(printable(f"{args.output}: {what}, {dtype}, {size / 1e6:.2f} MB"))
    return 0
