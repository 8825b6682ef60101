"""The tour: stations that show and ask."""
