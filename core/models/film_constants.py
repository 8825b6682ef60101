"""Numbers that define the default UNet, for all backends; loads no torch."""

WIDTHS = (16, 48, 72)
"""Channels at 28 x 28, 14 x 14 and 7 x 7."""
TIME_FEATURES = 64
GROUPS = 8
"""Of each group norm."""
HEADS = 4
"""Of the self-attention."""
GREYS = 2
FEATURE_LIMIT = 4.0
"""Bound, in standard deviations of the noise, of the two extra input channels."""
WHITE, WHITE_SPREAD = 0.99, 0.012
"""MNIST's saturated strokes are 252 … 255, not one number; its background is exactly 0."""
GREY_SPREAD = (0.02, 1.0)
