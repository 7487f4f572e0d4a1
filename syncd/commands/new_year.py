"""`syncd new-year YEAR`: a draft of the next academic year beside the last one, complete or not at all.

Writes into ``SYNCD_CALENDAR_DIR``. The year is a draft: it is shown and checked, and nothing of it is written
to any calendar until somebody takes the line ``draft: true`` out of its year.yaml and approves the plan.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from mapping.document.new_year import Proposal, empty_year, propose_year
from mapping.document.plain import unknown
from mapping.drafts import unconfirmed_words
from mapping.errors import InvalidCalendarError
from mapping.model import AcademicYear, CanonicalCalendar
from syncd.config.env_file import early_calendar_folder
from syncd.errors import RefusedError, SettingsError, UsageError
from syncd.reporting.english import counted
from syncd.source.folder import SourceFolder, read_calendar
from syncd.source.holidays_check import public_holidays
from syncd.source.yaml_write import write_yaml

_YEAR_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
_COMMENT = """\
Academic year {name}: a draft, made by `syncd new-year` from {old}.
While `draft: true` stands below, nothing of this year is written to any calendar. Go through what is marked
`unconfirmed`, take each mark out, then the line itself; the plan then waits for one approval."""
_FILE_COMMENT = "Proposed from {old}: whatever is marked `unconfirmed` is nobody's word yet."


def run(arguments: argparse.Namespace) -> int:
    """Write the folder, and say what stands in it."""
    folder = early_calendar_folder()
    if folder is None:
        raise SettingsError(
            [
                "SYNCD_CALENDAR_DIR names no folder, so there is nowhere to put a year; `syncd init DIR` makes one."
            ]
        )
    name = str(arguments.year)
    if not _YEAR_NAME.fullmatch(name):
        raise UsageError(f"{name!r} is not a name of an academic year; write it like 2026-2027")
    source = read_calendar(folder)
    calendar = source.served()
    old = _old_year(calendar, arguments.from_year, name)
    if name in calendar.year_names() or (folder / name).exists():
        raise RefusedError(f"{folder / name} is there already, so nothing was written.")
    made = (
        empty_year(old, name, calendar.university)
        if arguments.empty
        else _proposal(source, calendar, old, name)
    )
    files = {file: _text(made, file, old.name) for file in made.files}
    _write_whole(folder / name, files)
    _tell(folder / name, made, source, files)
    return 0


def _old_year(calendar: CanonicalCalendar, given: str | None, name: str) -> AcademicYear:
    years = calendar.with_drafts().years
    if given is not None:
        if given not in years:
            raise UsageError(f"--from: {unknown('academic year', given, years)}")
        return years[given]
    earlier = [year for year in years.values() if year.name < name]
    if not earlier:
        raise UsageError(f"no year before {name} is there to start from; name one with --from")
    return earlier[-1]


def _proposal(source: SourceFolder, calendar: CanonicalCalendar, old: AcademicYear, name: str) -> Proposal:
    folder = next(
        document.name.partition("/")[0]
        for document in source.documents
        if document.name.endswith("/year.yaml") and document.value.get("year") == old.name
    )
    documents = {
        document.name.partition("/")[2]: document
        for document in source.documents
        if document.name.startswith(f"{folder}/")
    }
    days = [entry.days for entry in old.entries if entry.days is not None]
    years = range(min(one.start.year for one in days), max(one.last.year for one in days) + 3)
    law = public_holidays(calendar.university.country, years) if calendar.university.country else {}
    return propose_year(documents, old, name, calendar.university, law)


def _text(made: Proposal, file: str, old: str) -> bytes:
    comment = (_COMMENT if file == "year.yaml" else _FILE_COMMENT).format(name=made.name, old=old)
    return write_yaml(made.files[file], comment).encode()


def _write_whole(folder: Path, files: Mapping[str, bytes]) -> None:
    """The folder with all its files, or none: a daemon may be looking. Hidden names are read by nobody."""
    try:
        with tempfile.TemporaryDirectory(prefix=".new-year-", dir=folder.parent) as made:
            inner = Path(made) / folder.name
            inner.mkdir(mode=0o755)
            for file, raw in files.items():
                with (inner / file).open("wb") as stream:
                    stream.write(raw)
                    stream.flush()
                    os.fsync(stream.fileno())
                (inner / file).chmod(0o644)
            inner.rename(folder)
    except OSError as error:
        raise RefusedError(f"{folder} cannot be written: {error.strerror}; nothing was made.") from None


def _tell(folder: Path, made: Proposal, source: SourceFolder, files: Mapping[str, bytes]) -> None:
    print(f"{folder}: a draft, written to no calendar until its line draft: true is taken out.")
    whole = SourceFolder.from_files(
        {**source.files, **{f"{made.name}/{file}": raw for file, raw in files.items()}}, source.problems
    )
    try:
        year = whole.calendar().drafts[made.name]
    except InvalidCalendarError as error:
        print(f"{counted(len(error.problems), 'problem')} to mend first (syncd check --offline), such as:")
        print("\n".join(f"  {problem}" for problem in error.problems[:5]))
        return
    print(f"{counted(len(year.entries), 'entry').replace('entrys', 'entries')}; {unconfirmed_words(year)}.")
    print("".join(f"  {note}\n" for note in made.notes), end="")
    print(
        f"Next: syncd entries --year {made.name}, syncd check --offline, syncd compare, and "
        "syncd --dry-run --drafts to see what it would bring."
    )
