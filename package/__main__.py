"""``python -m diffviz``: the command line."""

import sys

if __name__ == "__main__":
    if not sys.flags.safe_path:
        # The current folder: modules there must not replace installed ones, nor a folder of this
        # name an editable install.
        del sys.path[0], sys.modules["diffviz"]
    from diffviz.tui.cli import main

    sys.exit(main())
