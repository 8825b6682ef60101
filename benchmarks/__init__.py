"""Scripts that make the figures and the bundled classifier; run them from the repository's root."""
