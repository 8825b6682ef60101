"""The process that samples for a screen, and the way to it."""
