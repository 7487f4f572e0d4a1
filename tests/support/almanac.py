"""A small calendar that a registrar edits: real data files, built from a handful of invented entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from mapping.model import DesiredEvent, Drift, Target, Targets
from syncd.reconcile.desired import DesiredSets
from syncd.reconcile.editions import Candidate
from syncd.source.folder import SourceFolder
from tests.support.college import college

FIRST_DAY = date(2031, 10, 20)
"""Campus day on which every world begins."""
OWNER = "moor"
ZONE = "Europe/London"
POOL = 8
"""Entries that may come and go, besides the two that give the terms their first and last days."""
TERMS = ("michaelmas", "hilary", "all")


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as the registrar sees it. ``first``: days after `FIRST_DAY`; ``count``: days it lasts."""

    first: int
    count: int
    words: int
    term: str

    def yaml(self, name: str) -> str:
        start = FIRST_DAY + timedelta(days=self.first)
        end = start + timedelta(days=self.count - 1)
        # Every third day of beginning has clock times, so that the laws hold for timed events too.
        hours = ", from: '09:30', by: '17:00'" if self.first % 3 == 2 and self.count > 1 else ""
        hours = ", by: '17:00'" if self.first % 3 == 2 and self.count == 1 else hours
        return (
            f"  - {{id: {name}, section: A, terms: [{self.term}], category: papers, audience: members, kind: window, "
            f"start: {start}, end: {end}{hours}, title: {{cy: 'Papur {name} {self.words}'}}, "
            f"text: {{cy: 'Testun {name} {self.words}'}}}}\n"
        )


@dataclass(slots=True)
class Almanac:
    """The data files, in the registrar's hands."""

    lines: dict[str, Line] = field(default_factory=dict)

    def candidate(self) -> Candidate:
        """The calendar that the files give now."""
        return _candidate(tuple(sorted(self.lines.items())))

    def desired(self, target: str, today: date) -> Mapping[str, DesiredEvent]:
        """What each context of a target should hold on a day."""
        return _desired(tuple(sorted(self.lines.items())), target, today)


_HEAD = """\
calendar: teaching
programme: full-time
working_week: [1, 2, 3, 4, 5]
entries:
  - {id: term-one, section: A, terms: [michaelmas], category: teaching, audience: members, kind: window, \
start: 2031-10-01, end: 2031-12-20, title: {cy: 'Tymor un'}, text: {cy: 'Tymor'}}
  - {id: term-two, section: A, terms: [hilary], category: teaching, audience: members, kind: window, \
start: 2032-01-10, end: 2032-03-20, title: {cy: 'Tymor dau'}, text: {cy: 'Tymor'}}
"""
_YEAR = """\
year: 2031-2032
document: {title: {cy: Calendr}, number: "7", date: 2031-06-30, body: {cy: Y Cyngor}}
terms:
  full-time:
    michaelmas: {first: term-one, last: term-one}
    hilary: {first: term-two, last: term-two}
"""


@lru_cache(maxsize=256)
def _candidate(lines: tuple[tuple[str, Line], ...]) -> Candidate:
    shared = {name: content for name, content in college().items() if "/" not in name}
    text = _HEAD + "".join(line.yaml(name) for name, line in lines)
    files: Mapping[str, bytes] = {
        **shared,
        "2031-2032/year.yaml": _YEAR.encode(),
        "2031-2032/teaching.yaml": text.encode(),
    }
    return Candidate(calendar=SourceFolder.from_files(files).calendar(), files=files)


@lru_cache(maxsize=1024)
def _desired(lines: tuple[tuple[str, Line], ...], target: str, today: date) -> Mapping[str, DesiredEvent]:
    (found,) = (one for one in TARGETS.targets if one.name == target)
    return DesiredSets(_candidate(lines).calendar, today).desired(found)


def _course_target(name: str, term: str, *, respect: bool) -> Target:
    return Target(
        name=name,
        kind="canvas",
        place="course",
        languages=("cy",),
        years=("2031-2032",),
        programmes=("full-time",),
        terms=(term,),
        account=name,
        drift=Drift.REPAIR,
        respect_deletions=respect,
    )


TARGETS = Targets(
    owner=OWNER,
    timezone=ZONE,
    targets=(
        _course_target("autumn", "michaelmas", respect=True),
        _course_target("spring", "hilary", respect=False),
        Target(name="open", kind="google", place="school", languages=("cy",), calendar_id="open@calendars"),
    ),
)
