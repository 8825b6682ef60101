"""The terminal interface of diffviz and the ``diffviz`` command."""
