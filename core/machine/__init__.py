"""The device, its memory, and several processes that train together."""
