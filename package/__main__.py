"""``python -m diffviz`` and the ``diffviz`` command."""

import sys


def check_system() -> None:
    """Leave with one line where the modules for terminals and locks of files can't be imported."""
    if sys.platform == "win32":
        sys.exit("diffviz: error: diffviz doesn't run on Windows itself: install it in WSL")


def main() -> int:
    """Run the command line and return its exit status; the console script's entry point."""
    check_system()
    from diffviz.tui.cli import main as run

    return run()


if __name__ == "__main__":
    if not sys.flags.safe_path:
        # The current folder: modules there must not replace installed ones, nor a folder of this
        # name an editable install.
        del sys.path[0], sys.modules["diffviz"]
    sys.exit(main())
