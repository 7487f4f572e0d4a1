"""Names in the data files: each one used is one declared, and each text is there in the official language.

Looks at one entry or file at a time against university.yaml; how entries refer to each other is
`mapping.document.references`' affair.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mapping.document.files import (
    PHRASES_FILE,
    ROUTING_FILE,
    UNIVERSITY_FILE,
    WORDS_FILE,
    DataFiles,
    EntryAt,
    YearPart,
    localised,
    programmes_of,
)
from mapping.document.plain import Path, PlainDocument, Problems, unknown
from mapping.document.schemas import EntryShape, PhrasesFile, UniversityFile
from mapping.text.phrases import KEYS, RETIRED, hole_faults, phrase_faults

# The routing table's own words for its rows; every other row is named after an audience.
COURSE_PLACE = "course"
"""Routing table row of a course's calendar."""
SCHOOL_PLACE = "school"
"""Routing table row of a school's Google calendar and of a Canvas account calendar."""

_CUT = "the file stops in the middle of a line: was it cut? If it is whole, end it with a line end"
YEARS_OF_STUDY = frozenset("123456789")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Every name that the data declares."""

    languages: frozenset[str]
    official: frozenset[str]
    programmes: Mapping[str, frozenset[str]]
    """Programme to its terms."""
    schools: frozenset[str]
    years: frozenset[str]
    audiences: frozenset[str]
    groups: frozenset[str]
    offices: frozenset[str]
    categories: frozenset[str]
    days_off: frozenset[str]
    """Categories whose days are not working days."""

    @classmethod
    def of(cls, file: UniversityFile) -> Names:
        return cls(
            languages=frozenset(file.languages),
            official=frozenset(code for code, language in file.languages.items() if language.official),
            programmes={name: frozenset(programme.terms) for name, programme in file.programmes.items()},
            schools=frozenset(file.schools),
            years=YEARS_OF_STUDY | file.year_groups.keys(),
            audiences=frozenset(file.audiences),
            groups=frozenset(file.year_groups),
            offices=frozenset(file.offices),
            categories=frozenset(file.categories),
            days_off=frozenset(name for name, category in file.categories.items() if category.day_off),
        )

    def terms_of(self, programmes: Collection[str]) -> frozenset[str]:
        """Terms of any of the programmes, or of all where none is given."""
        return frozenset().union(*(self.programmes[name] for name in programmes or self.programmes))

    def terms(self, programme: str | None) -> frozenset[str]:
        """Terms of a programme, or of any where none is given."""
        if programme is not None:
            return self.programmes.get(programme, frozenset())
        return frozenset().union(*self.programmes.values())


def check_names(files: DataFiles, names: Names, problems: Problems) -> None:
    """Add every unknown name and missing text of all files."""
    _Checker(names, problems).run(files)


def check_words(files: DataFiles, names: Names, known: Mapping[str, str], problems: Problems) -> None:
    """Add every word for pages that no page says, or that holds what nothing fills. ``known``: text by key."""
    if files.words is None:
        return
    document, checker = files.documents[WORDS_FILE], _Checker(names, problems)
    for key, texts in files.words.root.items():
        checker.word(document, key, texts.root, known)


@dataclass(frozen=True, slots=True)
class _Checker:
    names: Names
    problems: Problems

    def run(self, files: DataFiles) -> None:
        self._university(files)
        self._phrases(files)
        for year in files.years:
            self._year(year)
        self._routing(files)

    def _one(self, document: PlainDocument, path: Path, what: str, name: str, known: Collection[str]) -> None:
        if name not in known:
            self.problems.add(document, path, unknown(what, name, known))

    def _each(
        self, document: PlainDocument, path: Path, what: str, used: Iterable[str], known: Collection[str]
    ) -> None:
        for index, name in enumerate(used):
            self._one(document, (*path, index), what, name, known)

    def _texts(self, document: PlainDocument, shape: Any, path: Path = ()) -> None:
        for inner, texts in localised(shape, path):
            for language in texts:
                self._one(document, (*inner, language), "language", language, self.names.languages)
            for language in sorted(self.names.official - texts.keys()):
                self.problems.add(
                    document, inner, f"{inner[-1]} is missing in the official language, {language}"
                )

    def _university(self, files: DataFiles) -> None:
        document, file = files.documents[UNIVERSITY_FILE], files.university
        assert file is not None  # noqa: S101 - there are names only if there is the file
        self._texts(document, file)
        if len(self.names.official) != 1:
            self.problems.add(document, ("languages",), "exactly one language must say official: true")
        for code, language in file.languages.items():
            others = self.names.languages - {code}
            self._each(
                document, ("languages", code, "fallback"), "fallback language", language.fallback, others
            )
        for name, programme in file.programmes.items():
            if all(term.whole_year for term in programme.terms.values()):
                self.problems.add(
                    document, ("programmes", name, "terms"), "no term besides the whole year; add one"
                )
        for name, category in file.categories.items():
            self._one(document, ("categories", name, "ask"), "office", category.ask, self.names.offices)

    def _phrases(self, files: DataFiles) -> None:
        if files.phrases is None:
            return
        document, phrases = files.documents[PHRASES_FILE], files.phrases.root
        # What was taken from the package is in the package's languages, and sound.
        own = {key: text for key, text in phrases.items() if key in (document.value or ())}
        self._texts(document, PhrasesFile(own))
        for key in sorted(KEYS - phrases.keys()):
            self.problems.add(
                document, (), f"the phrase {key} is missing; copy it from the shipped phrases.yaml"
            )
        for key, texts in own.items():
            if key not in RETIRED:
                self._one(document, (key,), "phrase", key, KEYS)
            for language, text in texts.root.items() if key in KEYS else ():
                for fault in phrase_faults(key, text):
                    self.problems.add(document, (key, language), fault)

    def word(
        self, document: PlainDocument, key: str, texts: Mapping[str, str], known: Mapping[str, str]
    ) -> None:
        """One word of words.yaml; it need not be said in every language."""
        self._one(document, (key,), "word", key, known)
        for language, text in texts.items():
            self._one(document, (key, language), "language", language, self.names.languages)
            for fault in hole_faults(key, text, known[key]) if key in known else ():
                self.problems.add(document, (key, language), fault)

    def _routing(self, files: DataFiles) -> None:
        if files.routing is None:
            return
        document, rows = files.documents[ROUTING_FILE], files.routing.root
        sections = {
            entry.shape.section for year in files.years for entry in year.entries if entry.shape.section
        }
        # Entries that could not be read may be the ones that use a section.
        all_read = not any("/" in file for file in self.problems.files)
        for place in (COURSE_PLACE, SCHOOL_PLACE):
            if place not in rows:
                self.problems.add(
                    document, (), f"the row {place} is missing; without it nothing is shown there"
                )
        for place, rules in rows.items():
            self._one(document, (place,), "place", place, {COURSE_PLACE, SCHOOL_PLACE, *self.names.audiences})
            for index, rule in enumerate(rules):
                path = (place, index)
                self._each(
                    document, (*path, "categories"), "category", rule.categories, self.names.categories
                )
                self._each(document, (*path, "audiences"), "audience", rule.audiences, self.names.audiences)
                self._each(document, (*path, "not_years"), "year of study", rule.not_years, self.names.years)
                if all_read:
                    self._each(document, (*path, "sections"), "section", rule.sections, sections)
                if not rule.model_fields_set:
                    self.problems.add(document, path, "a rule without any condition would show everything")

    def _year(self, year: YearPart) -> None:
        if year.shape is not None:
            self._texts(year.document, year.shape)
            for programme, terms in year.shape.terms.items():
                self._one(year.document, ("terms", programme), "programme", programme, self.names.programmes)
                for term in terms if programme in self.names.programmes else ():
                    known = self.names.terms(programme)
                    self._one(year.document, ("terms", programme, term), "term", term, known)
        for part in year.calendars:
            self._each(
                part.document, ("programme",), "programme", part.header.programme, self.names.programmes
            )
            if part.header.annex is not None:
                self._texts(part.document, part.header.annex, ("annex",))
        for entry in year.entries:
            self._entry(entry)

    def _entry(self, entry: EntryAt) -> None:
        shape, document, path = entry.shape, entry.document, entry.path
        programmes = programmes_of(entry)
        self._each(document, (*path, "programmes"), "programme", shape.programmes, self.names.programmes)
        self._one(document, (*path, "category"), "category", shape.category, self.names.categories)
        known = self.names.audiences | self.names.groups
        self._each(document, (*path, "audience"), "audience", shape.audience, known)
        if known.issuperset(shape.audience) and self.names.audiences.isdisjoint(shape.audience):
            message = "audience names groups only; name the audience that they belong to first"
            self.problems.add(document, (*path, "audience"), message)
        if shape.ask is not None:
            self._one(document, (*path, "ask"), "office", shape.ask, self.names.offices)
        self._each(document, (*path, "schools"), "school", shape.schools, self.names.schools)
        self._each(document, (*path, "years"), "year of study", shape.years, self.names.years)
        if self.names.programmes.keys() >= set(programmes):
            self._each(document, (*path, "terms"), "term", shape.terms, self.names.terms_of(programmes))
        self._texts(document, shape, path)
        for field, message in _incomplete(entry, shape, self.names) if entry.whole else ():
            self.problems.add(document, (*path, field), message)


def _incomplete(entry: EntryAt, shape: EntryShape, names: Names) -> Iterable[tuple[str, str]]:
    """Fields that this file or category asks for, or that only another would have."""
    if programmes_of(entry) and not shape.terms:
        yield "terms", "terms is missing; say in which terms of the programme the entry counts"
    if entry.header.source is not None and shape.text is None:
        yield "text", "text is missing; give the row as the source prints it"
    if shape.category in names.categories - names.days_off:
        for field, value in (("reason", shape.reason), ("transfer_of", shape.transfer_of)):
            if value is not None:
                yield field, f"{field} is only for days off; take it out or change the category"
    if _looks_cut(entry):
        yield "id", _CUT


def _looks_cut(entry: EntryAt) -> bool:
    """True if the entry is the last of a file that ends in the middle of a line, and may go on after that.

    A whole file that merely lacks its last line end is told apart by a value that is closed and complete.
    """
    document, last = entry.document, entry.index == len(entry.header.entries) - 1
    if not last or not document.ends_in_line:
        return False
    languages = entry.shape.title.root.keys()
    return document.ends_open or any(languages - texts.keys() for _, texts in localised(entry.shape))
