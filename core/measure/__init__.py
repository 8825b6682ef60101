"""What a set of digits or a network is worth: metrics, evaluation, measured phases."""
