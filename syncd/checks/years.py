"""What `syncd check` says of each year: drafts, doubts, questions, copies, years of others named in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from mapping.comparison import (
    compare_years,
    foreign_years,
    foreign_years_of_document,
    looks_copied,
    own_years,
)
from mapping.document.types import LONG_TITLE
from mapping.drafts import unconfirmed_words
from mapping.model import AcademicYear, CanonicalCalendar, Kind
from mapping.rules import unsaid_words
from mapping.slips import slips_of_names, slips_of_year
from syncd.checks.lines import Line, invalid, note, ok
from syncd.reporting.english import counted
from syncd.source.empty_site import is_sample


def year_lines(calendar: CanonicalCalendar) -> Iterator[Line]:
    """Each year: whether it is a draft, what is open in it, and whether it is another year's copy."""
    years = calendar.with_drafts().years
    names = list(years)
    yield from (note("calendar", f"{slip}.") for slip in slips_of_names(calendar.university))
    for name, year in years.items():
        reviews = sum(len(entry.review) for entry in year.entries)
        asked = f", {counted(reviews, 'question')} to the registrar (syncd check --review)" if reviews else ""
        copied = next(
            (other for other in names[: names.index(name)] if _is_copy(calendar, years[other], year)), ""
        )
        if copied:
            yield invalid(
                "calendar",
                f"{name}: most entries lie on the very days of {copied}, so this is no new year; "
                f"correct its dates (syncd compare {copied} {name}).",
            )
        else:
            draft = "a draft, shown and never written; " if name in calendar.drafts else ""
            are = "is" if len(year.entries) == 1 else "are"
            yield ok("calendar", f"{name}: {draft}{counted(len(year.entries), 'entry')} {are} sound{asked}.")
        doubts = unconfirmed_words(year)
        if doubts:
            waits = "" if name in calendar.drafts else " The year waits for a person until they are."
            yield note("calendar", f"{name}: {doubts} (syncd entries --year {name}).{waits}")
        long = sorted(
            entry.id for entry in year.entries if any(len(one) > LONG_TITLE for one in entry.title.values())
        )
        if long:
            yield note(
                "calendar",
                f"{name}: titles of more than {LONG_TITLE} characters, which no phone shows whole: "
                f"{', '.join(long)}; keep the title short and put the full row into the field text.",
            )
        open_ = [entry.id for entry in year.entries if entry.kind is Kind.ANNOUNCED]
        if open_:
            yield note("calendar", f"{name}: the day of {', '.join(open_)} is still to be announced.")
        rules = {entry.id: entry.rule for entry in year.entries if entry.rule is not None}
        for entry_id, step in unsaid_words(rules):
            yield note(
                "calendar",
                f"{name}: {entry_id} says after_this at its step {step}, from which nothing counts, so nobody reads it; it "
                "belongs to the step that another one names as its after.",
            )
        if cited := foreign_years_of_document(year):
            own = " and ".join(map(str, sorted(own_years(year))))
            yield note(
                "calendar",
                f"{name}: the document that every event cites (title or short in year.yaml) names a year other than "
                f"{own}: {', '.join(map(str, cited))}.",
            )
        yield from (note("calendar", f"{name}: {slip}") for slip in slips_of_year(calendar.university, year))
        samples = ", ".join(sorted(entry.id for entry in year.entries if is_sample(entry.id, entry.title)))
        if samples:
            yield note(
                "calendar",
                f"{name}: {samples} came with `syncd init` as a sample; put a row of yours in its place, or take it out with "
                "its line under terms in year.yaml.",
            )
        foreign = foreign_years(year)
        if foreign:
            listed = "; ".join(f"{id_} ({', '.join(map(str, found))})" for id_, found in foreign.items())
            own = " and ".join(map(str, sorted(own_years(year))))
            yield note("calendar", f"{name}: title or text names a year other than {own}: {listed}.")


def missing_file(problems: tuple[str, ...], folder: Path | None) -> Iterator[Line]:
    """Names of several entries that lead nowhere are seldom that many slips: a file of the year is gone."""
    years = Counter(
        problem.partition("/")[0] for problem in problems if "unknown entry" in problem and "/" in problem
    )
    for year, count in years.items():
        if folder is not None and count > 1 and (folder / year).is_dir():
            there = ", ".join(sorted(path.name for path in (folder / year).glob("*.yaml")))
            yield note(
                "calendar",
                f"{year}: {count} entries that others name are not there; is a file missing? There are {there}.",
            )


def _is_copy(calendar: CanonicalCalendar, old: AcademicYear, new: AcademicYear) -> bool:
    return looks_copied(compare_years(calendar.university, old, new), old, new)
