"""The key table of the tour; see ``tui/keys.py`` for what a Key is."""

from ...keys import Key, State, common_keys

TOUR_KEYS: tuple[Key, ...] = (
    Key(
        "enter,space",
        "Enter",
        "next",
        "go on; while the pictures play, to where they wait",
        {State.PLAYING: "skip", State.PAUSED: "go on", State.DONE: "go on"},
        command="Go on",
    ),
    *(
        Key(str(n), "0-9", f"answer({n})", "answer a question" * (n == 0), command=f"Answer {n}")
        for n in range(10)
    ),
    Key(
        "right",
        "→",
        "station(1)",
        "to the next station",
        "next station",
        command="Go to the next station",
    ),
    Key("left", "←", "station(-1)", "to the station before", command="Go to the station before"),
    *common_keys(),
)
