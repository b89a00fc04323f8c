"""Figures of 一、开展情况: counted from rows as they were known at one instant, and the same rows to look at.

facts: the rows. lines: what is counted of them, and how it is said. rows: what a reader sees behind a figure.
"""

from reports.queries.figures.facts import Facts
from reports.queries.figures.lines import compute, meaning

__all__ = ["Facts", "compute", "meaning"]
