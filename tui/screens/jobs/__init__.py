"""The screens of several digits: grid, race, branch, tree."""
