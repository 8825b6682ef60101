"""diffviz.core trains diffusion models on 28x28 images and samples from them.

Nothing in here knows about a terminal: this package imports neither textual nor rich nor
anything from ``diffviz.tui``.
"""
