"""Exit statuses of the command: what a shell expects."""

FAILURE = 1
"""After one line on stderr; argparse exits with 2 where the command line is wrong."""
INTERRUPTED = 130
BY_SIGNAL = {"SIGINT": INTERRUPTED, "SIGTERM": 143, "SIGHUP": 129}
"""128 and the signal's number, by its name: not every system has every signal."""
