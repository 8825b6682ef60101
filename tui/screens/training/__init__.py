"""The training screen and the list of runs: readers of run folders that can send commands."""
