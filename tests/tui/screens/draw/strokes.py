"""A digit as a list of strokes, each from one place in pixels to another."""

from diffviz.tui.screens.draw.drawing import Drawing, Tool

SEVEN = (((7, 7), (20, 7)), ((20, 7), (12, 22)))


def drawn(strokes) -> Drawing:
    """Return a drawing of ``strokes``."""
    drawing = Drawing()
    for start, end in strokes:
        drawing.begin()
        drawing.stroke(start, end, Tool.BRUSH)
    return drawing
