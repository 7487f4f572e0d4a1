"""`syncd demo`: the whole product against the sandbox, told step by step. Ends by itself.

Runs the real program in processes of its own, over HTTP, exactly as a person would.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from zoneinfo import ZoneInfo

from mapping.model import Days
from syncd.config.extras import needs_extra
from syncd.reporting.columns import filled
from syncd.reporting.english import days
from syncd.reporting.terminal import has_colours

with needs_extra("sandbox", "syncd demo"):
    from syncd.sandbox.canvas.seed import ADMIN_TOKEN, CAMPUS_ZONE
    from syncd.sandbox.made_calendar import CITY_ZONE, DEADLINE, DEADLINE_IN
    from syncd.sandbox.pair import Pair, write_made_site

TODAY = "2025-08-20"
"""Inside the academic year of the shipped calendar, before its autumn begins."""
ENTRY = "re-registration-autumn"
OLD_DAY, NEW_DAY = "2025-09-13", "2025-09-10"
COURSE = 101
LAST_LINES = 3
"""What a long answer ends with: its summary."""
SHOWN_LINES = 24


@dataclass(frozen=True, slots=True)
class Story:
    """Who plays: whose calendar, on which day, and the deadline that moves. ``day``: as people say it."""

    university: str
    day: str
    entry: str
    old: str
    new: str
    zone: str


SHIPPED = Story(
    university="A university with four schools: a dozen Canvas courses in two terms, four Google calendars, all empty.",
    day=f"It is {TODAY}, the day this demo pretends",
    entry=ENTRY,
    old=OLD_DAY,
    new=NEW_DAY,
    zone=CAMPUS_ZONE,
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A site of its own and the variables that reach it."""

    folder: Path
    variables: dict[str, str]
    calendar: Path
    story: Story

    def syncd(self, *words: str, show: int = 1000) -> subprocess.CompletedProcess[str]:
        """Run the real program; print the command and what it answered."""
        print(f"\n$ syncd {' '.join(words)}")
        done = subprocess.run(  # noqa: S603 - our own program with words written here
            [sys.executable, "-m", "syncd", *words],
            env=os.environ | self.variables | ({"FORCE_COLOR": "1"} if has_colours(sys.stdout) else {}),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        lines = done.stdout.splitlines()
        _print_some(lines, show)
        if done.returncode not in (0, 2, 3):
            print(done.stderr, file=sys.stderr)
            raise SystemExit(1)
        return done


def run(arguments: argparse.Namespace) -> int:
    """Play it. 0 if everything went as told."""
    with tempfile.TemporaryDirectory(prefix="syncd-demo-") as name, Pair.seeded() as pair:
        folder = Path(name)
        stage = _in_its_own_year(folder, pair) if arguments.now else _on_the_shipped_calendar(folder, pair)
        return _play(stage, pair)


def _on_the_shipped_calendar(folder: Path, pair: Pair) -> Stage:
    calendar = folder / "calendar"
    with as_file(files("data")) as shipped:
        shutil.copytree(shipped, calendar, ignore=shutil.ignore_patterns("*.py", "*.pyc", "__pycache__"))
    variables = pair.write_site(folder / "site", calendar_dir=str(calendar))
    return Stage(folder, variables | {"SYNCD_TODAY": TODAY, **_settings(folder)}, calendar, SHIPPED)


def _in_its_own_year(folder: Path, pair: Pair) -> Stage:
    today = datetime.now(tz=ZoneInfo(CITY_ZONE)).date()
    variables = write_made_site(pair, folder / "site", today)
    last = today + DEADLINE_IN
    story = Story(
        university="A made university with two campuses: two Canvas courses, two Google calendars, all empty.",
        day=f"It is {today.isoformat()}, today",
        entry=DEADLINE,
        old=last.isoformat(),
        new=(last - timedelta(days=2)).isoformat(),
        zone=CITY_ZONE,
    )
    return Stage(folder, variables | _settings(folder), folder / "site" / "calendar", story)


def _settings(folder: Path) -> dict[str, str]:
    return {"SYNCD_ENV_FILE": str(folder / "site" / ".env"), "PYTHONSAFEPATH": "1"}


def _play(stage: Stage, pair: Pair) -> int:
    story = stage.story
    _say(story.university, f"{story.day}. First look, without writing anything:")
    stage.syncd("--dry-run", show=SHOWN_LINES)
    _say("A first fill may send many messages to students, so a person approves exactly this plan:")
    stage.syncd("--once", "--approve", _digest(stage))
    _say("The second run finds nothing to do:")
    stage.syncd("--dry-run")
    _say(f"The registrar moves one deadline: {story.entry} now ends on {story.new} instead of {story.old}.")
    _move_deadline(stage)
    stage.syncd("--dry-run")
    stage.syncd("--once")
    _say(f"What a lecturer now sees in course {COURSE}:")
    for event in _events(pair):
        print(f"  {_days(event, story.zone)}   {event['title']}")
    _say('Your own: `syncd init DIR`, then README, "From demo to real".')
    return 0


def _digest(stage: Stage) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "syncd", "--dry-run", "--format", "json"],
        env=os.environ | stage.variables,
        cwd=stage.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return str(json.loads(done.stdout)["digest"])


def _move_deadline(stage: Stage) -> None:
    """Edit the YAML as a registrar would: one date in one entry."""
    for path in stage.calendar.glob("*/*.yaml"):
        text = path.read_text(encoding="utf-8")
        before, mark, entry = text.partition(f"id: {stage.story.entry}\n")
        if mark:
            path.write_text(
                before + mark + entry.replace(stage.story.old, stage.story.new, 1), encoding="utf-8"
            )
            return
    raise LookupError(f"no entry {stage.story.entry} in {stage.calendar}")


def _events(pair: Pair) -> list[dict[str, str]]:
    """The course's calendar as the Canvas API gives it."""
    query = f"context_codes[]=course_{COURSE}&all_events=true&per_page=100"
    request = urllib.request.Request(  # noqa: S310 - the sandbox's own loopback address
        f"{pair.canvas_server.url}/api/v1/calendar_events?{query}",
        headers={"Authorization": f"Bearer {ADMIN_TOKEN}", "User-Agent": "syncd demo"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        events: list[dict[str, str]] = json.load(answer)
    return events


def _days(event: dict[str, str], zone_name: str) -> str:
    zone = ZoneInfo(zone_name)
    start, end = (datetime.fromisoformat(event[name]).astimezone(zone) for name in ("start_at", "end_at"))
    return days(Days.inclusive(start.date(), end.date())).ljust(28)


def _say(*lines: str) -> None:
    print()
    for line in lines:
        print("\n".join(filled(line, first="# ", rest="# ")))


def _print_some(lines: list[str], show: int) -> None:
    for line in lines[:show]:
        print(line)
    if len(lines) > show:
        rest = lines[show:]
        print(f"  ... {len(rest) - LAST_LINES} more lines ...")
        print("\n".join(rest[-LAST_LINES:]))
