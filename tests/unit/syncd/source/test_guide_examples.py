"""The guide's own examples, put beside the shipped calendar: they are sound, and read as the guide says."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from mapping.desired import desired_events
from mapping.model import CanonicalCalendar, Target
from mapping.shapes import GOOGLE
from mapping.text.typography import plain
from syncd.source.folder import SourceFolder, read_calendar

GUIDE = Path(__file__).parents[4] / "docs" / "calendar-format.md"
NAME = "2025-2026/guide.yaml"


def shipped_with_the_guides_entries() -> CanonicalCalendar:
    text = GUIDE.read_text(encoding="utf-8")
    entries = "".join(
        block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "- id:" in block
    )
    for taken in ("classes-begin-autumn", "registration-autumn"):
        entries = entries.replace(f"id: {taken}\n", f"id: guide-{taken}\n")
    # The guide writes English alone; the shipped calendar's official language is another one.
    entries = re.sub(r"\{en: ([^{}]*)\}", r"{kk: \1, en: \1}", entries)
    file = f"calendar: guide\nprogramme: semester\nentries:\n{entries}"
    files = {**read_calendar(None).files, NAME: file.encode()}
    return SourceFolder.from_files(files).calendar()


def test_the_guides_entries_are_sound_and_its_rule_reads_as_told() -> None:
    calendar = shipped_with_the_guides_entries()
    target = Target(name="guide", kind="google", place="school", languages=("en",), school="law")
    events = desired_events(calendar, target, replace(GOOGLE, limit=100_000), date(2025, 9, 1))
    body = plain(events["2025-2026:exams-autumn:main"].body)
    told = " ".join(GUIDE.read_text(encoding="utf-8").split())
    for sentence in (
        "Results: within 5 working days after the exam (counted from 30 December: 9 January at the latest)",
        (
            "Appeal: by the next working day after your grade is published "
            "(12 January if that is on the last possible day, 9 January)"
        ),
    ):
        assert f"• {sentence}" in body
        assert sentence in told
    assert "For: fee-paying students" in events["2025-2026:load-request-autumn:main"].body
    assert "Not printed in the approved calendar" in events["2025-2026:bridge-day:main"].body
