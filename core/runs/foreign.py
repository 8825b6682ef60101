"""Runs that another program's training loop wrote (:class:`..writers.RunWriter`)."""

from typing import Any

FOREIGN = "own_loop"
"""The entry of a run's environment that marks one: what is known of its settings."""


def is_foreign(environment: dict[str, Any]) -> bool:
    """Return whether a run with this environment was written by another program."""
    return isinstance(environment.get(FOREIGN), dict)


def known_settings(environment: dict[str, Any]) -> dict[str, Any]:
    """Return the settings that such a run was given; None for those that it was not."""
    return environment[FOREIGN] if is_foreign(environment) else {}
