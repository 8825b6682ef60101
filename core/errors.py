"""The one exception a user is meant to read."""


class DiffvizError(Exception):
    """A problem the user can act on. Its text is one line and says what to do.

    Commands print it without a traceback and exit with status 1.
    """
