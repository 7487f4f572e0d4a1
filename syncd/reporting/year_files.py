"""A year's sheet as a file: one page of HTML that needs nothing else, or one page of PDF (extra ``pdf``).

Both are A4, landscape. The PDF is laid out by Typst in the largest type in which it fits one page.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict
from datetime import date
from importlib.resources import files
from typing import Any

from mapping.identity import split_key
from mapping.model import CanonicalCalendar
from syncd.errors import UsageError
from syncd.reporting.bars import bars_of
from syncd.reporting.design.palette import PAPER
from syncd.reporting.design.sheets import shared_css, templates, year_css
from syncd.reporting.page_words import PageWords
from syncd.reporting.year_sheet import YearSheet, year_sheet

_TYPE_SIZES = (9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0, 4.5, 4.0)
"""Points; the last is taken whatever the number of pages."""


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


def as_html(sheet: YearSheet) -> str:
    """The page, its style inside; it forbids itself whatever it does not need."""
    style = f"{shared_css()}\n{year_css()}"
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    template = templates("syncd.reporting.design").get_template("design/sheet.html.jinja")
    return template.render(sheet=sheet, style=style, style_hash=f"sha256-{digest}")


def as_pdf(sheet: YearSheet) -> bytes:
    """The page. Raises `ModuleNotFoundError` where the extra ``pdf`` is not installed."""
    import typst  # noqa: PLC0415 - an extra

    source = (files("syncd.reporting.design") / "year.typ").read_bytes()
    data = json.dumps({**_plain(sheet), "colours": _colours()}, ensure_ascii=False)
    inputs = {"data": data, "size": ""}
    for size in _TYPE_SIZES:
        inputs["size"] = str(size)
        pages = typst.query(source, "<pages>", field="value", one=True, sys_inputs=inputs)
        if json.loads(pages) == 1:
            break
    return bytes(typst.compile(source, format="pdf", sys_inputs=inputs))


def _plain(sheet: YearSheet) -> dict[str, Any]:
    """The sheet as JSON holds it: days by number, and what a cell shows."""
    months = [
        {
            "name": month.name,
            "weeks": [
                [
                    {
                        "day": cell.day.day if cell.inside else 0,
                        "weekend": cell.is_weekend,
                        "off": cell.is_off,
                        "colours": list(cell.colours[:3]),
                    }
                    for cell in week.days
                ]
                for week in month.weeks
            ],
            "lines": [asdict(line) for line in month.lines],
        }
        for month in sheet.months
    ]
    return {
        "title": sheet.title,
        "university": sheet.university,
        "school": sheet.school,
        "language": sheet.language.partition("-")[0],
        "direction": sheet.direction,
        "approved": sheet.approved,
        "weekdays": list(sheet.weekdays),
        "months": months,
        "legend": [list(one) for one in sheet.legend],
    }


def _colours() -> dict[str, str]:
    return {**PAPER.fills, **PAPER.grounds}
