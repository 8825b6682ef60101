"""``python -m diffviz``: the command line."""

import sys

from diffviz.tui.cli import main

if __name__ == "__main__":
    sys.exit(main())
