"""An entry's own page: its words in full, where they come from, whom to ask, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from mapping.document.names import SCHOOL_PLACE
from mapping.model import Entry, Target
from mapping.text.description import Telling, description
from mapping.text.markup import Block, Bullets, Paragraph
from mapping.text.titles import without_school
from mapping.text.typography import unbroken
from syncd.reporting.design.month import category_fills
from syncd.web.frame import Frame
from syncd.web.standing import Standing, standings


class EventPage:
    """One answer."""

    def __init__(self, frame: Frame, year: str, entry: Entry) -> None:
        self._frame = frame
        self._say = frame.say
        self._year = frame.calendar.years[year]
        self._entry = entry
        asked = frame.asked.school
        # An entry of other schools is told as they read it.
        self._school = asked if not entry.schools or asked in entry.schools else entry.schools[0]

    def values(self) -> dict[str, Any]:
        """For the template."""
        asked, entry, voice = self._frame.asked, self._entry, self._say.voice
        category = voice.university.categories[entry.category]
        day = entry.days.start if entry.days is not None else entry.derived
        official = [
            (code, spec.name, unbroken(text))
            for code, spec in voice.university.languages.items()
            if code != asked.language and (text := entry.title.get(code))
        ]
        return {
            **self._frame.values(),
            "title": self._title(entry),
            "colour": category_fills(voice.university)[entry.category],
            "category": voice.say(category.name),
            "is_past": entry.days is not None and entry.days.last < self._frame.today,
            "blocks": [_shown(one) for one in self._blocks(entry)],
            "rules": [
                (self._title(rule), [_shown(one) for one in self._blocks(rule)]) for rule in self._rules()
            ],
            "others": official,
            "standings": list(self._standings()),
            "back": asked.link(month=day.replace(day=1) if day is not None else None),
            "draft": asked.draft,
            "draft_words": self._say("draft_of", year=asked.draft) if asked.draft else "",
        }

    def _title(self, entry: Entry) -> str:
        title = " ".join(self._say.voice.say(entry.title).split())
        return unbroken(without_school(self._say.voice.university, entry, title) if self._school else title)

    def _rules(self) -> list[Entry]:
        """Rules that count from the entry and concern the school: awards too, which stand in no event."""
        return [
            one
            for one in self._year.entries
            if one.rule is not None
            and self._entry.id in one.rule.anchors
            and (not one.schools or not self._school or self._school in one.schools)
        ]

    def _blocks(self, entry: Entry) -> Iterator[Block]:
        """The event's own description without the link to this very page; rules follow by themselves."""
        voice = replace(self._say.voice, university=replace(self._say.voice.university, page=""))
        target = Target(
            name="page",
            kind="google",
            place=SCHOOL_PLACE,
            languages=(self._say.language,),
            school=self._school or None,
            timezone=self._frame.zone,
        )
        yield from description(Telling(voice=voice, year=self._year, entry=entry, target=target))

    def _standings(self) -> Iterator[str]:
        """In words; nothing about drafts, which stand nowhere."""
        if self._frame.asked.draft:
            return
        say, entry, targets = self._say, self._entry, self._frame.daemon.targets
        if any(self._key(bar.key) == (entry.year, entry.id) for bar in self._frame.bars):
            yield say("stands_feed")
        elif entry.rule is not None and entry.rule.publish == "page":
            yield say("stands_page")
        named = {one.name: one for one in targets.targets} if targets is not None else {}
        views = self._frame.drawn.views(self._frame.calendar, self._frame.today)
        census = self._frame.drawn.census(self._frame.daemon)
        for one in standings(census, views, named, self._year.name, entry.id):
            yield " ".join(self._said(one))

    def _said(self, one: Standing) -> Iterator[str]:
        yield f"{self._say(f'stands_{one.kind}', done=one.done, all=one.wanted)}."
        if one.removed:
            yield f"{self._say('stands_removed', count=one.removed)}."
        if one.done + one.removed < one.wanted:
            yield self._say("stands_rest")

    @staticmethod
    def _key(key: str) -> tuple[str, str]:
        year, _, rest = key.partition(":")
        return year, rest.rpartition(":")[0]


def _shown(block: Block) -> dict[str, Any]:
    """A block with plain fields, for the template."""
    if isinstance(block, Bullets):
        return {"points": [unbroken(one) for one in block.points]}
    assert isinstance(block, Paragraph)  # noqa: S101 - there are two kinds
    return {
        "label": block.label,
        "lines": [unbroken(line) for line in block.text.split("\n") if line],
        "language": block.language,
    }
