"""The data files as typed shapes, file by file and entry by entry, so that one bad entry hides no other.

Sorts documents by name into university, phrases, routing and years. Asks of a file only what it can
tell by itself; what files say about each other is checked in `mapping.document.names` and its siblings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, RootModel

from mapping.document.plain import Path, PlainDocument, Problems
from mapping.document.schema_errors import read_most, read_shape
from mapping.document.schemas import (
    CalendarHeader,
    EntryShape,
    PhrasesFile,
    RoutingFile,
    UniversityFile,
    WordsFile,
    YearFile,
)
from mapping.document.types import LOCALISED_SHAPES

UNIVERSITY_FILE, PHRASES_FILE, ROUTING_FILE = "university.yaml", "phrases.yaml", "routing.yaml"
ROOT_FILES = (UNIVERSITY_FILE, PHRASES_FILE, ROUTING_FILE)
WORDS_FILE = "words.yaml"
"""May be missing: a site without it speaks the package's words on its pages."""
YEAR_FILE = "year.yaml"

_M = TypeVar("_M", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryAt:
    """An entry and where it stands."""

    document: PlainDocument
    header: CalendarHeader
    index: int
    shape: EntryShape
    whole: bool
    """False where fields were left out because they are badly formed."""

    @property
    def path(self) -> Path:
        return ("entries", self.index)


def programmes_of(entry: EntryAt) -> list[str]:
    """The programmes an entry is of: its own, else its file's; empty: all."""
    return entry.shape.programmes or entry.header.programme


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPart:
    """One calendar file of a year."""

    document: PlainDocument
    header: CalendarHeader
    entries: tuple[EntryAt, ...]
    ids: tuple[tuple[int, str], ...]
    """Position and id of every entry that says one, badly formed ones too."""
    whole: bool
    """False where the lines above the entries are badly formed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPart:
    """One academic year's folder."""

    folder: str
    document: PlainDocument
    shape: YearFile | None
    calendars: tuple[CalendarPart, ...]
    complete: bool
    """False where a file of the folder could not be read, so that nothing may be said of what is missing."""

    @property
    def entries(self) -> Iterator[EntryAt]:
        """Entries in file order, badly formed fields left out."""
        return (entry for part in self.calendars for entry in part.entries)

    @property
    def ids(self) -> frozenset[str]:
        """Every id in the year, also of entries that are badly formed."""
        return frozenset(id_ for part in self.calendars for _, id_ in part.ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFiles:
    """Everything read; None where a file is missing or badly formed, which is then among the problems."""

    documents: Mapping[str, PlainDocument]
    university: UniversityFile | None
    phrases: PhrasesFile | None
    routing: RoutingFile | None
    words: WordsFile | None = None
    years: tuple[YearPart, ...] = field(default_factory=tuple)


def read_files(
    documents: Iterable[PlainDocument], problems: Problems, *, needs_year: bool = True
) -> DataFiles:
    """Shape every document; whatever does not fit is added to ``problems``, and where one is needed a missing year."""
    unread = problems.files
    by_name = {document.name: document for document in documents}
    for name in ROOT_FILES:
        if name not in by_name and name not in unread:
            problems.add_file(name, "the file is missing; put it back, or copy it with `syncd init`")
    folders = sorted({name.partition("/")[0] for name in (*by_name, *unread) if "/" in name})
    if not folders and needs_year:
        problems.add_file(
            YEAR_FILE,
            f"no academic year found: a year is a folder with a {YEAR_FILE} and calendar files; "
            "`syncd import` makes one from a document",
        )
    return DataFiles(
        documents=by_name,
        university=_root(UniversityFile, UNIVERSITY_FILE, by_name, problems),
        phrases=_root(PhrasesFile, PHRASES_FILE, by_name, problems),
        routing=_root(RoutingFile, ROUTING_FILE, by_name, problems),
        words=_root(WordsFile, WORDS_FILE, by_name, problems),
        years=tuple(_years(folders, by_name, problems, unread)),
    )


def _root(shape: type[_M], name: str, by_name: Mapping[str, PlainDocument], problems: Problems) -> _M | None:
    document = by_name.get(name)
    return read_shape(shape, document, (), problems) if document is not None else None


def _years(
    folders: Iterable[str], by_name: Mapping[str, PlainDocument], problems: Problems, unread: frozenset[str]
) -> Iterator[YearPart]:
    for folder in folders:
        name = f"{folder}/{YEAR_FILE}"
        inside = f"{folder}/"
        files = [one for one in by_name.values() if one.name.startswith(inside) and one.name != name]
        lost = any(other.startswith(inside) for other in unread)
        if not files and not lost:
            problems.add_file(
                name, "the year has no calendar file beside it; put one there or remove the folder"
            )
        if name not in by_name:
            if name not in unread:
                problems.add_file(name, "the file is missing; without it nothing in the folder is a year")
            continue
        calendars = [part for file in files if (part := _calendar(file, problems)) is not None]
        yield YearPart(
            folder=folder,
            document=by_name[name],
            shape=read_shape(YearFile, by_name[name], (), problems),
            calendars=tuple(calendars),
            complete=not lost and len(calendars) == len(files) and all(part.whole for part in calendars),
        )


def _calendar(document: PlainDocument, problems: Problems) -> CalendarPart | None:
    header = read_shape(CalendarHeader, document, (), problems)
    whole = header is not None
    if header is None:
        header = _entries_alone(document)
    if header is None:
        return None
    shapes = (
        (index, read_most(EntryShape, document, ("entries", index), problems))
        for index in range(len(header.entries))
    )
    return CalendarPart(
        document=document,
        header=header,
        entries=tuple(
            EntryAt(document=document, header=header, index=index, shape=shape, whole=whole)
            for index, (shape, whole) in shapes
            if shape is not None
        ),
        ids=tuple(
            (index, entry["id"])
            for index, entry in enumerate(header.entries)
            if isinstance(entry, dict) and isinstance(entry.get("id"), str)
        ),
        whole=whole,
    )


def _entries_alone(document: PlainDocument) -> CalendarHeader | None:
    """Where only the lines above the list are wrong, the entries are still worth checking."""
    entries = document.value.get("entries") if isinstance(document.value, dict) else None
    if not isinstance(entries, list) or not entries:
        return None
    return CalendarHeader.model_construct(calendar="", entries=entries)


def localised(value: Any, path: Path = ()) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Every localised text inside a shape, with its path from there."""
    if isinstance(value, LOCALISED_SHAPES):
        yield path, value.root
    elif isinstance(value, RootModel):
        yield from localised(value.root, path)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            inner = getattr(value, name)
            # Most fields are left out or one word, and there is no text in other languages inside those.
            if isinstance(inner, BaseModel | dict | list):
                yield from localised(inner, (*path, name))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from localised(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from localised(inner, (*path, index))
