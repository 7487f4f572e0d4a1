"""The stylesheet that every page begins with, and the templates that every page may call."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from jinja2.filters import do_forceescape, do_mark_safe

from mapping.text.typography import NO_BREAK
from syncd.reporting.design.palette import palette_css

_HERE = "syncd.reporting.design"
_RANGE = r"[(«“]?\d+(?:[-\N{EN DASH}](?:\d+|[^\W\d_]{1,20}))+[.,;:)»”]*"
"""Numbers that belong together, with what stands right beside them: ``205-1``, ``(2\N{EN DASH}4``, ``2-4-курс``."""
_AFTER_DASH = r"(?:\b\d{1,2}\xa0)?[\N{EN DASH}\N{EM DASH}]\xa0\d[\d,\xa0]*[.;:)]*"
"""A dash with its number: a blank that does not break holds words, but nothing to a dash before it."""
_NAME = r"\b[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)+"
"""Of a target, a calendar, an option: ``law-autumn-2025``."""
_RANGES, _NAMES = (
    re.compile(f"({_RANGE}|{_AFTER_DASH})"),
    re.compile(f"({_RANGE}|{_AFTER_DASH}|{_NAME})"),
)
_LONGEST = 24
"""Letters that any line has room for; what is longer is broken where it fills a line alone."""
_DASH = re.compile(
    r"(?P<day>\b\d{1,2})? (?P<dash>[\N{EN DASH}\N{EM DASH}]) "
    r"(?=(?P<number>\d[\d,\N{NO-BREAK SPACE}]*(?:[.,;:)]|$))|(?P<other>\d{1,2}\b)?)"
)
"""Between words; ``number`` stands alone after it, ``day`` and ``other`` are days of a span: ``2 \N{EN DASH} 10 October``."""
_CHAIN = re.compile(r"(?=[^ ]{16})([^ \xa0]+\xa0[^ \xa0]+)((?:\xa0[^ \xa0]+)+)")
"""``Trimester III classes``, whose blanks do not break."""
_COUNT = re.compile(r"(?<=[^\W\d_]:) (?=\d[\d,\xa0]*(?:[ .,;)]|$))")
"""Before a number that belongs to the word in front of it: ``to create: 3``."""
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
    environment.filters.update(whole=whole, names=names, narrow=narrow)
    return environment


def whole(text: object) -> str:
    """A text, escaped, in which no line ends inside a range of numbers, before a dash, or between it and its number."""
    return _held(_RANGES, str(text))


def names(text: object) -> str:
    """As `whole`, and none ends inside a name (``law-autumn-2025``) or between a count and its word."""
    return _held(_NAMES, _COUNT.sub(NO_BREAK, str(text)))


def narrow(text: str) -> str:
    """A text for a place as narrow as a day: of what blanks hold together and is long, only the first two words."""
    return _CHAIN.sub(lambda found: found[1] + found[2].replace(NO_BREAK, " "), text)


def _held(together: re.Pattern[str], text: str) -> str:
    pieces = [str(do_forceescape(piece)) for piece in together.split(_DASH.sub(_held_dash, text))]
    for number in range(1, len(pieces), 2):
        held = "whole" if len(pieces[number]) <= _LONGEST else "name"
        pieces[number] = f'<span class="{held}">{pieces[number]}</span>'
    return do_mark_safe("".join(pieces))


def _held_dash(found: re.Match[str]) -> str:
    is_held = found["number"] or (found["day"] and found["other"])
    return f"{found['day'] or ''}{NO_BREAK}{found['dash']}{NO_BREAK if is_held else ' '}"


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
