"""Recordings of what is on the screen: casts, animated pictures, screenshots, and a player."""
