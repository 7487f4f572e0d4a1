"""What a phone shows of the shipped calendar's events: the first lines, and how much needs no scrolling.

A phone of 360 x 740 shows about 40 characters in a line and 30 lines; half a line stands between paragraphs.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from datetime import date

import pytest

from mapping.desired import desired_events
from mapping.model import CanonicalCalendar, DesiredEvent, Target
from mapping.shapes import CANVAS
from syncd.source.folder import load_calendar

LINE, SCREEN = 40, 30
FOLDED = re.compile(r"<details>(<summary>.*?</summary>).*?</details>", re.DOTALL)
BLOCKS = re.compile(r"<(?:p|li|summary)\b[^>]*>(.*?)</(?:p|li|summary)>", re.DOTALL)


@pytest.fixture(scope="module")
def shipped() -> CanonicalCalendar:
    return load_calendar(None)[0]


def events(calendar: CanonicalCalendar, *languages: str) -> Iterator[DesiredEvent]:
    """One event of every entry, in every school that shows it."""
    for school in calendar.university.schools:
        target = Target(name="phone", kind="canvas", place="school", languages=languages, school=school)
        found = desired_events(calendar, target, CANVAS, date(2025, 9, 1))
        yield from {event.entry: event for event in found.values()}.values()


def paragraphs(event: DesiredEvent) -> list[str]:
    """What stands open in the first language's part."""
    first = event.body.partition("</section>")[0]
    return [re.sub(r"<[^>]+>", "", block).strip() for block in BLOCKS.findall(FOLDED.sub(r"\1", first))]


def height(event: DesiredEvent) -> float:
    lines = [textwrap.wrap(line, LINE) or [""] for text in paragraphs(event) for line in text.split("\n")]
    return sum(map(len, lines)) + 0.5 * len(lines)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_nine_of_ten_events_need_one_screen_in_a_language(shipped: CanonicalCalendar, language: str) -> None:
    heights = [height(event) for event in events(shipped, language)]
    assert len(heights) > 200
    assert sum(one <= SCREEN for one in heights) >= 0.9 * len(heights)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_when_and_for_whom_begin_in_the_first_four_lines(shipped: CanonicalCalendar, language: str) -> None:
    labels = {"kk": ("Күн", "Кімдер"), "ru": ("Дат", "Для кого"), "en": ("Date", "For")}[language]
    late = []
    for event in events(shipped, language):
        first, second, *_ = paragraphs(event)
        assert first.startswith(labels[0])
        assert second.startswith(labels[1])
        if len(textwrap.wrap(first, LINE)) + 1 > 4:
            late.append(event.key)
    assert late == []


def test_the_readers_language_is_open_and_the_others_are_folded_under_their_names(
    shipped: CanonicalCalendar,
) -> None:
    for event in events(shipped, "en", "kk", "ru"):
        open_part, *folded = re.split(r'<details lang="', event.body)
        assert open_part.startswith('<section lang="en" dir="ltr">')
        assert [part[:2] for part in folded] == ["kk", "ru"]
        assert "<summary><strong>қазақша · " in folded[0]
        assert event.body.count("Kept up to date by the Registrar") == 1


def test_awards_are_not_told_under_the_beginning_of_classes(shipped: CanonicalCalendar) -> None:
    begins = [one for one in events(shipped, "en") if one.entry.startswith("classes-begin")]
    assert begins
    assert not [one.key for one in begins if "List" in one.body]
