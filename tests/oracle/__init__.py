"""The oracle: a second, slow implementation of docs/model.md, written from that page alone.

One module a section, every formula vectorised over paths (first axis of every array) and as close to the page as Python allows.
It shares the key tables (*.def), the scenarios and the catalogue with the C library, and nothing else. Tests compare the two.
Entry point: `simulate.simulate(scenario, paths, seed)`.
"""
