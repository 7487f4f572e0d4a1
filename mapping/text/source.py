"""Where an entry comes from and whom to ask, in one line: what a document lacks leaves no trace in it."""

from __future__ import annotations

from mapping.model import AcademicYear, Entry, University
from mapping.text.dates import day_of
from mapping.text.markup import Paragraph
from mapping.text.phrases import Voice


def source_line(voice: Voice, year: AcademicYear, entry: Entry) -> Paragraph:
    """One line: ``Source: calendar 2025-26, IV.2 (minutes No. 205-1 of …). Questions: Registrar's Office.``."""
    office = entry.ask or voice.university.categories[entry.category].ask
    asked = voice.phrase("source_ask", office=voice.say(voice.university.offices[office].name))
    link = page_of(voice.university, entry)
    return Paragraph(
        text=f"{_source(voice, year, entry)} {asked}".strip(),
        link=link,
        link_text=voice.phrase("source_more") if link else "",
    )


def page_of(university: University, entry: Entry) -> str:
    """Address of the entry's own page, '' where the calendar's page has no public address.

    Names of years and ids hold only what an address may hold as it is.
    """
    if not university.page:
        return ""
    return f"{university.page}/event/{entry.year}/{entry.id}"


def _source(voice: Voice, year: AcademicYear, entry: Entry) -> str:
    if entry.not_printed:
        return voice.phrase("source_absent")
    if _is_by_its_reason(voice, entry):
        return ""
    document = year.document
    names = (
        voice.say(document.short) or voice.say(document.title),
        voice.say(entry.annex),
        _item(voice, entry),
    )
    place = ""
    for name in filter(None, names):
        place = voice.phrase("list_comma", first=place, last=name) if place else name
    date = day_of(voice, document.approved_on)
    if document.number:
        approval = voice.phrase("source_approved_number", number=document.number, date=date)
    else:
        approval = voice.phrase("source_approved_on", date=date)
    return voice.phrase("source_approved", place=place, approval=approval)


def _is_by_its_reason(voice: Voice, entry: Entry) -> bool:
    """True for a day off that has a reason in place of a row: whether the document has it, nothing says."""
    is_off = voice.university.categories[entry.category].day_off
    return is_off and bool(entry.reason) and not (entry.text or entry.ref)


def _item(voice: Voice, entry: Entry) -> str:
    """The row's number; days off are listed without numbers, so theirs would lead nowhere."""
    if voice.university.categories[entry.category].day_off or not (entry.ref or entry.section):
        return ""
    if not entry.ref or entry.ref == entry.section:
        return voice.phrase("source_section", section=entry.section)
    return voice.phrase("source_item", ref=entry.ref, section=entry.section)
