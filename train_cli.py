"""Train without a screen: ``python train_cli.py --help``.

A thin caller of the plain path of ``diffviz train``.
"""

import sys

from diffviz.__main__ import check_system

EXAMPLES = (
    "python train_cli.py --dataset synthetic --epochs 2 --out runs/try",
    "torchrun --nproc-per-node 2 train_cli.py --recipe reference",
)


def main() -> int:
    """Parse the flags, train, and return the exit status."""
    check_system()
    from diffviz.tui.cli import guarded
    from diffviz.tui.cli.parser import Parser
    from diffviz.tui.cli.train import add_arguments, train_here

    parser = Parser(prog="train_cli.py", description=__doc__, examples=EXAMPLES)
    add_arguments(parser)
    args = parser.parse_args()

    def train() -> int:
        from diffviz.tui.plain.train_options import TrainOptions

        return train_here(TrainOptions.from_flags(args))

    return guarded(train)


if __name__ == "__main__":
    sys.exit(main())
