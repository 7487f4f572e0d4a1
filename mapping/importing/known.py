"""Last year's entries as a document is compared with them: headings, name and rule as printed, per language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mapping.importing.academic_year import first_year_of
from mapping.importing.columns import Term, terms_of
from mapping.importing.dates import Form, read_dates
from mapping.importing.wording import numbering, without_number, words


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """One entry of the year that is compared with; ``file`` and ``index`` say where its plain value stands."""

    id: str
    file: str
    index: int
    programme: str | None
    terms: tuple[str, ...]
    schools: tuple[str, ...]
    section: str
    number: str
    kind: str
    start: date | None
    end: date | None
    names: Mapping[str, str]
    """Language to the row's own name as printed, without its number."""
    headings: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, str]
    """Language to what the cell of dates says, where the text repeats it: a rule, "in the period from … to …"."""
    notes: Mapping[str, str]
    value: Mapping[str, Any]
    """The entry as its file says it."""

    @property
    def days(self) -> tuple[date, date] | None:
        """First and last day; None for a rule."""
        if self.start is None or self.end is None:
            return None
        return self.start, self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSite:
    """What the site's files say about names, and the entries of one year."""

    year: str
    languages: tuple[str, ...]
    official: frozenset[str]
    terms: tuple[Term, ...]
    whole_year: Mapping[str, str]
    """Programme to its term that stands for all of them."""
    schools: Mapping[str, tuple[str, ...]]
    """School to its names, folded words joined by blanks."""
    entries: tuple[KnownEntry, ...]
    holidays: tuple[KnownEntry, ...]
    days_off: tuple[KnownEntry, ...]
    title: str = ""
    """Of the approved document, in the official language."""
    annexes: Mapping[str, str] = field(default_factory=dict)
    """File to the heading of the annex its rows stand in, in the official language."""
    term_names: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    """Programme to term to its name by language."""
    term_ends: tuple[tuple[str, str, str, str], ...] = ()
    """Programme, term, ``first`` or ``last``, and the entry that is it."""

    @property
    def first_year(self) -> int:
        return first_year_of(self.year)

    def vocabulary(self, language: str) -> frozenset[str]:
        """Folded words of the year's texts."""
        texts = [
            text
            for entry in (*self.entries, *self.holidays)
            for text in (
                entry.names.get(language, ""), *entry.headings.get(language, ()),
                entry.rules.get(language, ""), entry.notes.get(language, ""),
            )
        ]  # fmt: skip
        return frozenset(word for text in texts for word in words(text))

    def language_of(self, texts: Iterable[str]) -> str:
        """The site's language that shares most words with the texts."""
        found = {word for text in texts for word in words(text) if not word.isdigit()}
        official = [language for language in self.languages if language in self.official]
        ordered = [*official, *(language for language in self.languages if language not in self.official)]
        return max(ordered, key=lambda one: len(found & self.vocabulary(one)), default="")


def known_site(
    university: Mapping[str, Any], year: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]]
) -> KnownSite:
    """From plain documents: university.yaml, year.yaml and the year's calendar files by name.

    The documents passed the checks of `mapping.document` before, so their fields are there.
    """
    programmes = university["programmes"]
    languages = university["languages"]
    official = frozenset(
        k for k, v in languages.items() if str(v.get("official", "")).lower() in {"true", "yes"}
    )
    entries, holidays, days_off = [], [], []
    for name, document in sorted(files.items()):
        for index, value in enumerate(document["entries"]):
            entry = _entry(name, index, document, value, first_year_of(str(year["year"])))
            if document.get("programme"):
                entries.append(entry)
            elif value.get("text") or value.get("ref"):
                holidays.append(entry)
            else:
                days_off.append(entry)
    official = official or frozenset(list(languages)[:1])
    return KnownSite(
        year=year["year"],
        languages=tuple(languages),
        official=official,
        title=_official((year.get("document") or {}).get("title"), official),
        annexes={
            name: _official(document["annex"], official)
            for name, document in files.items()
            if isinstance(document.get("annex"), Mapping)
        },
        term_names={
            programme: {term: _localised(spec["name"]) for term, spec in shape["terms"].items()}
            for programme, shape in programmes.items()
        },
        term_ends=tuple(
            (programme, term, end, str(named[end]))
            for programme, terms in (year.get("terms") or {}).items()
            for term, named in terms.items()
            for end in ("first", "last")
            if named.get(end)
        ),
        terms=terms_of(
            {
                programme: {
                    term: [*spec["name"].values()]
                    for term, spec in shape["terms"].items()
                    if str(spec.get("whole_year", "")).lower() not in {"true", "yes"}
                }
                for programme, shape in programmes.items()
            }
        ),
        whole_year={
            programme: term
            for programme, shape in programmes.items()
            for term, spec in shape["terms"].items()
            if str(spec.get("whole_year", "")).lower() in {"true", "yes"}
        },
        schools={
            school: tuple(
                " ".join(words(name))
                for names in (shape["name"], shape.get("short") or {})
                for name in names.values()
            )
            for school, shape in (university.get("schools") or {}).items()
        },
        entries=tuple(entries),
        holidays=tuple(holidays),
        days_off=tuple(days_off),
    )


def _entry(
    file: str, index: int, document: Mapping[str, Any], value: Mapping[str, Any], first_year: int
) -> KnownEntry:
    kind = str(value["kind"])
    texts = _localised(value.get("text")) or _localised(value.get("title"))
    parted = {language: _parted(text, kind, first_year, language) for language, text in texts.items()}
    return KnownEntry(
        id=str(value["id"]),
        file=file,
        index=index,
        programme=document.get("programme"),
        terms=_several(value.get("terms")),
        schools=_several(value.get("schools")),
        section=str(value.get("section") or ""),
        number=next((one.number for one in parted.values()), ""),
        kind=kind,
        start=_day(value.get("start") or value.get("end")),
        end=_day(value.get("end") or value.get("start")),
        names={language: one.name for language, one in parted.items()},
        headings={language: one.headings for language, one in parted.items()},
        rules={language: one.rule for language, one in parted.items() if one.rule},
        notes=_localised(value.get("note")),
        value=value,
    )


@dataclass(frozen=True, slots=True)
class _Parted:
    """A printed row as its entry's text repeats it."""

    headings: tuple[str, ...]
    number: str
    name: str
    rule: str


def _parted(text: str, kind: str, first_year: int, language: str) -> _Parted:
    """Headings down to the last numbered paragraph, which is the row; then its further lines; then the cell's words."""
    found = list(_paragraphs(text))
    at = max((index for index, one in enumerate(found) if _number(one)), default=len(found) - 1)
    row, rest = found[at] if found else "", found[at + 1 :]
    rule = ""
    if kind == "rule":
        rule, rest = " ".join(rest), []
    elif rest and _is_date(rest[-1], first_year, language):
        rule = rest.pop()
    return _Parted(
        headings=tuple(found[:at]) if found else (),
        number=_number(row),
        name=" ".join([without_number(row), *rest]),
        rule=rule,
    )


def _is_date(text: str, first_year: int, language: str) -> bool:
    reading = read_dates(text, first_year, language=language)
    return reading.form is not Form.NONE and not reading.asked


def _official(value: Any, official: frozenset[str]) -> str:
    texts = _localised(value)
    return next((text for language, text in texts.items() if language in official), "")


def _paragraphs(text: str) -> Iterator[str]:
    return (line.strip() for line in text.split("\n") if line.strip())


def _number(paragraph: str) -> str:
    return numbering(paragraph.split(maxsplit=1)[0]) if paragraph.split() else ""


def _localised(value: Any) -> dict[str, str]:
    return {str(k): str(v) for k, v in value.items() if v} if isinstance(value, Mapping) else {}


def _several(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else (str(value),)


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)) if value else None
