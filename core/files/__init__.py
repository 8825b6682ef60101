"""Writing whole files, reading untrusted ones, and the user's cache folder."""
