"""The screens that sample several digits at once: grid, race, branches, tree."""
