"""Recordings: the app on a virtual clock, into casts, animations and screenshots."""
