"""diffviz.core trains diffusion models on 28x28 images and samples from them.

It doesn't depend on a terminal: it imports neither textual, rich nor ``diffviz.tui``.
"""
