"""Where one is in the tour, what was answered, and what turned out to be right."""

from ....core.models.catalog import bundled_names
from .stations import STATIONS, Ask, Beat, Station, with_weights


class Guide:
    """Goes through the stations beat by beat; a question has to be answered first."""

    def __init__(self, station: int = 1) -> None:
        """Begin with a station, from 1."""
        installed = bundled_names()
        self._stations = [with_weights(station, installed) for station in STATIONS]
        self.place = station - 1
        self.beat_place = 0
        self.asked: Ask | None = None
        """The question that was answered last, until the beat after its verdict."""
        self.answer: int | None = None
        """What was answered to it."""
        self.right: int | None = None
        """What is right; None while that isn't known."""
        self.guesses: dict[tuple[int, int], bool] = {}
        """Whether the guess at a station and beat was right."""
        self.over = False
        """Whether the last station is done."""
        self._asked_at = (0, 0)

    @property
    def station(self) -> Station:
        """The station."""
        return self._stations[self.place]

    @property
    def beat(self) -> Beat:
        """What is said."""
        return self.station.beats[self.beat_place]

    @property
    def question(self) -> Ask | None:
        """The question that has to be answered before the next beat."""
        ask = self.beat.ask
        return None if ask is None or ask is self.asked else ask

    def reply(self, answer: int) -> bool:
        """Answer the question; return False where that is no answer to it."""
        ask = self.question
        if ask is None or (ask.answers and not 1 <= answer <= len(ask.answers)):
            return False
        self.asked, self.answer, self.right = ask, answer, None
        self._asked_at = (self.place, self.beat_place)
        return True

    def resolve(self, right: int) -> None:
        """Take in what is right."""
        if self.right is None and self.answer is not None:
            self.right = right
            self.guesses[self._asked_at] = right == self.answer

    def next(self) -> None:
        """Go on with the next beat, and after the last one with the next station."""
        if self.question is not None or self.over:
            return
        if self.right is not None:  # its verdict has been read
            self.asked = self.answer = self.right = None
        if self.beat_place + 1 < len(self.station.beats):
            self.beat_place += 1
        elif self.place + 1 < len(STATIONS):
            self.go(self.place + 2)
        else:
            self.over = True

    def go(self, station: int) -> None:
        """Go to a station, from 1, and to its first beat; there is none beyond the ends."""
        self.place = min(len(STATIONS), max(1, station)) - 1
        self.beat_place = 0
        self.asked = self.answer = self.right = None
        self.over = False

    @property
    def verdict(self) -> str:
        """What the question came to; empty while that isn't known."""
        if self.asked is None or self.right is None:
            return ""
        what = self._named(self.right)
        said = f"Right: {what}." if self.right == self.answer else self._corrected(what)
        return f"{said} {self.asked.after}"

    @property
    def score(self) -> str:
        """How many guesses were right, as a sentence."""
        right, number = sum(self.guesses.values()), len(self.guesses)
        if number == 0:
            return "You answered no question."
        if number == 1:
            return f"Your guess was {'right' if right else 'wrong'}."
        return f"{right} of your {number} guesses {'was' if right == 1 else 'were'} right."

    def _corrected(self, what: str) -> str:
        assert self.answer is not None
        return f"Your guess was {self._named(self.answer)}; the answer is {what}."

    def _named(self, answer: int) -> str:
        assert self.asked is not None
        answers = self.asked.answers
        return answers[answer - 1] if answers else str(answer)
