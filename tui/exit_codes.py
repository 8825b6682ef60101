"""Exit statuses of the command, by the conventions of shells."""

import signal

FAILURE = 1
"""After a line on stderr."""
USAGE = 2
"""After a line on stderr, before anything was printed or loaded: the command line is wrong."""
INTERRUPTED = 130
BY_SIGNAL: dict[int, int] = {
    signal.SIGINT: INTERRUPTED,
    signal.SIGTERM: 143,
    signal.SIGHUP: 129,
    signal.SIGQUIT: 131,
    signal.SIGUSR1: 138,
    signal.SIGUSR2: 140,
    signal.SIGXCPU: 152,
}
"""128 + the signal's number. Batch systems send USR1, USR2 or XCPU before a job's time is over."""
