"""`syncd export`: the calendar as a file for Outlook, Apple Calendar, a spreadsheet."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from shlex import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mapping.document.plain import unknown
from mapping.errors import InvalidCalendarError
from mapping.model import CanonicalCalendar
from mapping.revisions import Moments, moments_by_files
from syncd.commands.shared.data import calendar_and_times, calendar_here
from syncd.config.env_file import early_calendar_folder, early_setting, early_state_folder
from syncd.config.extras import needs_extra
from syncd.errors import UsageError
from syncd.reporting.english import counted, read_day
from syncd.reporting.entries import check_names, of_year
from syncd.reporting.feed import as_csv, as_ics, events_of
from syncd.source.folder import read_calendar, read_targets


def run(arguments: argparse.Namespace) -> int:
    """Write it to ``--out``, else to stdout."""
    if arguments.export_format == "xlsx":
        return _workbook(arguments)
    if arguments.export_format in {"html", "pdf"}:
        return _year_sheet(arguments)
    known, edited_at = calendar_and_times(arguments.year)
    calendar = of_year(known, arguments.year)
    check_names(calendar.university, school=arguments.school)
    language = _language(calendar, arguments.language)
    zone = _campus_zone()
    events = events_of(
        calendar, school=arguments.school, language=language, today=_today(arguments), timezone=zone
    )
    if arguments.export_format == "csv":
        raw = as_csv(calendar, events, language=language).encode()
    else:
        raw = as_ics(
            calendar,
            events,
            school=arguments.school,
            language=language,
            timezone=zone,
            revised=_revised(calendar, edited_at),
        )
    return _written(raw, arguments.export_out, counted(len(events), "event"))


def _year_sheet(arguments: argparse.Namespace) -> int:
    """The year on one A4 page; without ``--year`` the one that today lies in or comes next, else the last."""
    is_pdf = arguments.export_format == "pdf"
    if is_pdf:
        with needs_extra("pdf", "syncd export --format pdf"):
            from syncd.reporting.pdf.year import as_pdf as as_file
    else:
        from syncd.reporting.year_files import as_html as as_file
    from syncd.reporting.year_files import sheet_of

    known = calendar_here(arguments.year)
    check_names(known.university, school=arguments.school)
    if is_pdf and not arguments.export_out and sys.stdout.isatty():
        raise UsageError("a PDF is no text: say where to write it with --out year.pdf")
    sheet = sheet_of(
        of_year(known, arguments.year),
        school=arguments.school or "",
        language=_language(known, arguments.language),
        today=_today(arguments),
        zone=_campus_zone(),
        draft=arguments.year in known.drafts,
    )
    return _written(as_file(sheet), arguments.export_out, sheet.title)


def _written(raw: bytes, out: str | None, what: str) -> int:
    if out:
        Path(out).write_bytes(raw)
        print(f"{what} written to {out}")
    else:
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
    return 0


def _workbook(arguments: argparse.Namespace) -> int:
    """The year's entries as a workbook that `syncd import` takes back."""
    with needs_extra("import", "syncd export --format xlsx"):
        from syncd.importing.workbook import year_workbook
    if not arguments.export_out:
        raise UsageError("a workbook is no text: say where to write it with --out calendar.xlsx")
    if arguments.school or arguments.language:
        raise UsageError(
            "a workbook holds the whole year in every language; leave --school and --language out"
        )
    out = Path(arguments.export_out)
    if out.exists():
        raise UsageError(f"{out} is there already, and somebody may have edited it; name another file")
    source = read_calendar(early_calendar_folder())
    calendar = source.served()
    known = calendar.with_drafts().years
    year = arguments.year or list(calendar.years)[-1]
    if year not in known:
        raise UsageError(f"--year: {unknown('academic year', year, known)}")
    count, raw = year_workbook(source, year)
    out.write_bytes(raw)
    print(
        f"{counted(count, 'entry')} of {year} written to {out}. Edit it and type: syncd import {quote(str(out))} --year {year}"
    )
    return 0


def _revised(calendar: CanonicalCalendar, edited_at: Mapping[str, float]) -> Moments:
    """When each entry got its present form: by the state where there is one, else by the files' own times."""
    database = early_state_folder() / "state.db"
    if not database.is_file() or not os.access(database, os.R_OK):
        return moments_by_files(calendar, edited_at)
    from syncd.reconcile.editions import last_in_force
    from syncd.reconcile.revisions import revised
    from syncd.state.store import State

    state = State.open_for_reading(database.parent)
    try:
        return revised(calendar, state.ledger, last_in_force(state.ledger), edited_at=edited_at)
    finally:
        state.close()


def _language(calendar: CanonicalCalendar, given: str | None) -> str:
    known = calendar.university.languages
    if given is None:
        return next(iter(known))
    if given not in known:
        raise UsageError(f"--language: {unknown('language', given, known)}")
    return given


def _campus_zone() -> str:
    """The targets file's zone, where there is one that can be read; only timed events ask for it."""
    given = early_setting("TARGETS_FILE")
    if not given or not Path(given).is_file():
        return ""
    try:
        value = read_targets(Path(given)).value
        zone = str(value.get("timezone") or "") if isinstance(value, dict) else ""
        return ZoneInfo(zone).key if zone else ""
    except (InvalidCalendarError, ValueError, OSError, ZoneInfoNotFoundError):
        return ""


def _today(arguments: argparse.Namespace) -> date:
    """Only decides whether a title still says that it was changed."""
    given = arguments.today or early_setting("TODAY")
    return read_day(given, "--today") if given else datetime.now(tz=UTC).date()
