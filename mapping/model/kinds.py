"""What sorts of rows there are, and how each is drawn."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What the approved document gives for an entry."""

    DAY = "day"
    WINDOW = "window"
    UNTIL = "until"
    RULE = "rule"
    ANNOUNCED = "announced"
    """A row whose date will be announced: with a period it is shown there, without one in lists alone."""


class Shape(StrEnum):
    """How an entry is drawn; `mapping.shapes` turns it into parts."""

    DAY = "day"
    PERIOD = "period"
    TASK = "task"
    BETWEEN = "between"
    UNTIL = "until"
    EDGES = "edges"
    WEEKS = "weeks"
    """One event for each numbered teaching week of the period."""


class Part(StrEnum):
    """Which event of an entry: ``main`` is the day, the span, the last day or the end."""

    MAIN = "main"
    OPENING = "opening"
