"""Entry to body, in the languages of a target and within what its kind can hold.

The body speaks the target's languages, its first one whole and in front, and the fixed line ends it. Markers
and what people wrote below the line are the connectors'.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mapping.model import CanonicalCalendar, Entry, Target
from mapping.shapes import Drawing
from mapping.text.description import Piece, Telling, description
from mapping.text.markup import Block, Paragraph, Section, write
from mapping.text.phrases import Voice
from mapping.text.titles import CHANGED_FOR, TITLE_LIMIT, title_of, without_school

__all__ = ["CHANGED_FOR", "TITLE_LIMIT", "body_of", "title_of"]


def at_time(title: str, time: str) -> str:
    """The title with the time behind it in brackets, unless there is none or the title says it already."""
    if not time or time in title:
        return title
    room = TITLE_LIMIT - len(time) - 3
    return f"{title if len(title) <= room else title[: room - 1].rstrip() + '…'} ({time})"


def body_of(
    calendar: CanonicalCalendar, entry: Entry, target: Target, drawing: Drawing, rules: tuple[Entry, ...] = ()
) -> str:
    """The body with the fixed line as its end; ``rules`` are told in it.

    Where it is too long, whole pieces give way to a sentence that says where they stand.
    """
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
    first = tellings[0]
    line = first.voice.phrase("fixed_line")
    own = Paragraph(text=first.voice.phrase("own_text"))
    closing = Section(language=first.voice.language, blocks=(own,))
    sections: list[Section] = []
    for shorter in _shorter_and_shorter(tellings):
        sections = [_section(telling) for telling in shorter]
        body = write(sections, closing, line, drawing.markup)
        if len(body) <= drawing.limit:
            return body
    return _without_longest(sections, closing, first, line, drawing)


def _section(telling: Telling) -> Section:
    """One language's part; the event's own title is in the first one, so the others repeat it in theirs."""
    voice, target = telling.voice, telling.target
    heading = ""
    if voice.language != target.languages[0]:
        title = " ".join(voice.say(telling.entry.title).split())
        if target.school is not None:
            title = without_school(voice.university, telling.entry, title)
        heading = f"{voice.spec.name} · {title}"
    return Section(language=voice.language, heading=heading, blocks=tuple(description(telling)))


def _shorter_and_shorter(tellings: Sequence[Telling]) -> Iterator[list[Telling]]:
    """The tellings, each time with one more piece left out: later languages give way first.

    Rules go before texts: what a rule gives is still told in its steps, a row's text nowhere else.
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


def _without_longest(
    sections: list[Section], closing: Section, telling: Telling, line: str, drawing: Drawing
) -> str:
    """The last resort, for data far beyond the usual: longest paragraphs give way, one by one."""
    elsewhere = Paragraph(text=telling.voice.phrase("text_elsewhere", ref=telling.entry.ref))
    body = write(sections, closing, line, drawing.markup)
    while len(body) > drawing.limit and any(section.blocks for section in sections):
        longest = max((block for section in sections for block in section.blocks), key=_length)
        sections = [_without(section, longest) for section in sections]
        shown = [section for section in sections if section.blocks or not section.heading]
        end = replace(closing, blocks=(elsewhere, *closing.blocks))
        body = write(shown, end, line, drawing.markup)
    return body


def _without(section: Section, block: Block) -> Section:
    return replace(section, blocks=tuple(one for one in section.blocks if one is not block))


def _length(block: Block) -> int:
    return len(str(block))


def _voice(calendar: CanonicalCalendar, language: str) -> Voice:
    return Voice(university=calendar.university, phrases=calendar.phrases, language=language)
