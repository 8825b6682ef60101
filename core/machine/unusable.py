"""What this process has tried and can't use, such as a GPU or OpenVINO, and why.

Something else is used in its place; the user is told once, by :func:`fallback_notice`.
"""

from ..errors import message_of, printable

_LONGEST = 160
_reasons: dict[str, str] = {}


def short_reason(error: BaseException) -> str:
    """Return the first line of an error's text, or the last word of one that has several."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    # OpenVINO's errors begin with places in its source code and end with what went wrong
    places = bool(lines) and lines[0].startswith(("Exception from", "Check '"))
    text = (lines[-1] if places else lines[0]) if lines else message_of(error)
    return printable(text, _LONGEST)


def give_up(what: str, why: BaseException | str) -> None:
    """Note that ``what`` can't be used in this process; the first reason counts."""
    text = why if isinstance(why, str) else short_reason(why)
    _reasons.setdefault(what, text)


def why_unusable(what: str) -> str | None:
    """Return why ``what`` can't be used; None if nothing is known against it."""
    return _reasons.get(what)


def fallback_notice(used: str) -> str:
    """Return one line about everything that can't be used, and ``used`` instead; or nothing."""
    if not _reasons:
        return ""
    facts = "; ".join(f"{what} can't be used here ({why})" for what, why in _reasons.items())
    return f"{facts}: computing with {used}"
