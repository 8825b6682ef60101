"""Devices, memory, and groups of processes."""
