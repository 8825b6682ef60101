"""What a key has just done, said for a while in the place of what is said otherwise."""


class Notice:
    """Counts frames, not seconds: a recording has a clock of its own."""

    def __init__(self, frames: int) -> None:
        """Prepare for notices that stay for ``frames`` frames each."""
        self._frames = frames
        self._left = 0
        self.text = ""
        """What to say now; empty for nothing."""

    def say(self, message: str) -> None:
        """Say ``message`` from now on."""
        self.text, self._left = message, self._frames

    def clear(self) -> None:
        """Say nothing."""
        self.text, self._left = "", 0

    def passes(self) -> bool:
        """Let one frame pass; return whether the notice has ended with it."""
        if not self._left:
            return False
        self._left -= 1
        if self._left:
            return False
        self.clear()
        return True
