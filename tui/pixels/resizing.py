"""The size at which a picture is drawn in a given room, and on a slow link."""

_CELL_BYTES = 38  # of a half-block in two new colours
_SAME_BYTES = 2  # of one in the colours of the cell before
_MOST_COARSE = 16


def fitting(height: int, width: int, rows: int, columns: int) -> tuple[int, int, int]:
    """Return how a picture of ``height`` x ``width`` pixels fills ``rows`` of ``columns`` cells.

    That is the height and width in pixels to draw it with, and the cells a pixel is wide: its own
    size at the largest whole scale that fits, or a smaller size at scale 1. A cell is two pixels
    high at scale 1.
    """
    scale = min(columns // width, 2 * rows // height)
    if scale >= 1:
        return height, width, scale
    shrink = min(columns / width, 2 * rows / height)
    return max(1, int(height * shrink + 1e-6)), max(1, int(width * shrink + 1e-6)), 1


def coarser(high: int, wide: int, scale: int, most_bytes: float | None) -> tuple[int, int, int]:
    """Return how to draw a picture with at most ``most_bytes``, about, in the same room.

    Its pixels become larger, and fewer: two, three … times as large as they are; 16 at most.
    """
    if most_bytes is None:
        return high, wide, scale
    found = high, wide, scale
    for factor in range(1, _MOST_COARSE + 1):
        rows, columns = high // factor, wide // factor
        if rows < 2 or columns < 2:
            break
        # cells with new colours: a row of cells shows two rows of pixels, or a part of one
        cells = columns * min(rows, -(-rows * scale * factor // 2))
        rest = wide * scale * -(-high * scale // 2) - cells
        found = rows, columns, scale * factor
        if cells * _CELL_BYTES + rest * _SAME_BYTES <= most_bytes:
            return found
    return found
