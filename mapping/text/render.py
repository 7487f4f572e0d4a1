"""Entry to title and body, in the languages of a target and within what its kind can hold.

The title speaks the target's first language, the body all of them, and the fixed line ends it.
Today comes as an argument; markers and what people wrote below the line are the connectors'.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from mapping.model import CanonicalCalendar, Entry, Target
from mapping.shapes import Drawing, Lead
from mapping.text.description import Piece, Telling, description
from mapping.text.markup import Block, Paragraph, write
from mapping.text.phrases import Voice

TITLE_LIMIT = 255
"""Characters, by Canvas; Google is known to take more."""

CHANGED_FOR = timedelta(days=14)
"""How long after an order the title says that the entry was changed."""


def title_of(
    calendar: CanonicalCalendar, entry: Entry, lead: Lead | None, target: Target, today: date
) -> str:
    """The title, lead first and "changed" before it, at most `TITLE_LIMIT` characters."""
    voice = _voice(calendar, target.languages[0])
    title = voice.say(entry.title)
    if lead is not None:
        title = voice.phrase(lead.value, title=title)
    if _changed(entry, today):
        title = voice.phrase("title_changed", title=title)
    title = " ".join(title.split())
    return title if len(title) <= TITLE_LIMIT else title[: TITLE_LIMIT - 1].rstrip() + "…"


def body_of(
    calendar: CanonicalCalendar, entry: Entry, target: Target, drawing: Drawing, rules: tuple[Entry, ...] = ()
) -> str:
    """The body with the fixed line as its end; ``rules`` are told in it.

    Where it is too long, whole pieces give way to a sentence that says where they stand.
    """
    line = _voice(calendar, target.languages[0]).phrase("fixed_line")
    tellings = [
        Telling(
            voice=_voice(calendar, language),
            year=calendar.years[entry.year],
            entry=entry,
            target=target,
            rules=rules,
        )
        for language in target.languages
    ]
    blocks: list[Block] = []
    for shorter in _shorter_and_shorter(tellings):
        blocks = [block for telling in shorter for block in description(telling)]
        body = write(blocks, line, drawing.markup)
        if len(body) <= drawing.limit:
            return body
    return _without_longest(blocks, tellings[0], line, drawing)


def _shorter_and_shorter(tellings: Sequence[Telling]) -> Iterator[list[Telling]]:
    """The tellings, each time with one more piece left out: later languages give way first.

    Rules go before texts: what a rule gives is still told in its milestones, a row's text nowhere else.
    """
    current = list(tellings)
    yield list(current)
    later = range(len(current) - 1, 0, -1)
    steps = [(place, piece) for place in later for piece in (Piece.RULES, Piece.TEXT)]
    steps += [(0, Piece.RULES), (0, Piece.TEXT)]
    steps += [(place, Piece.NOTE) for place in (*later, 0)]
    for place, piece in steps:
        current[place] = replace(current[place], left_out=current[place].left_out | {piece})
        yield list(current)


def _without_longest(blocks: list[Block], telling: Telling, line: str, drawing: Drawing) -> str:
    """The last resort, for data far beyond the usual: longest paragraphs give way, one by one."""
    elsewhere = Paragraph(text=telling.voice.phrase("text_elsewhere", ref=telling.entry.ref))
    body = write(blocks, line, drawing.markup)
    while len(body) > drawing.limit and any(block != elsewhere for block in blocks):
        longest = max(blocks, key=lambda block: 0 if block == elsewhere else len(str(block)))
        kept = [block for block in blocks if block is not longest and block != elsewhere]
        blocks = [*kept, elsewhere]
        body = write(blocks, line, drawing.markup)
    return body


def _changed(entry: Entry, today: date) -> bool:
    return entry.amended is not None and entry.amended.on <= today < entry.amended.on + CHANGED_FOR


def _voice(calendar: CanonicalCalendar, language: str) -> Voice:
    return Voice(university=calendar.university, phrases=calendar.phrases, language=language)
