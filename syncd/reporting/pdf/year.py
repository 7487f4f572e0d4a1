"""A year's sheet as one page of PDF: A4, landscape, in the largest type in which it fits. Needs the extra ``pdf``."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.resources import files
from typing import Any

import typst

from syncd.reporting.design.palette import PAPER
from syncd.reporting.year_sheet import YearSheet

_TYPE_SIZES = (11.0, 10.0, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0, 4.5, 4.0)
"""Points; the last is taken whatever the number of pages."""


def as_pdf(sheet: YearSheet) -> bytes:
    """The page."""
    source = (files("syncd.reporting.pdf") / "year.typ").read_bytes()
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
