"""Half-block characters: one cell shows two square pixels, one above the other."""

UPPER, LOWER, FULL, EMPTY = "▀", "▄", "█", " "


def pixel_rows(side: int, scale: int) -> list[tuple[int, int]]:
    """Return the upper and lower pixel row that each row of cells shows.

    A pixel is ``scale`` cells wide and half as many high, so ``side`` pixel rows take
    ``side * scale / 2`` rows of cells (rounded up; a last half row repeats the last pixel row).
    """
    last = side - 1
    return [
        (min(2 * y // scale, last), min((2 * y + 1) // scale, last))
        for y in range((side * scale + 1) // 2)
    ]
