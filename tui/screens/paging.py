"""The sign of the screens that don't show everything at once: which page, and the key."""


def page_note(page: int, pages: int, short: bool = False) -> str:
    """Return which of ``pages`` is shown (``page`` counts from 0); empty if there is one."""
    if pages <= 1:
        return ""
    return f"   {page + 1}/{pages} PgDn" if short else f"   page {page + 1}/{pages}, PgDn"
