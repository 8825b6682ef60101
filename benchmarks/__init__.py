"""Measurements side by side with peers, for people who work on diffviz.

``python -m benchmarks [--quick] [--only NAME …]`` runs the modules listed in ``__main__.py`` one
after the other, each in a process of its own, and prints one report. A module that is to be part
of it has these properties:

- ``python -m benchmarks.NAME`` prints its Markdown tables to stdout and exits with 0; a peer that
  is not installed is left out, with a line that says so (``pip install 'diffviz[peers]'``).
- ``--quick`` makes it end within about a minute on two cores, with the same tables.
- What is compared takes turns within one process or one run, and the best turn counts
  (``timing.interleaved``): a figure is a ratio, for seconds depend on who else is computing.
- A line in ``PARTS`` of ``__main__.py`` names it and says what it answers.
"""
