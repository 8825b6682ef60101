"""What the run screen samples and shows: its history, branches and replay."""
