"""Recordings: the app on a virtual clock, into casts, animated pictures and screenshots."""
