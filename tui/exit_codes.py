"""Exit statuses of the command: what a shell expects."""

import signal

FAILURE = 1
"""After one line on stderr; argparse exits with 2 where the command line is wrong."""
INTERRUPTED = 130
BY_SIGNAL: dict[int, int] = {signal.SIGINT: INTERRUPTED, signal.SIGTERM: 143, signal.SIGHUP: 129}
"""128 and the signal's number."""
