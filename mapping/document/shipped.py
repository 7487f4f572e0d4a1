"""What a site's files lack and the package has: phrases of a later version, and names of its own calendar.

A site folder is a copy made once, and a later version says more than the one it was copied from. So what is
missing is taken from the package in the package's words, and said; nothing of the site's is ever replaced. A
phrase that the very first version had is not taken: a file without it has lost a part.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from pydantic import BaseModel

from mapping.document.files import PHRASES_FILE, UNIVERSITY_FILE, DataFiles
from mapping.document.plain import PlainDocument, Problems
from mapping.document.schema_errors import read_shape
from mapping.document.schemas import PhrasesFile, UniversityFile
from mapping.document.types import NameShape, TextShape
from mapping.text.phrases import LATER, RETIRED

WordsOf = Callable[[str], Mapping[str, str]]
_N = TypeVar("_N", bound=BaseModel)

_LISTED = 6
"""Names told one by one; of more, the rest is counted."""


@dataclass(frozen=True, kw_only=True)
class Shipped:
    """The package's own words. A file of them is read only once a site lacks something that may stand in it."""

    read: Callable[[str], PlainDocument]
    """A data file of the package by its name. Raises InvalidCalendarError where it cannot be read."""
    words_of: WordsOf = lambda _: {}
    """A further language's phrases by key, asked for only where a site speaks it; empty for one nobody has."""
    words: Callable[[], Mapping[str, str]] = dict
    """The package's words of pages in English, by key; asked for only where a site has words of its own."""

    @cached_property
    def university(self) -> UniversityFile:
        """The package's university.yaml. Raises InvalidCalendarError."""
        return self._sound(UniversityFile, UNIVERSITY_FILE)

    @cached_property
    def phrases(self) -> PhrasesFile:
        """The package's phrases.yaml. Raises InvalidCalendarError."""
        return self._sound(PhrasesFile, PHRASES_FILE)

    def _sound(self, shape: type[_N], name: str) -> _N:
        problems = Problems()
        found = read_shape(shape, self.read(name), (), problems)
        problems.raise_if_any()
        assert found is not None  # noqa: S101 - no problem was found
        return found


def complete(files: DataFiles, shipped: Shipped) -> tuple[DataFiles, tuple[str, ...]]:
    """The files with what they lack, and a sentence for each kind of thing that was taken."""
    sentences: list[str] = []
    if files.phrases is not None:
        own, later = files.phrases.root, LATER - files.phrases.root.keys()
        lacking = [key for key in shipped.phrases.root if key in later] if later else []
        if lacking:
            sentences.append(
                f"{PHRASES_FILE} does not have {_listed(lacking)}; they are said in the package's words until "
                "you give your own"
            )
        unused = sorted(own.keys() & RETIRED)
        if unused:
            sentences.append(f"{PHRASES_FILE} has phrases that nothing says any more: {_listed(unused)}")
        languages = files.university.languages if files.university is not None else {}
        sentences.extend(_untranslated(own, languages, shipped))
        if lacking:
            lent = {key: _in_every_language(key, shipped, languages) for key in lacking}
            files = replace(files, phrases=PhrasesFile({**own, **lent}))
    if files.university is not None:
        university, taken = _with_names(files, files.university, shipped)
        if taken:
            sentences.append(f"{UNIVERSITY_FILE} does not have {_listed(taken)}; taken from the package")
        files = replace(files, university=university)
    return files, tuple(sentences)


def _with_names(files: DataFiles, own: UniversityFile, shipped: Shipped) -> tuple[UniversityFile, list[str]]:
    """The file with the groups and categories that its calendars use, that it lacks and the package has."""
    official = [code for code, language in own.languages.items() if language.official]
    shapes = [entry.shape for year in files.years for entry in year.entries]
    people = {name for shape in shapes for name in (*shape.audience, *shape.years)}
    unnamed = sorted(
        name for name in people - own.year_groups.keys() - own.audiences.keys() if not name.isdigit()
    )
    uncategorised = sorted({shape.category for shape in shapes} - own.categories.keys())
    if not unnamed and not uncategorised:
        return own, []
    theirs = shipped.university
    groups = {
        name: _in_languages(theirs.year_groups[name], own.languages.keys())
        for name in unnamed
        if name in theirs.year_groups and _is_said(theirs.year_groups[name].name, official)
    }
    categories = {
        name: _in_languages(theirs.categories[name], own.languages.keys())
        for name in uncategorised
        if name in theirs.categories
        and theirs.categories[name].ask in own.offices
        and _is_said(theirs.categories[name].name, official)
    }
    update = {
        "year_groups": {**own.year_groups, **groups},
        "categories": {**own.categories, **categories},
    }
    taken = [*(f"the group {name}" for name in groups), *(f"the category {name}" for name in categories)]
    return own.model_copy(update=update), taken


def _untranslated(
    own: Mapping[str, TextShape], languages: Collection[str], shipped: Shipped
) -> Iterator[str]:
    """A sentence for each language of the site in which its phrases do not say everything."""
    for code in languages:
        silent = [key for key, text in own.items() if code not in text.root and key not in RETIRED]
        if silent:
            known = shipped.words_of(code) or any(code in one.root for one in shipped.phrases.root.values())
            where = (
                f"`syncd init DIR --empty --language {code}` writes them, to copy from"
                if known
                else "translate them"
            )
            yield (
                f"{PHRASES_FILE} does not say {len(silent)} of {len(own)} phrases in {code}: {_listed(silent)}; another "
                f"language stands in their place until it does ({where})"
            )


def _in_every_language(key: str, shipped: Shipped, languages: Collection[str]) -> TextShape:
    """A phrase in the site's languages, in English where the package has none, never in a stranger's."""
    known = shipped.phrases.root[key].root
    texts = {code: known.get(code) or shipped.words_of(code).get(key) or known["en"] for code in languages}
    return TextShape(texts or known)


def _in_languages(named: _N, languages: Collection[str]) -> _N:
    """The same with its texts in the site's languages only."""
    texts = {
        field: NameShape({code: text for code, text in value.root.items() if code in languages})
        for field, value in named
        if isinstance(value, NameShape)
    }
    return named.model_copy(update=texts)


def _is_said(name: NameShape, official: list[str]) -> bool:
    return all(name.root.get(code) for code in official)


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_LISTED])
    more = len(names) - _LISTED
    return f"{shown} and {more} more" if more > 0 else shown
