"""The terminal side of diffviz and its command."""
