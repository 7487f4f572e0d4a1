"""A comparison of two academic years for readers: text, JSON, and a self-contained page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from mapping.comparison import Compared, YearComparison
from mapping.model import Days, Entry
from syncd.reporting.english import day, days

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "h2{font-size:1.1rem;margin-top:2rem}li{margin:.2rem 0}code{font-size:.9em}"
)


@dataclass(frozen=True, slots=True)
class _Part:
    label: str
    lines: tuple[tuple[str, str], ...]
    """Entry id and what is said of it."""


def render_comparison(comparison: YearComparison, view: str, *, entries: Mapping[str, Entry]) -> str:
    """The whole text. ``view``: text, json or html; ``entries``: those of the new year by id."""
    if view == "json":
        return json.dumps(_as_json(comparison), ensure_ascii=False, indent=1) + "\n"
    parts = list(_parts(comparison, entries))
    return _as_html(comparison, parts) if view == "html" else _as_text(comparison, parts)


def _parts(found: YearComparison, entries: Mapping[str, Entry]) -> Iterator[_Part]:
    yield _Part(f"Missing in {found.new}", tuple((id_, "") for id_ in found.missing))
    yield _Part(f"New in {found.new}", tuple((id_, days(entries[id_].days)) for id_ in found.added))
    yield _Part("On the same days in both years", tuple((one.id, days(one.now)) for one in found.equal_days))
    yield _Part("Begins on another weekday", tuple(map(_moved, found.other_weekday)))
    yield _Part("Of another length", tuple(map(_longer, found.other_length)))
    yield _Part(
        "Begins or ends on a day off",
        tuple((one.id, f"{day(one.day)} is {one.day_off}") for one in found.on_day_off),
    )
    yield _Part("Outside its term", tuple((id_, days(entries[id_].days)) for id_ in found.outside_term))
    yield _Part(
        "Names another year",
        tuple((id_, ", ".join(map(str, years))) for id_, years in found.year_numbers.items()),
    )
    yield _Part(
        "Not confirmed",
        tuple(
            (
                id_,
                f"{' and '.join(what)}: {days(entries[id_].days)}"
                if entries[id_].days
                else " and ".join(what),
            )
            for id_, what in found.unconfirmed.items()
        ),
    )


def _moved(one: Compared) -> tuple[str, str]:
    return one.id, f"{days(one.was)} -> {days(one.now)}"


def _longer(one: Compared) -> tuple[str, str]:
    return one.id, f"{one.was.count} -> {one.now.count} days: {days(one.was)} -> {days(one.now)}"


def _as_text(found: YearComparison, parts: list[_Part]) -> str:
    lines = [f"{found.old} and {found.new}\n"]
    for part in parts:
        if part.lines:
            lines.append(f"\n{part.label}: {len(part.lines)}\n")
            lines.extend(f"  {id_:<32}  {said}".rstrip() + "\n" for id_, said in part.lines)
    if not any(part.lines for part in parts):
        lines.append("\nNothing differs but the dates.\n")
    return "".join(lines)


def _as_html(found: YearComparison, parts: list[_Part]) -> str:
    sections = "".join(
        f"<h2>{escape(part.label)}: {len(part.lines)}</h2>\n<ul>\n"
        + "".join(f"<li><code>{escape(id_)}</code> {escape(said)}</li>\n" for id_, said in part.lines)
        + "</ul>\n"
        for part in parts
        if part.lines
    )
    title = escape(f"{found.old} and {found.new}")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        f"{sections or '<p>Nothing differs but the dates.</p>'}</body>\n</html>\n"
    )


def _as_json(found: YearComparison) -> dict[str, Any]:
    return {
        "old": found.old,
        "new": found.new,
        "missing": list(found.missing),
        "added": list(found.added),
        "equal_days": [_pair(one) for one in found.equal_days],
        "other_weekday": [_pair(one) for one in found.other_weekday],
        "other_length": [_pair(one) for one in found.other_length],
        "on_day_off": [
            {"id": one.id, "date": one.day.isoformat(), "day_off": one.day_off} for one in found.on_day_off
        ],
        "outside_term": list(found.outside_term),
        "year_numbers": {id_: list(years) for id_, years in found.year_numbers.items()},
        "unconfirmed": {id_: list(what) for id_, what in found.unconfirmed.items()},
    }


def _pair(one: Compared) -> dict[str, Any]:
    return {"id": one.id, "was": _inclusive(one.was), "now": _inclusive(one.now)}


def _inclusive(span: Days) -> dict[str, str]:
    return {"start": span.start.isoformat(), "end": span.last.isoformat()}
