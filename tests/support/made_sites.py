"""Made universities of different shape in tests/sites, and what each of their targets and feeds shows, as text.

``python -m tests.support.made_sites`` writes the golden plans anew; look at the difference before keeping it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import yaml

from connectors.registry import TARGET_FIELDS
from mapping.desired import desired_events, drawing_for
from mapping.identity import day_words
from mapping.model import CanonicalCalendar, Targets
from mapping.text.markup import visible_text
from syncd.reporting.feed import as_ics, events_of
from syncd.source.empty_site import phrases_of
from syncd.source.folder import SourceFolder, targets_from
from syncd.source.languages import pack
from syncd.source.yaml_write import write_yaml

FOLDER = Path(__file__).parents[1] / "sites"
NAMES = tuple(sorted(path.parent.parent.name for path in FOLDER.glob("*/calendar/university.yaml")))


def files_of(name: str) -> dict[str, bytes]:
    """A site's calendar files; its phrases are the package's in its languages."""
    folder = FOLDER / name / "calendar"
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.yaml"))
    }
    languages = yaml.safe_load(found["university.yaml"])["languages"]
    return {**found, "phrases.yaml": write_yaml(phrases_of([pack(code) for code in languages])).encode()}


def calendar_of(name: str) -> CanonicalCalendar:
    return SourceFolder.from_files(files_of(name)).calendar()


def targets_of(name: str, calendar: CanonicalCalendar) -> Targets:
    raw = (FOLDER / name / "targets.yaml").read_bytes()
    return targets_from("targets.yaml", raw, calendar, TARGET_FIELDS)


def today_of(calendar: CanonicalCalendar) -> date:
    """The first day of anything in it."""
    (year,) = calendar.years.values()
    return min(span.start for entry in year.entries for span in entry.spans)


def golden(name: str) -> Iterator[tuple[str, str]]:
    """File name to what the site shows: every target's events, and the feed of all schools."""
    calendar = calendar_of(name)
    targets, today = targets_of(name, calendar), today_of(calendar)
    for target in targets.targets:
        events = desired_events(calendar, target, drawing_for(target), today)
        lines = []
        for key, event in events.items():
            said = visible_text(event.body, drawing_for(target).markup)
            lines.append(f"{key} | {day_words(event.days)} | {event.title}\n    {_dates(said, calendar)}\n")
        yield f"{target.kind}-{target.name}.txt", "".join(lines)
    language = next(iter(calendar.university.languages))
    shown = events_of(calendar, school=None, language=language, today=today, timezone=targets.timezone)
    feed = as_ics(calendar, shown, school=None, language=language, timezone=targets.timezone).decode()
    kept = ("BEGIN:VEVENT", "UID", "SUMMARY", "DTSTART", "DTEND")
    yield (
        "feed.txt",
        "".join(f"{line}\n" for line in feed.replace("\r\n ", "").split("\r\n") if line.startswith(kept)),
    )


def _dates(said: str, calendar: CanonicalCalendar) -> str:
    """What stands from the label of the dates to the one of the readers, in the first language."""
    code = next(iter(calendar.university.languages))
    text = " ".join(said.replace("\xa0", " ").split())
    return text.partition(calendar.phrases["label_for"][code])[0].strip()


def main() -> None:
    for name in NAMES:
        folder = FOLDER / name / "golden"
        folder.mkdir(exist_ok=True)
        for file, text in golden(name):
            (folder / file).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
