"""Metrics, the evaluation of sets of digits, and the measurement of phases."""
