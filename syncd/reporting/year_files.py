"""A year's sheet as one page of HTML that needs nothing else; it prints on A4, landscape."""

from __future__ import annotations

import base64
import hashlib
from datetime import date

from mapping.identity import split_key
from mapping.model import CanonicalCalendar
from syncd.errors import UsageError
from syncd.reporting.bars import bars_of
from syncd.reporting.design.sheets import shared_css, templates, year_css
from syncd.reporting.page_words import PageWords
from syncd.reporting.year_sheet import YearSheet, year_sheet


def sheet_of(
    calendar: CanonicalCalendar, *, school: str, language: str, today: date, zone: str, draft: bool = False
) -> YearSheet:
    """The sheet of the calendar's year; of several, the first that is not over on ``today``, else the last.

    ``school`` '' for what concerns any. Raises `UsageError` where the year has no date at all.
    """
    bars = bars_of(calendar, school=school or None, language=language, today=today, timezone=zone)
    if not bars:
        raise UsageError("there is nothing in that year that has a date")
    ends: dict[str, date] = {}
    for bar in bars:
        year = split_key(bar.key)[0]
        ends[year] = max(ends.get(year, bar.days.last), bar.days.last)
    year = next((name for name in sorted(ends) if ends[name] >= today), max(ends))
    say = PageWords(calendar, language, zone)
    return year_sheet(calendar, year, school=school, say=say, bars=bars, draft=draft)


def as_html(sheet: YearSheet) -> bytes:
    """The page, its style inside; it forbids itself whatever it does not need."""
    style = f"{shared_css()}\n{year_css()}"
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    template = templates("syncd.reporting.design").get_template("design/sheet.html.jinja")
    return template.render(sheet=sheet, style=style, style_hash=f"sha256-{digest}").encode()
