"""The stylesheet that every page begins with, and the templates that every page may call."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from syncd.reporting.design.palette import palette_css

_HERE = "syncd.reporting.design"
_RANGE = re.compile(r"(\S*\d[-\N{EN DASH}]\d\S*)")
"""With what stands right beside it, so that tags stand between words."""
_LANES = 40
"""Lanes of one week that have a class; further bars flow in by themselves."""


@cache
def shared_css() -> str:
    """Palette, grid places and the look of what all pages share; a page's own rules follow it."""
    return "\n".join((palette_css(), _places(), _text(_HERE, "design.css")))


@cache
def year_css() -> str:
    """What a year's sheet needs besides."""
    return _text(_HERE, "year.css")


def templates(package: str) -> Environment:
    """Templates of a package by name, and those of this one as ``design/NAME``. Everything is escaped."""

    def load(name: str) -> str:
        room, _, rest = name.rpartition("/")
        return _text(_HERE if room == "design" else package, rest)

    environment = Environment(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["ranges"] = _ranges
    return environment


def _ranges(text: str) -> list[str]:
    """A text in pieces, every second one numbers that belong together: ``205-1``, ``2025\N{EN DASH}2026``."""
    return _RANGE.split(text)


def _places() -> str:
    """A class for each column (``s``), width (``w``), lane (``r``) and height (``h``): pages forbid inline styles."""
    rules = [
        f".s{one}{{grid-column-start:{one}}}.w{one}{{grid-column-end:span {one}}}" for one in range(1, 8)
    ]
    rules += [
        f".r{one}{{grid-row-start:{one}}}.h{one}{{grid-row-end:span {one}}}" for one in range(1, _LANES + 2)
    ]
    return "".join(rules)


def _text(package: str, name: str) -> str:
    return (files(package) / name).read_text(encoding="utf-8")
