"""What an event's description says in one language, paragraph by paragraph, always in one order.

Says what the data holds and nothing of its own: no advice, no link, no clock. How long it may be
and in which markup it is written, `mapping.text.render` and `mapping.text.markup` decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from mapping.model import AcademicYear, Category, Entry, Kind, Localised, Milestone, Shape, Target
from mapping.routing import of_school
from mapping.shapes import shape_of
from mapping.text.dates import day_in_words, day_list, days_in_words, plain_day, short_day, working_days
from mapping.text.markup import Block, Bullets, Heading, Paragraph
from mapping.text.phrases import Voice


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
    """The paragraphs above the fixed line: when and for whom first, where it is printed last."""
    yield from _heading(telling)
    yield _dates(telling)
    yield from _amendment(telling)
    yield _for_whom(telling)
    yield from _text(telling)
    yield from _localised(telling, "label_note", telling.entry.note, Piece.NOTE)
    yield from _localised(telling, "label_reason", telling.entry.reason, Piece.NOTE)
    yield from _rules(telling)
    yield from _own_milestones(telling)
    yield from _item(telling)
    yield _document(telling)
    yield _ask(telling)
    yield Paragraph(text=telling.voice.phrase("own_text"))


def derivation(voice: Voice, milestone: Milestone) -> str:
    """``30 December + 5 working days; 1, 2 and 7 January are days off``."""
    count = working_days(voice, milestone.working_days)
    counted = voice.phrase("counted", day=short_day(voice, milestone.counted_from), count=count)
    return voice.joined((counted, _skipped(voice, milestone)))


def _skipped(voice: Voice, milestone: Milestone) -> str:
    days = sorted({hit.day for hit in milestone.skipped})
    if not days:
        return ""
    return voice.phrase("skipped_one" if len(days) == 1 else "skipped_many", days=day_list(voice, days))


def _heading(telling: Telling) -> Iterator[Block]:
    """The language where there are several, and the title where the event's own is in another one."""
    voice, languages = telling.voice, telling.target.languages
    if len(languages) == 1:
        return
    if voice.language == languages[0]:
        yield Heading(text=voice.spec.name)
    else:
        yield Heading(text=f"{voice.spec.name} · {voice.say(telling.entry.title)}")


def _item(telling: Telling) -> Iterator[Block]:
    """Where the entry stands; days off are listed without numbers, so theirs would lead nowhere."""
    voice, entry = telling.voice, telling.entry
    if telling.category.day_off or not entry.ref:
        return
    yield Paragraph(
        text=voice.joined((voice.say(entry.annex), _reference(voice, entry), _programme(voice, entry)))
    )


def _reference(voice: Voice, entry: Entry) -> str:
    if entry.ref == entry.section:
        item = voice.phrase("item_whole", section=entry.section)
    else:
        item = voice.phrase("item", section=entry.section, ref=entry.ref)
    if entry.printed and entry.printed != entry.ref:
        item = voice.phrase("item_printed", item=item, printed=entry.printed)
    return item


def _programme(voice: Voice, entry: Entry) -> str:
    if entry.programme is None:
        return ""
    programme = voice.university.programmes[entry.programme]
    if not entry.terms:
        return voice.say(programme.name)
    terms = voice.listed(voice.say(programme.terms[term].name) for term in entry.terms)
    return voice.phrase("programme_terms", programme=voice.say(programme.name), terms=terms)


def _dates(telling: Telling) -> Block:
    voice, entry = telling.voice, telling.entry
    if entry.days is None:
        latest = day_in_words(voice, entry.derived) if entry.derived else ""
        return Paragraph(label=voice.phrase("label_date"), text=voice.phrase("dates_latest", day=latest))
    label = voice.phrase("label_date" if entry.days.count == 1 else "label_dates")
    words = days_in_words(voice, entry.days)
    if entry.kind is Kind.UNTIL:
        words = voice.phrase("dates_until", day=words)
    elif shape_of(entry, telling.target) is Shape.BETWEEN:
        words = voice.phrase("dates_between", days=words)
    return Paragraph(label=label, text=words)


def _text(telling: Telling) -> Iterator[Block]:
    voice, entry = telling.voice, telling.entry
    source = voice.source(entry.text)
    if _told_elsewhere(telling, source):
        return
    label = ""
    if Piece.TEXT not in telling.left_out:
        official = voice.university.languages[source].official
        label = voice.phrase("label_text_official" if official else "label_text_unofficial")
    yield Paragraph(label=label, text=_full(telling, Piece.TEXT, entry, entry.text))


def _full(telling: Telling, piece: Piece, entry: Entry, text: Localised) -> str:
    """The text, or, where it had to be left out, where it stands."""
    voice = telling.voice
    if piece not in telling.left_out:
        return voice.say(text)
    first = telling.target.languages[0]
    if voice.language != first:
        return voice.phrase("text_above", language=voice.university.languages[first].name)
    return voice.phrase("text_elsewhere", ref=entry.ref)


def _localised(telling: Telling, label: str, text: Localised, piece: Piece) -> Iterator[Block]:
    if not _told_elsewhere(telling, telling.voice.source(text)):
        yield Paragraph(label=telling.voice.phrase(label), text=_full(telling, piece, telling.entry, text))


def _told_elsewhere(telling: Telling, source: str) -> bool:
    """True for a text that does not exist, or that another of the target's languages already tells."""
    return not source or (source != telling.voice.language and source in telling.target.languages)


def _rules(telling: Telling) -> Iterator[Block]:
    """The rules that count from this entry, and what each gives for its last day."""
    voice, days = telling.voice, telling.entry.days
    if not telling.rules or days is None:
        return
    key = "rules_from_day" if days.count == 1 else "rules_from_span"
    yield Paragraph(label=voice.phrase(key, day=short_day(voice, days.last)), text="")
    for rule in telling.rules:
        title = voice.phrase("rule_title", title=voice.say(rule.title), ref=rule.ref)
        yield Paragraph(label=title, text=_rule_text(telling, rule))
        yield from _points(voice, [one for one in rule.milestones if one.anchor == telling.entry.id])


def _rule_text(telling: Telling, rule: Entry) -> str:
    """The rule as printed, less the headings it shares with the entry, which tells them already."""
    voice = telling.voice
    if _told_elsewhere(telling, voice.source(rule.text)):
        return ""
    if Piece.RULES in telling.left_out:
        return _full(telling, Piece.RULES, rule, rule.text)
    told = voice.say(telling.entry.text).split("\n")
    text = "\n".join(line for line in voice.say(rule.text).split("\n") if line not in told)
    if _told_elsewhere(telling, voice.source(rule.note)):
        return text
    return f"{text}\n{voice.phrase('label_note')} {voice.say(rule.note)}"


def _own_milestones(telling: Telling) -> Iterator[Block]:
    """How a rule that is an event itself was counted, group by group."""
    voice, entry = telling.voice, telling.entry
    if entry.rule is None or not entry.milestones:
        return
    yield Paragraph(label=voice.phrase("rules_own"), text="")
    anchors = {one.id: one for one in telling.year.entries if one.id in entry.rule.anchors}
    for anchor in entry.rule.anchors:
        if anchor in anchors and of_school(anchors[anchor], telling.target):
            yield Paragraph(text=voice.say(anchors[anchor].title))
            yield from _points(voice, [one for one in entry.milestones if one.anchor == anchor])


def _points(voice: Voice, milestones: list[Milestone]) -> Iterator[Block]:
    if milestones:
        yield Bullets(points=tuple(_milestone(voice, milestone) for milestone in milestones))


def _milestone(voice: Voice, milestone: Milestone) -> str:
    step, day = voice.say(milestone.name), day_in_words(voice, milestone.day)
    if milestone.working_days == 0:
        return voice.phrase("milestone_same_day", step=step, day=day)
    return voice.phrase("milestone", step=step, day=day, derivation=derivation(voice, milestone))


def _amendment(telling: Telling) -> Iterator[Block]:
    voice, amended = telling.voice, telling.entry.amended
    if amended is None:
        return
    order = voice.phrase("amended", order=amended.order, date=plain_day(voice, amended.on))
    was = voice.phrase("amended_was", days=days_in_words(voice, amended.was)) if amended.was else ""
    yield Paragraph(label=voice.phrase("label_amended"), text=voice.joined((order, was)))


def _for_whom(telling: Telling) -> Block:
    voice, entry = telling.voice, telling.entry
    label = voice.phrase("label_for")
    if telling.category.day_off and not entry.years and not entry.schools:
        return Paragraph(label=label, text=voice.phrase("everyone"))
    audience = voice.say(voice.university.audiences[entry.audience].name)
    return Paragraph(
        label=label, text=voice.joined((audience, *_years(voice, entry), _schools(voice, entry)))
    )


def _years(voice: Voice, entry: Entry) -> Iterator[str]:
    """Years of study by number first, then named groups."""
    groups = voice.university.year_groups
    numbers = [year for year in entry.years if year not in groups]
    if numbers:
        yield voice.phrase("study_year" if len(numbers) == 1 else "study_years", years=voice.listed(numbers))
    for year in entry.years:
        if year in groups:
            yield voice.say(groups[year].name)


def _schools(voice: Voice, entry: Entry) -> str:
    if not entry.schools:
        return voice.phrase("all_schools")
    return voice.listed(voice.say(voice.university.schools[school].name) for school in entry.schools)


def _document(telling: Telling) -> Block:
    voice, document = telling.voice, telling.year.document
    label = voice.phrase("label_document")
    if not telling.entry.ref:
        return Paragraph(label=label, text=voice.phrase("document_absent"))
    cited = voice.phrase(
        "document",
        title=voice.say(document.title),
        number=document.number,
        date=plain_day(voice, document.approved_on),
        body=voice.say(document.body),
    )
    return Paragraph(label=label, text=cited)


def _ask(telling: Telling) -> Block:
    voice = telling.voice
    office = voice.university.offices[telling.entry.ask or telling.category.ask]
    return Paragraph(label=voice.phrase("label_ask"), text=voice.say(office.name))
