"""Which entry of last year a cell is: hard conditions first, then one assignment over the whole table.

Printed numbers are a hint among others. What is not certain is said in ``doubts`` and becomes a question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from mapping.importing.assignment import best_assignment
from mapping.importing.columns import Columns
from mapping.importing.dates import DateReading, Form
from mapping.importing.known import KnownEntry, KnownSite
from mapping.importing.rows import GridCell, GridRow
from mapping.importing.wording import numbering, plain, similar, without_number, words

CERTAIN = 0.70
POSSIBLE = 0.55
MARGIN = 0.05
"""By how much the best must be better than the next."""
_YEAR = 364
"""Days after which the same weekday comes again next year."""
MOST_SHIFT = 21
"""Days by which a date may differ from last year's on the same weekday without a question."""
_NAME, _HEADING, _DATE, _NUMBER, _ORDER = 0.45, 0.25, 0.15, 0.05, 0.10
_SAME_HEADING = 0.80


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A cell, or one window that is printed in several columns, and what is known about it."""

    row: GridRow
    cells: tuple[GridCell, ...]
    reading: DateReading
    terms: tuple[str, ...]
    """What the columns may stand for."""
    entry: KnownEntry | None = None
    doubts: tuple[str, ...] = ()
    """Why the entry, its terms or its wording are not certain."""
    alternatives: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.cells[0].text


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparing:
    """What rows are compared with."""

    site: KnownSite
    language: str
    first_year: int
    """Of the year that is imported."""

    @property
    def years_apart(self) -> int:
        return self.first_year - self.site.first_year


def schools_in(text: str, site: KnownSite) -> frozenset[str]:
    """The site's schools that a row names."""
    folded = f" {' '.join(words(text))} "
    return frozenset(
        school
        for school, names in site.schools.items()
        if any(name and f" {name} " in folded for name in names)
    )


def match(found: Sequence[Found], columns: Mapping[str, Columns], comparing: Comparing) -> list[Found]:
    """Each cell with its entry; an entry that stands in two columns is given to one of them, see `pairs`."""
    out: list[Found] = list(found)
    for programme in dict.fromkeys(one.row.programme for one in found):
        places = [i for i, one in enumerate(found) if one.row.programme == programme]
        entries = [entry for entry in comparing.site.entries if entry.programme == programme]
        scorer = _Scorer(entries, comparing, len(places), columns.get(programme))
        scores = [scorer.scores(found[i], order) for order, i in enumerate(places)]
        chosen = best_assignment(
            [[max(0.0, one - POSSIBLE + 0.01) if one >= POSSIBLE else 0.0 for one in row] for row in scores]
        )
        for row, (i, column) in enumerate(zip(places, chosen, strict=True)):
            if column is None:
                close = [entries[j].id for j in _best(scores[row])[:3] if scores[row][j] > 0.4]
                out[i] = replace(found[i], alternatives=tuple(close))
                continue
            out[i] = scorer.judged(found[i], entries[column], scores[row], column)
    return out


def _best(scores: Sequence[float]) -> list[int]:
    return sorted(range(len(scores)), key=lambda j: -scores[j])


class _Scorer:
    def __init__(
        self, entries: Sequence[KnownEntry], comparing: Comparing, count: int, columns: Columns | None
    ) -> None:
        self._entries, self._comparing, self._count, self._columns = entries, comparing, count, columns
        site_year = comparing.site.first_year
        language = comparing.language
        self._names = [plain(entry.names.get(language, ""), site_year) for entry in entries]
        self._rules = [plain(entry.rules.get(language, ""), site_year) for entry in entries]
        self._schools = [
            frozenset(entry.schools) & schools_in(" ".join(entry.names.values()), comparing.site)
            for entry in entries
        ]
        self._groups = [self._heading(entry.headings.get(language, ()), site_year) for entry in entries]

    @staticmethod
    def _heading(headings: Sequence[str], first_year: int) -> str:
        return plain(without_number(headings[-1]), first_year) if headings else ""

    def scores(self, found: Found, order: int) -> list[float]:
        row, year = found.row, self._comparing.first_year
        name, group = plain(row.name, year), self._heading(row.headings, year)
        schools = schools_in(row.name, self._comparing.site)
        number = numbering(row.number)
        out = []
        for index, entry in enumerate(self._entries):
            if schools != self._schools[index] or not self._may_be(found, entry):
                out.append(0.0)
                continue
            score = _NAME * similar(name, self._names[index])
            score += _HEADING * similar(group, self._groups[index])
            score += _DATE * self._date_score(found.reading, entry, found.text, index)
            score += _NUMBER * (number == entry.number)
            place = index / max(1, len(self._entries) - 1) - order / max(1, self._count - 1)
            score += _ORDER * max(0.0, 1 - 2 * abs(place))
            out.append(score)
        return out

    def _may_be(self, found: Found, entry: KnownEntry) -> bool:
        whole = self._comparing.site.whole_year.get(found.row.programme)
        return bool(set(found.terms) & set(entry.terms)) or whole in entry.terms or self._spans(found)

    def _spans(self, found: Found) -> bool:
        """The cell is merged over every column of dates: no column says its term."""
        every = set(self._columns.terms) if self._columns is not None else set()
        covered = {column for cell in found.cells for column in cell.columns}
        return len(every) > 1 and (covered == every or (found.row.guessed and len(found.row.cells) == 1))

    def _date_score(self, reading: DateReading, entry: KnownEntry, text: str, index: int) -> float:
        if entry.kind == "rule":
            return (
                similar(plain(text, self._comparing.first_year), self._rules[index])
                if reading.is_plain_text
                else 0.0
            )
        shift = shift_of(reading, entry, self._comparing.years_apart)
        return max(0.0, 1 - abs(shift) / 45) if shift is not None else 0.0

    def judged(self, found: Found, entry: KnownEntry, scores: Sequence[float], column: int) -> Found:
        """The match with every reason why a person should look at it."""
        doubts: list[str] = []
        others = [j for j in _best(scores) if j != column]
        score = scores[column]
        if score < CERTAIN:
            doubts.append(f"is this the entry {entry.id}? It is only {round(score * 100)} % alike")
        elif others and score - scores[others[0]] < MARGIN and not self._is_exact(found, column):
            doubts.append(f"is this {entry.id} or {self._entries[others[0]].id}? Both are alike")
        doubts.extend(self._wording(found, entry, column))
        doubts.extend(self._terms(found, entry))
        doubts.extend(self._dates(found, entry))
        close = [self._entries[j].id for j in others[:3] if scores[j] > 0.4]
        return replace(found, entry=entry, doubts=tuple(doubts), alternatives=tuple(close))

    def _is_exact(self, found: Found, column: int) -> bool:
        """Same words under the same heading, and no other entry of the same columns has them."""
        year = self._comparing.first_year
        name, group = plain(found.row.name, year), self._heading(found.row.headings, year)
        same = [
            j
            for j, entry in enumerate(self._entries)
            if self._names[j] == name and self._groups[j] == group and set(entry.terms) & set(found.terms)
        ]
        return same == [column]

    def _wording(self, found: Found, entry: KnownEntry, index: int) -> list[str]:
        """Whether the wording is last year's; only asked where last year's text is the official one."""
        comparing = self._comparing
        language, year = comparing.language, comparing.first_year
        if language not in comparing.site.official:
            return []
        name, group = plain(found.row.name, year), self._heading(found.row.headings, year)
        doubts = []
        if _joined(name) != _joined(self._names[index]):
            doubts.append(
                f"the wording is another: {entry.names.get(language, '')!r} became {found.row.name!r}"
            )
        above = {_joined(plain(without_number(heading), year)) for heading in found.row.headings}
        known = not self._groups[index] or _joined(self._groups[index]) in above
        if not known and (similar(group, self._groups[index]) < _SAME_HEADING or len(found.row.headings) > 1):
            before = " / ".join(entry.headings.get(language, ())) or "no heading"
            doubts.append(
                f"it stands under another heading: {before!r} became {' / '.join(found.row.headings)!r}"
            )
        if entry.kind == "rule" and found.reading.is_plain_text:
            rule = plain(found.text, year)
            if _joined(rule) != _joined(self._rules[index]):
                doubts.append(
                    f"the rule is worded otherwise: {entry.rules.get(language, '')!r} became {found.text!r}"
                )
        return doubts

    def _terms(self, found: Found, entry: KnownEntry) -> list[str]:
        whole = self._comparing.site.whole_year.get(found.row.programme)
        per_column = (
            [found.terms]
            if self._columns is None
            else [self._columns.terms.get(c, ()) for cell in found.cells for c in cell.columns]
        )
        columns = self._columns.terms if self._columns is not None else {}
        without_column = not any(set(entry.terms) & set(names) for names in columns.values())
        if whole in entry.terms or without_column:
            covered = {column for cell in found.cells for column in cell.columns}
            fits = covered == set(columns) or len(columns) == 1
        else:
            fits = all(set(names) & set(entry.terms) for names in per_column) and all(
                any(term in names for names in per_column) for term in entry.terms
            )
        if fits:
            return []
        return [
            f"the entry belongs to {', '.join(entry.terms)}, but the cell stands under {', '.join(found.terms)}"
        ]

    def _dates(self, found: Found, entry: KnownEntry) -> list[str]:
        reading = found.reading
        if reading.form is Form.NONE:
            is_other = reading.is_plain_text and entry.kind != "rule"
            return ["last year a date stood here, now it is words"] if is_other else []
        if reading.form.value != entry.kind and (reading.form, entry.kind) != (Form.DAY, "until"):
            was, now = _KINDS.get(entry.kind, entry.kind), _KINDS[reading.form.value]
            return [f"last year it was {was}, now it is {now}"]
        shift = shift_of(reading, entry, self._comparing.years_apart)
        doubts = []
        if shift is not None and abs(shift) > MOST_SHIFT:
            later = "later" if shift > 0 else "earlier"
            doubts.append(f"the date lies {abs(shift)} days {later} than last year's")
        length = _length(reading) - _length_of(entry)
        if not doubts and abs(length) > MOST_SHIFT:
            longer = "longer" if length > 0 else "shorter"
            doubts.append(f"the window is {abs(length)} days {longer} than last year's")
        if reading.year_taken and shift is None:
            doubts.append("the year is not printed, and two would fit")
        return doubts


_KINDS = {
    "day": "one day", "window": "a window", "until": "a last day without a first", "from": "a first day without a last",
    "rule": "a rule in words",
}  # fmt: skip


def _joined(text: str) -> str:
    """Blanks set aside: a line's end after a slash or a hyphen prints one more."""
    return text.replace(" ", "")


def shift_of(reading: DateReading, entry: KnownEntry, years_apart: int) -> int | None:
    """Days by which the printed date lies later than last year's on the same weekday."""
    new = reading.start if reading.start is not None and entry.kind != "until" else reading.end
    old = entry.end if entry.kind == "until" or reading.start is None else entry.start
    if new is None or old is None:
        return None
    return (new - old - timedelta(days=_YEAR * years_apart)).days


def _length(reading: DateReading) -> int:
    return (reading.end - reading.start).days if reading.start and reading.end else 0


def _length_of(entry: KnownEntry) -> int:
    if entry.kind != "window" or entry.start is None or entry.end is None:
        return 0
    return (entry.end - entry.start).days


def is_on_same_weekdays(reading: DateReading, entry: KnownEntry, years_apart: int) -> bool:
    """Whether the printed days are last year's, so many times 364 days later; a rule has none."""
    if reading.form is Form.NONE:
        return reading.is_plain_text and entry.kind == "rule"
    if entry.start is None or entry.end is None:
        return False
    later = timedelta(days=_YEAR * years_apart)
    return _span(reading) == (entry.start + later, entry.end + later)


def same_days(reading: DateReading, entry: KnownEntry) -> bool:
    """Whether the entry's days are the printed ones."""
    if reading.form is Form.NONE:
        return reading.is_plain_text and entry.kind == "rule"
    return _span(reading) == (entry.start, entry.end)


def _span(reading: DateReading) -> tuple[date | None, date | None]:
    if reading.form is Form.UNTIL:
        return reading.end, reading.end
    return reading.start, reading.end
