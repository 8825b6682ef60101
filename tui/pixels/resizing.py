"""The size at which a picture is drawn in a given room."""


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
