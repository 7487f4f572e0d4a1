"""Data files to plain documents: which files a calendar folder has, their bytes, their lines.

Reads and hands on; what the documents mean, `mapping.document` decides. Never reads more of a file
than it may hold, and tells of every file that cannot be used at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from mapping.document.build import ROOT_FILES, YEAR_FILE, build_calendar
from mapping.document.files import WORDS_FILE
from mapping.document.plain import PlainDocument, Problems
from mapping.document.shipped import Shipped
from mapping.errors import InvalidCalendarError, Problem
from mapping.model import CanonicalCalendar, Targets
from syncd.source.languages import page_words, words_of
from syncd.source.yaml_text import LARGEST_FILE, parse

_MOST_FILES = 500
_SUFFIX = ".yaml"
_OTHER_SUFFIX = ".yml"
_MOST_PARSED = 64
_PARSED: dict[str, tuple[bytes, tuple[PlainDocument | None, tuple[Problem, ...]]]] = {}
"""The file parsed last under each name: an edit changes one of a folder, and the others are not parsed again for it.

A year of the calendar takes about a megabyte here.
"""
_BUILT: list[tuple[tuple[Mapping[str, bytes], tuple[Problem, ...]], CanonicalCalendar]] = []
"""The files from which a calendar was built last, and that calendar; whoever looks again mostly finds the same."""
_HAS_ENTRIES = re.compile(rb"^entries[ \t]*:", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class SourceFolder:
    """The data files of a calendar as they were read, each under its name relative to the folder.

    ``files`` is everything needed to build the same calendar again: `from_files`.
    """

    files: Mapping[str, bytes]
    unread: tuple[Problem, ...] = ()
    """Why files could not be read; the documents are then not all there is."""
    times: Mapping[str, float] = field(default_factory=dict)
    """Name of a file to when it was written, in seconds since the epoch; empty where the bytes came without times."""

    @property
    def documents(self) -> tuple[PlainDocument, ...]:
        """Every file that is sound YAML, by name."""
        return self._parsed[0]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why files could not be read or are no YAML."""
        return self._parsed[1]

    @cached_property
    def _parsed(self) -> tuple[tuple[PlainDocument, ...], tuple[Problem, ...]]:
        # Only once somebody asks what the files say: whoever waits for an edit to come to rest compares bytes alone.
        documents, found = [], Problems(self.unread)
        for name, content in sorted(self.files.items()):
            document, wrong = _parse_once(name, content)
            found.extend(wrong)
            if document is not None:
                documents.append(document)
        return tuple(documents), found.sorted()

    @property
    def edited_at(self) -> Mapping[str, float]:
        """Academic year to when the youngest file that it is made of was written; empty without times."""
        return dict(_edited_at(self.documents, self.times)) if self.times else {}

    @property
    def digest(self) -> str:
        """Hash of names and bytes; another byte anywhere, comments included, gives another digest."""
        whole = hashlib.sha256()
        for name, content in sorted(self.files.items()):
            whole.update(f"{name}\0{len(content)}\0".encode())
            whole.update(content)
        return whole.hexdigest()

    @classmethod
    def from_files(cls, files: Mapping[str, bytes], problems: tuple[Problem, ...] = ()) -> SourceFolder:
        """Bytes kept from an earlier reading."""
        return cls(files=dict(files), unread=problems)

    def calendar(self) -> CanonicalCalendar:
        """The calendar that the files say. Raises InvalidCalendarError with every problem in them."""
        return build_calendar(self.documents, self.problems, shipped())

    def served(self) -> CanonicalCalendar:
        """The same, but a draft that cannot be read holds up no other year: it is left out by name.

        Raises InvalidCalendarError with every problem where one is outside the drafts.
        """
        content = (self.files, self.unread)
        last = _BUILT[-1] if _BUILT else None
        if last is not None and last[0] == content:
            return last[1]
        calendar = self._built()
        _BUILT[:] = [(content, calendar)]
        return calendar

    def begun(self) -> CanonicalCalendar:
        """As `served`, but the folder may have no academic year yet: for what makes the first one."""
        if any("/" in name for name in self.files):
            return self.served()
        return build_calendar(self.documents, self.problems, shipped(), needs_year=False)

    def _built(self) -> CanonicalCalendar:
        try:
            return self.calendar()
        except InvalidCalendarError as error:
            drafts = dict(_drafts(self.documents))
            outside = [one for one in error.problems if one.place.file.partition("/")[0] not in drafts]
            if not drafts or outside:
                raise
            documents = [one for one in self.documents if one.name.partition("/")[0] not in drafts]
            problems = [one for one in self.problems if one.place.file.partition("/")[0] not in drafts]
            try:
                calendar = build_calendar(documents, problems, shipped())
            except InvalidCalendarError:
                # What is left does not stand alone, such as a folder of drafts only: tell of everything.
                raise error from None
            return replace(calendar, unread_drafts=frozenset(drafts.values()))


def _parse_once(name: str, content: bytes) -> tuple[PlainDocument | None, tuple[Problem, ...]]:
    """As `parse`; the bytes that the name had before are not parsed again."""
    before = _PARSED.get(name)
    if before is not None and before[0] == content:
        return before[1]
    found = parse(name, content)
    if len(_PARSED) >= _MOST_PARSED:
        _PARSED.clear()
    _PARSED[name] = (content, found)
    return found


@cache
def shipped() -> Shipped:
    """The words inside the package, for what a site's files lack. Reads nothing before something is."""
    return Shipped(read=_of_package, words_of=words_of, words=partial(page_words, "en"))


def _of_package(name: str) -> PlainDocument:
    document, problems = parse(name, (files("data") / name).read_bytes())
    if document is None:
        raise InvalidCalendarError(problems)
    return document


def _edited_at(documents: Iterable[PlainDocument], times: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Name and time of every year: of its own folder's files and of those at the root, which all years share."""
    of_folder: dict[str, float] = {}
    for name, at in times.items():
        folder = name.rpartition("/")[0]
        of_folder[folder] = max(at, of_folder.get(folder, at))
    for folder, year in _years(documents):
        yield year, max(of_folder.get(folder, 0.0), of_folder.get("", 0.0))


def _years(documents: Iterable[PlainDocument]) -> Iterator[tuple[str, str]]:
    """Folder and name of every year."""
    for document in documents:
        folder, _, name = document.name.partition("/")
        if name == YEAR_FILE and isinstance(document.value, dict):
            yield folder, str(document.value.get("year") or folder)


def _drafts(documents: Iterable[PlainDocument]) -> Iterator[tuple[str, str]]:
    """Folder and name of every year that calls itself a draft."""
    for document in documents:
        folder, _, name = document.name.partition("/")
        if name == YEAR_FILE and isinstance(document.value, dict) and document.value.get("draft") == "true":
            yield folder, str(document.value.get("year") or folder)


def read_calendar(folder: Path | None) -> SourceFolder:
    """Read a calendar folder, None for the shipped one. Raises nothing: see ``problems``."""
    reader = _Reader(folder if folder is not None else files("data"))
    content, problems = reader.read()
    # When a package was installed says nothing of the calendar inside it.
    return SourceFolder(files=content, unread=problems, times=reader.times if folder is not None else {})


def load_calendar(folder: Path | None) -> tuple[CanonicalCalendar, SourceFolder]:
    """The calendar of a folder, None for the shipped one. Raises InvalidCalendarError."""
    source = read_calendar(folder)
    return source.calendar(), source


def load_served(folder: Path | None) -> tuple[CanonicalCalendar, SourceFolder]:
    """The calendar of a folder, None for the shipped one, as `SourceFolder.served` has it."""
    source = read_calendar(folder)
    return source.served(), source


def read_targets(path: Path) -> PlainDocument:
    """Read the targets file. Raises InvalidCalendarError."""
    problems = Problems()
    content = _content(path, path.name, problems)
    document = None
    if content is not None:
        document, wrong = parse(path.name, content)
        problems.extend(wrong)
    problems.raise_if_any()
    assert document is not None  # noqa: S101 - no document without a problem
    return document


def load_targets(path: Path, calendar: CanonicalCalendar, kinds: Collection[str]) -> Targets:
    """The targets of a file. Raises InvalidCalendarError. ``kinds``: see `mapping.document.targets`."""
    from mapping.document.targets import build_targets

    return build_targets(read_targets(path), calendar, kinds)


def targets_from(name: str, content: bytes, calendar: CanonicalCalendar, kinds: Collection[str]) -> Targets:
    """The targets that kept bytes say. Raises InvalidCalendarError."""
    problems = Problems()
    document, wrong = parse(name, content)
    problems.extend(wrong)
    problems.raise_if_any()
    assert document is not None  # noqa: S101 - no document without a problem
    from mapping.document.targets import build_targets

    return build_targets(document, calendar, kinds)


class _Reader:
    """One walk through a calendar folder: its files, its years, and entries nobody would read."""

    def __init__(self, folder: Traversable) -> None:
        self._folder = folder
        self._content: dict[str, bytes] = {}
        self.times: dict[str, float] = {}
        """When the files that were taken were written, by their relative names."""
        self._problems = Problems()
        self._seen = 0

    def read(self) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
        """Bytes by relative name, and what could not be read."""
        try:
            self._read_root()
        except OSError as error:
            self._problems.add_file(
                str(self._folder), f"the calendar folder cannot be read: {_reason(error)}"
            )
        return self._content, self._problems.sorted()

    def _read_root(self) -> None:
        if not self._folder.is_dir():
            self._problems.add_file(
                str(self._folder), "there is no such calendar folder; check SYNCD_CALENDAR_DIR"
            )
            return
        for child in _visible(self._folder):
            if child.is_dir():
                self._read_subfolder(child)
            elif child.name in {*ROOT_FILES, WORDS_FILE}:
                self._take(child, child.name)
            else:
                self._look_for_entries(child, child.name)
        if not self._content and not self._problems:
            self._problems.add_file(
                str(self._folder), "the calendar folder holds no calendar; `syncd init` makes one"
            )

    def _read_subfolder(self, folder: Traversable) -> None:
        is_year = (folder / YEAR_FILE).is_file()
        for child in _visible(folder):
            name = f"{folder.name}/{child.name}"
            if child.is_dir():
                for deeper in _visible(child):
                    self._look_for_entries(deeper, f"{name}/{deeper.name}")
            elif is_year and child.name.endswith(_SUFFIX):
                self._take(child, name)
            else:
                self._look_for_entries(child, name)

    def _take(self, file: Traversable, name: str) -> None:
        content = _content(file, name, self._problems) if self._may_open(name) else None
        if content is not None:
            self._content[name] = content
            if isinstance(file, Path):
                with contextlib.suppress(OSError):
                    self.times[name] = file.stat().st_mtime

    def _look_for_entries(self, file: Traversable, name: str) -> None:
        """Entries in a file that is not read would be missed by nobody until a deadline is."""
        if not file.name.endswith((_SUFFIX, _OTHER_SUFFIX)) or not file.is_file() or not self._may_open(name):
            return
        content = _content(file, name, Problems())
        if content is not None and _HAS_ENTRIES.search(content):
            self._problems.add_file(
                name,
                f"holds entries but would not be read: a calendar file ends in {_SUFFIX} and lies beside "
                f"a {YEAR_FILE}; move, rename or remove it",
            )

    def _may_open(self, name: str) -> bool:
        self._seen += 1
        if self._seen == _MOST_FILES + 1:
            self._problems.add_file(
                name, f"the calendar folder holds more than {_MOST_FILES} files; is it the right one?"
            )
        return self._seen <= _MOST_FILES


def _visible(folder: Traversable) -> Iterator[Traversable]:
    """Children by name, without hidden ones: editors' swap files, the ``..data`` of a mounted ConfigMap."""
    return (
        child
        for child in sorted(folder.iterdir(), key=lambda one: one.name)
        if not child.name.startswith(".")
    )


def _content(file: Traversable, name: str, problems: Problems) -> bytes | None:
    """The bytes of a file, or None with the reason added to ``problems``."""
    try:
        if not file.is_file():
            problems.add_file(name, "there is no such file; check the path")
            return None
        with file.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        problems.add_file(name, f"the file cannot be read: {_reason(error)}; check its owner and rights")
        return None
    if len(content) > LARGEST_FILE:
        problems.add_file(
            name, f"the file is larger than {LARGEST_FILE // 1024 // 1024} MB; is it the right one?"
        )
        return None
    return content


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
