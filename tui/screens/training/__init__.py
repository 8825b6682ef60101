"""The training screen and the list of runs, which read run folders and send commands."""
