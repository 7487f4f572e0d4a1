"""Titles: what leads them, who need not be told in a school's own calendar, and how they go on in a line.

A title says what, when and for whom, in this order, since phones cut the end. The school comes last and in
brackets; where only its own people read, it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from mapping.model import CanonicalCalendar, Entry, Target, University
from mapping.shapes import Lead
from mapping.text.deadlines import within
from mapping.text.phrases import Voice

TITLE_LIMIT = 255
"""Characters, by Canvas; Google is known to take more."""

CHANGED_FOR = timedelta(days=14)
"""How long after an order the title says that the entry was changed."""

_AT_END = re.compile(r"^(?P<title>.+?)\s*\((?P<names>[^()]+)\)$")


def title_of(
    calendar: CanonicalCalendar,
    entry: Entry,
    lead: Lead | None,
    target: Target,
    today: date,
    number: int = 1,
) -> str:
    """The title as people read it there, at most `TITLE_LIMIT` characters."""
    voice = Voice(university=calendar.university, phrases=calendar.phrases, language=target.languages[0])
    title = " ".join(voice.say(entry.title).split())
    if target.school is not None:
        title = without_school(calendar.university, entry, title)
    if entry.follows:
        title = _with_timetable(title, voice.phrase(f"follows_{entry.follows}"))
    if lead is Lead.WEEK:
        title = voice.phrase(lead.value, title=title, number=str(number))
    else:
        title = _led(voice, entry, lead, title, target.school)
    if _changed(entry, today):
        title = _said(voice, "title_changed", title)
    title = " ".join(title.split())
    return title if len(title) <= TITLE_LIMIT else title[: TITLE_LIMIT - 1].rstrip() + "…"


def without_school(university: University, entry: Entry, title: str) -> str:
    """The title without the brackets at its end where they name nothing but the entry's own schools."""
    found = _AT_END.fullmatch(title)
    if found is None or not entry.schools:
        return title
    known = {name.casefold() for name in _school_names(university, entry)}
    rest = found["names"].casefold()
    for name in sorted(known, key=len, reverse=True):
        rest = rest.replace(name, "")
    return found["title"] if not rest.strip(" ,;/&") and found["names"].strip() else title


def inline(title: str) -> str:
    """The title as it goes on after a colon: its first letter small, but for names, numerals and acronyms.

    Only in Cyrillic, where that is the rule; languages of the Latin alphabet differ.
    """
    first = title.split(maxsplit=1)[0] if title.split() else ""
    letters = [letter for letter in first if letter.isalpha()]
    if len(letters) < 2 or first[0] != letters[0] or not all("\u0400" <= one <= "\u052f" for one in letters):
        return title
    if not letters[0].isupper() or any(one.isupper() for one in letters[1:]):
        return title
    return title[0].lower() + title[1:]


def _with_timetable(title: str, timetable: str) -> str:
    """The title with the timetable that the day has behind it, unless it says so itself, in any apostrophe."""
    said, own = (
        text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") for text in (timetable, title)
    )
    return title if said in own else f"{title} ({timetable})"


def _led(voice: Voice, entry: Entry, lead: Lead | None, title: str, school: str | None) -> str:
    if lead is None:
        return title
    milestones = entry.milestones_of(school)
    if lead is not Lead.LATEST or not milestones:
        return _said(voice, lead.value, title)
    first = milestones[0]
    if first.since_step:
        return _said(voice, "title_latest_since", title, within=within(voice, first))
    # The very day of what it counts from is no deadline.
    return _said(voice, lead.value, title) if first.working_days else title


def _said(voice: Voice, key: str, title: str, **values: str) -> str:
    after_colon = ": {title}" in voice.pattern(key)
    return voice.phrase(key, title=inline(title) if after_colon else title, **values)


def _school_names(university: University, entry: Entry) -> Iterator[str]:
    for school in entry.schools:
        named = university.schools.get(school)
        if named is not None:
            for texts in (named.tag, named.short, named.name):
                yield from texts.values()


def _changed(entry: Entry, today: date) -> bool:
    return entry.amended is not None and entry.amended.on <= today < entry.amended.on + CHANGED_FOR
