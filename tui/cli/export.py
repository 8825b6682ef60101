"""``diffviz export``: trained weights as a file for other programs."""

import argparse
from pathlib import Path

from ...core.errors import printable
from .flags import weights_name
from .parser import one_of

_DTYPES = ("float32", "float16")


def add_parser(commands) -> None:
    """Add ``export`` to the command line."""
    parser = commands.add_parser(
        "export",
        help="write weights for other programs",
        examples=(
            "diffviz export default -o default.safetensors --dtype float16",
            "diffviz export runs/try@3 -o early.safetensors",
        ),
        description="Write one set of trained weights as a .safetensors file: the tensors by the "
        "names of the PyTorch module, and what they are as metadata.",
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
        help="the file to write, .safetensors",
    )
    parser.add_argument(
        "--dtype",
        type=one_of(_DTYPES),
        choices=_DTYPES,
        default=_DTYPES[0],
        help="of the numbers (default: %(default)s)",
    )
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> int:
    """Write the file, and say what is in it; return the exit status."""
    from ...core.export import check_output
    from ...core.models.one_set import export_weights
    from ...core.models.weights import load_weights

    check_output(args.output, (".safetensors",))
    weights = load_weights(args.weights)
    size = export_weights(args.output, weights, args.dtype)
    what = f"{weights.name}:{weights.set}, {weights.architecture}, {weights.parameters:,} numbers"
    print(printable(f"{args.output}: {what}, {args.dtype}, {size / 1e6:.2f} MB"))
    return 0
