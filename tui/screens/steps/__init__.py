"""The screen of a sampling loop that runs elsewhere."""
