"""What an event's description says in one language, paragraph by paragraph, always in one order.

When, for whom and what to do come first: they are what a phone shows. Then the document's words, one line of
source and contact, and where no page tells them, the rules in full. Says what the data holds and nothing of
its own. How long it may be and in which markup, `mapping.text.render` and `mapping.text.markup` decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from mapping.model import AcademicYear, Category, Entry, Hours, Kind, Localised, Milestone, Shape, Target
from mapping.routing import of_school
from mapping.shapes import shape_of
from mapping.text.dates import dates_in_words, day_in_words, day_of, days_in_words, hours_in_words, short_day
from mapping.text.deadlines import calculation, latest, step_sentence, within
from mapping.text.markup import Block, Bullets, Paragraph
from mapping.text.phrases import Voice
from mapping.text.source import source_line


class Piece(StrEnum):
    """What may be left out, with a word about where it stands, if a description gets too long."""

    TEXT = "text"
    RULES = "rules"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One entry told in one language to the readers of one target."""

    voice: Voice
    year: AcademicYear
    entry: Entry
    target: Target
    rules: tuple[Entry, ...] = ()
    """The rules anchored to the entry, in file order."""
    left_out: frozenset[Piece] = frozenset()

    @property
    def category(self) -> Category:
        return self.voice.university.categories[self.entry.category]


def description(telling: Telling) -> Iterator[Block]:
    """The paragraphs of one language."""
    yield _dates(telling)
    if telling.entry.follows:
        yield Paragraph(text=telling.voice.phrase(f"follows_{telling.entry.follows}"))
    yield _for_whom(telling)
    yield from _todo(telling)
    yield from _amendment(telling)
    yield from _steps(telling)
    yield from _own_steps(telling)
    yield from _text(telling)
    yield from _localised(telling, "label_note", telling.entry.note, Piece.NOTE)
    yield from _localised(telling, "label_reason", telling.entry.reason, Piece.NOTE)
    yield source_line(telling.voice, telling.year, telling.entry)
    yield from _rule_texts(telling)


def _dates(telling: Telling) -> Block:
    voice, entry = telling.voice, telling.entry
    if entry.days is None:
        return Paragraph(
            label=voice.phrase("label_date"), text=_latest_day(voice, entry, telling.target.school)
        )
    label = voice.phrase("label_date" if entry.days.count == 1 else "label_dates")
    if entry.hours != Hours() and not entry.dates:
        words = hours_in_words(voice, entry.days, entry.hours)
        # Of a span the last moment stands at its end; "by" before it would speak of the first.
        if entry.hours.is_deadline and entry.days.count == 1:
            words = voice.phrase("dates_by", moment=words)
        return Paragraph(label=label, text=words)
    words = dates_in_words(voice, entry) if entry.dates else days_in_words(voice, entry.days)
    if entry.kind is Kind.UNTIL:
        words = voice.phrase("dates_until", day=words)
    elif shape_of(entry, telling.target) is Shape.BETWEEN:
        words = voice.phrase("dates_between", days=words)
    return Paragraph(label=label, text=words)


def _latest_day(voice: Voice, entry: Entry, school: str | None) -> str:
    """A rule's own day; where its first step counts from another, what it counts from and not a bare date."""
    milestones = entry.milestones_of(school)
    if not milestones:
        return voice.phrase("dates_latest", day="")
    first = milestones[0]
    if first.since_step:
        return voice.joined((within(voice, first), latest(voice, first)))
    day = day_in_words(voice, first.day)
    return voice.phrase("dates_latest", day=day) if first.working_days else day


def _todo(telling: Telling) -> Iterator[Block]:
    todo = telling.voice.say(telling.entry.todo or telling.category.todo)
    if todo:
        yield Paragraph(label=telling.voice.phrase("label_todo"), text=todo)


def _text(telling: Telling) -> Iterator[Block]:
    voice, entry = telling.voice, telling.entry
    source = voice.source(entry.text)
    if _told_elsewhere(telling, source):
        return
    label = ""
    if Piece.TEXT not in telling.left_out:
        official = voice.university.languages[source].official
        label = voice.phrase("label_text_official" if official else "label_text_unofficial")
    yield _paragraph(telling, label, Piece.TEXT, entry, entry.text)


def _paragraph(telling: Telling, label: str, piece: Piece, entry: Entry, text: Localised) -> Paragraph:
    """The text with its language, or, where it had to be left out, where it stands."""
    voice = telling.voice
    if piece not in telling.left_out:
        source = voice.source(text)
        language = source if source != voice.language else ""
        return Paragraph(label=label, text=voice.say(text), language=language)
    if voice.language != telling.target.languages[0]:
        return Paragraph(label=label, text=voice.phrase("text_above", language=_first_name(telling)))
    return Paragraph(label=label, text=voice.phrase("text_elsewhere", ref=entry.ref))


def _first_name(telling: Telling) -> str:
    return telling.voice.university.languages[telling.target.languages[0]].name


def _localised(telling: Telling, label: str, text: Localised, piece: Piece) -> Iterator[Block]:
    if not _told_elsewhere(telling, telling.voice.source(text)):
        yield _paragraph(telling, telling.voice.phrase(label), piece, telling.entry, text)


def _told_elsewhere(telling: Telling, source: str) -> bool:
    """True for a text that does not exist, or that another of the target's languages already tells."""
    return not source or (source != telling.voice.language and source in telling.target.languages)


# --- rules ----------------------------------------------------------------------------------


def _steps(telling: Telling) -> Iterator[Block]:
    """The steps that count from this entry, of all its rules."""
    voice, entry = telling.voice, telling.entry
    milestones = [
        one
        for rule in telling.rules
        for one in rule.milestones_of(telling.target.school)
        if one.anchor == entry.id
    ]
    if not milestones or entry.days is None:
        return
    key = "rules_from_day" if entry.days.count == 1 else "rules_from_span"
    yield Paragraph(label=voice.phrase(key, day=short_day(voice, entry.days.last)), text="")
    yield _points(telling, milestones)


def _own_steps(telling: Telling) -> Iterator[Block]:
    """The steps of a rule that is an event itself, group by group, and how each date was calculated."""
    voice, entry = telling.voice, telling.entry
    if entry.rule is None or not entry.milestones:
        return
    yield Paragraph(label=voice.phrase("rules_own"), text="")
    anchors = {one.id: one for one in telling.year.entries if one.id in entry.rule.anchors}
    for anchor in entry.rule.anchors:
        if anchor in anchors and of_school(anchors[anchor], telling.target):
            of_group = [one for one in entry.milestones_of(telling.target.school) if one.anchor == anchor]
            if not of_group:
                continue
            yield Paragraph(text=voice.say(anchors[anchor].title))
            yield _points(telling, of_group, calculated=True)


def _points(telling: Telling, milestones: list[Milestone], *, calculated: bool = False) -> Bullets:
    voice = telling.voice
    divided = len({(milestone.step, milestone.anchor) for milestone in milestones}) < len(milestones)
    points = (
        " ".join(
            filter(
                None,
                (
                    _for_schools(telling, milestone) if divided else "",
                    step_sentence(voice, milestone),
                    calculation(voice, milestone) if calculated else "",
                ),
            )
        )
        for milestone in milestones
    )
    return Bullets(points=tuple(points))


def _for_schools(telling: Telling, milestone: Milestone) -> str:
    """Whose day it is, where readers of several schools are told of each."""
    voice = telling.voice
    if not milestone.schools:
        return ""
    names = (voice.say(voice.university.schools[school].name) for school in milestone.schools)
    return f"{voice.listed(names)}:"


def _rule_texts(telling: Telling) -> Iterator[Block]:
    """The rules as printed, less the headings they share with the entry; on the page, where there is one."""
    voice = telling.voice
    if voice.university.page or telling.entry.days is None:
        return
    for rule in telling.rules:
        if _told_elsewhere(telling, voice.source(rule.text)):
            continue
        label = voice.phrase("rule_title", title=voice.say(rule.title), ref=rule.ref)
        shown = _paragraph(telling, label, Piece.RULES, rule, rule.text)
        if Piece.RULES in telling.left_out:
            yield shown
            continue
        told = voice.say(telling.entry.text).split("\n")
        kept = [line for line in shown.text.split("\n") if line not in told]
        if not _told_elsewhere(telling, voice.source(rule.note)):
            kept.append(f"{voice.phrase('label_note')} {voice.say(rule.note)}")
        yield Paragraph(label=label, text="\n".join(kept), language=shown.language, folded=True)


# --- who, and what changed ------------------------------------------------------------------


def _amendment(telling: Telling) -> Iterator[Block]:
    voice, amended = telling.voice, telling.entry.amended
    if amended is None:
        return
    number = amended.order.strip().removeprefix("№").removeprefix("No.").strip()
    key = "amended" if number[:1].isdigit() else "amended_by"
    order = voice.phrase(key, order=number, date=day_of(voice, amended.on))
    was = voice.phrase("amended_was", days=days_in_words(voice, amended.was)) if amended.was else ""
    yield Paragraph(label=voice.phrase("label_amended"), text=voice.joined((order, was)))


def _for_whom(telling: Telling) -> Block:
    voice, entry = telling.voice, telling.entry
    label = voice.phrase("label_for")
    if telling.category.day_off and not entry.years and not entry.schools:
        return Paragraph(label=label, text=voice.phrase("everyone"))
    return Paragraph(
        label=label,
        text=voice.joined((*_people(voice, entry), *_years(voice, entry), *_schools(voice, entry))),
    )


def _people(voice: Voice, entry: Entry) -> Iterator[str]:
    """Audiences in one list, then the groups. A group says itself whom of the first audience it means."""
    university = voice.university
    names = entry.audiences or (entry.audience,)
    groups = [name for name in names if name not in university.audiences]
    shown = [
        name for name in names if name in university.audiences and not (groups and name == entry.audience)
    ]
    if shown:
        yield voice.listed(voice.say(university.audiences[name].name) for name in shown)
    for name in groups:
        yield voice.say(university.year_groups[name].name)


def _years(voice: Voice, entry: Entry) -> Iterator[str]:
    """Years of study by number first, then named groups, where no group of the audience says more."""
    groups = voice.university.year_groups
    numbers = [year for year in entry.years if year not in groups]
    if numbers:
        yield voice.phrase("study_year" if len(numbers) == 1 else "study_years", years=voice.listed(numbers))
    if not any(name in groups for name in entry.audiences):
        for year in entry.years:
            if year in groups:
                yield voice.say(groups[year].name)


def _schools(voice: Voice, entry: Entry) -> Iterator[str]:
    """The schools, or that it is all of them; nothing where the university has one."""
    schools = voice.university.schools
    if len(schools) <= 1:
        return
    if entry.schools:
        yield voice.listed(voice.say(schools[school].name) for school in entry.schools)
    else:
        yield voice.phrase("all_schools")
