"""The questions of an import: one line for everything that a person must decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from mapping.importing.conclude import Conclusion, Record
from mapping.importing.dates import DateReading, Form
from mapping.importing.grid import Role
from mapping.importing.known import KnownEntry
from mapping.importing.pages import SourceDocument, Spot
from mapping.importing.questions import KEEP, Kind, Question
from mapping.importing.wording import moved_years, plain, without_number, words, years_in


def questions_of(document: SourceDocument, made: Conclusion) -> Iterator[Question]:
    """Every question, in the order in which people should read them."""
    yield from _of_unread(made)
    for record in made.records:
        yield from _of_record(record, made)
    yield from _of_wording(made)
    yield from _of_new_rows(made)
    yield from _of_gone(made)
    yield from _of_remarks(document)
    yield from _of_numbers(made)
    yield from _of_holidays(made)
    yield from _of_references(made)
    if made.is_edition:
        yield from _of_order(made)
    else:
        yield from _of_document(made)
        yield from _of_translations(made)


def _of_unread(made: Conclusion) -> Iterator[Question]:
    for index, one in enumerate(made.all_unread, start=1):
        yield Question(
            name=f"{Kind.UNREAD}-{index}", kind=Kind.UNREAD, spot=one.spot, text=one.text,
            reason="this stands in no entry, so it keeps the document from being used; put it into the table, or "
            "say that it was read and belongs to none",
            how="read",
        )  # fmt: skip


def _of_record(record: Record, made: Conclusion) -> Iterator[Question]:
    found = record.found
    asked = record.asked
    if not asked and not made.answers.of(record.name):
        return
    date_text = _shown(found.reading)
    proposal = [date_text] if date_text else []
    if record.entry is not None:
        proposal.append(record.entry.id)
    can_accept = record.entry is not None and (bool(date_text) or record.is_rule)
    how = (
        "yes, a date, the id of an entry, new, or out"
        if can_accept
        else "a date, the id of an entry, new, or out"
    )
    if record.entry is None:
        how = "new, the id of last year's entry, or out" + (
            "" if date_text or record.is_rule else "; with the date"
        )
    yield Question(
        name=record.name, kind=Kind.CELL, spot=record.spot, text=f"{found.row.number} {found.row.name}: {record.text}".strip(),
        reason="; ".join(asked) or "answered", proposal="; ".join(proposal), entry=record.entry.id if record.entry else "",
        how=how,
    )  # fmt: skip


def _shown(reading: DateReading) -> str:
    if reading.form is Form.UNTIL:
        return f"until {reading.end}"
    if reading.start is None:
        return ""
    return str(reading.start) if reading.start == reading.end else f"{reading.start} - {reading.end or '?'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reworded:
    """A heading or a note whose words are others than last year's; ``entries`` stand under it."""

    what: str
    spot: Spot
    was: str
    now: str
    entries: tuple[str, ...]


def reworded(made: Conclusion) -> list[Reworded]:
    """Headings and notes that changed, each once; only where last year's text of the language is the official one."""
    if made.language not in made.site.official:
        return []
    found: dict[tuple[str, str, str], list[Record]] = {}
    for record in made.records:
        entry = record.entry
        if entry is None or record.left_out:
            continue
        old = [without_number(one) for one in entry.headings.get(made.language, ())]
        new = [without_number(heading) for heading in record.found.row.headings]
        pairs = [("heading", was, now) for was, now in zip(old[:1], new[:1], strict=False)]
        pairs.append(("note", entry.notes.get(made.language, ""), record.found.row.note))
        for what, was, now in pairs:
            if _same_words(was, now, made) or (what == "note" and not now and _stands_in(was, record.text)):
                continue
            found.setdefault((what, was, now), []).append(record)
    listed = [
        Reworded(what="holiday", spot=holiday.spot, was=was, now=holiday.text, entries=(holiday.entry.id,))
        for holiday in made.outside.holidays
        if holiday.entry is not None
        and (was := str((holiday.entry.value.get("text") or {}).get(made.language, "")).partition("\n")[0])
        and not _same_words(was, holiday.text, made)
    ]
    return listed + [
        Reworded(
            what=what,
            spot=records[0].found.row.spot,
            was=was,
            now=now,
            entries=tuple(dict.fromkeys(one.entry.id for one in records if one.entry is not None)),
        )
        for (what, was, now), records in found.items()
    ]


def _stands_in(note: str, cell: str) -> bool:
    """Whether a note is printed in the cell of the date itself, where it is asked about already."""
    return " ".join(words(note)) in " ".join(words(cell))


def _same_words(was: str, now: str, made: Conclusion) -> bool:
    before, after = plain(was, made.site.first_year), plain(now, made.first_year)
    return before.replace(" ", "") == after.replace(" ", "")


def _of_wording(made: Conclusion) -> Iterator[Question]:
    for one in reworded(made):
        listed = ", ".join(one.entries[:6]) + (
            f" and {len(one.entries) - 6} more" if len(one.entries) > 6 else ""
        )
        yield Question(
            name=f"{Kind.WORDING}-{one.what}-{one.entries[0]}", kind=Kind.WORDING, spot=one.spot, text=one.now or "(nothing)",
            reason=f"the {one.what} of {listed} is worded otherwise: {one.was!r} became {one.now!r}",
            proposal="yes: as printed" if one.what != "holiday" else "yes: read; its text in holidays.yaml is yours to change",
            how="yes",
        )  # fmt: skip


def new_rows(made: Conclusion) -> Iterator[tuple[str, list[Record]]]:
    """Rows with cells that no entry of last year is, by the name that their questions share."""
    rows: dict[int, list[Record]] = {}
    for record in made.records:
        if record.entry is None and not record.left_out:
            rows.setdefault(id(record.found.row), []).append(record)
    for records in rows.values():
        yield records[0].name.removeprefix(f"{Kind.CELL}-"), records


def _of_new_rows(made: Conclusion) -> Iterator[Question]:
    for name, records in new_rows(made):
        row, spot = records[0].found.row, records[0].spot
        for language in made.site.languages:
            official = language in made.site.official
            yield Question(
                name=f"{Kind.TITLE}-{language}-{name}", kind=Kind.TITLE, spot=spot, text=f"{row.number} {row.name}".strip(),
                reason=f"a new row needs a title in {language}" + ("" if official else ", or - for none"),
                how="a title of at most 60 characters" if official else "a title, or -",
            )  # fmt: skip
        near = neighbour(records[0], made)
        yield Question(
            name=f"{Kind.CATEGORY}-{name}", kind=Kind.CATEGORY, spot=spot, text=f"{row.number} {row.name}".strip(),
            reason="what kind of entry the new row is; the proposal is its neighbour's",
            proposal=str(near.value["category"]) if near is not None else "",
            how="yes, or a category of university.yaml",
        )  # fmt: skip


def neighbour(record: Record, made: Conclusion) -> KnownEntry | None:
    """The entry nearest above under the same heading, else below."""
    at = made.records.index(record)
    same = [
        (abs(at - index), index, other.entry)
        for index, other in enumerate(made.records)
        if other.entry is not None and other.found.row.programme == record.found.row.programme
    ]
    under = [one for one in same if made.records[one[1]].found.row.section == record.found.row.section]
    return min(under or same, key=lambda one: one[:2])[2] if same else None


def references(entry: KnownEntry, made: Conclusion) -> list[str]:
    """Ids of entries of last year that name this one: rules, rows under it, rows that replace it."""
    found = []
    for other in (*made.site.entries, *made.site.days_off):
        rule = other.value.get("rule") or {}
        named = {other.value.get("replaces"), other.value.get("under"), other.value.get("transfer_of")}
        if entry.id in named or entry.id in _listed(rule.get("anchors")):
            found.append(other.id)
    return found


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def _of_gone(made: Conclusion) -> Iterator[Question]:
    gone = {entry.id for entry in made.gone}
    for entry in made.gone:
        users = [reference for reference in references(entry, made) if reference not in gone]
        more = f"; {', '.join(users)} refer to it and are changed with it" if users else ""
        name = entry.names.get(made.language) or next(iter(entry.names.values()), entry.id)
        yield Question(
            name=f"{Kind.GONE}-{entry.id}", kind=Kind.GONE, spot=Spot(), text=f"{entry.number} {name}".strip(),
            reason=f"the entry of {made.site.year} stands no more in the document{more}",
            proposal="yes: leave it out", entry=entry.id, how="yes, or keep (with last year's date on the same weekday)",
        )  # fmt: skip


def _of_remarks(document: SourceDocument) -> Iterator[Question]:
    for index, one in enumerate(document.remarks, start=1):
        yield Question(
            name=f"remark-{index}", kind=Kind.TEXT, spot=one.spot, text=one.text,
            reason="this is in the file and was not taken as printed text", proposal="yes: it is known and changes nothing",
            how="yes",
        )  # fmt: skip


def _of_numbers(made: Conclusion) -> Iterator[Question]:
    if made.grid.is_counted:
        yield Question(
            name="text-numbers", kind=Kind.TEXT, spot=Spot(), text="",
            reason="the numbers of the rows are counted by Word and do not stand in the file; they were counted here too",
            proposal="yes: they are as printed", how="yes",
        )  # fmt: skip


def _of_holidays(made: Conclusion) -> Iterator[Question]:
    for index, one in enumerate(made.outside.holidays, start=1):
        if one.entry is None:
            yield Question(
                name=f"{Kind.HOLIDAY}-{index}", kind=Kind.HOLIDAY, spot=one.spot, text=one.text,
                reason=f"a day of the list of holidays that {made.site.year} does not have; add it to the holidays by hand",
                proposal=f"yes: {one.start}", how="yes: it will be added by hand",
            )  # fmt: skip
    if made.site.holidays and not made.outside.has_list and not made.is_edition:
        yield Question(
            name=f"{Kind.HOLIDAY}-list", kind=Kind.HOLIDAY, spot=Spot(), text="",
            reason="the document has no list of holidays; they are taken from the law and marked unconfirmed",
            proposal="yes", how="yes",
        )  # fmt: skip


def _of_document(made: Conclusion) -> Iterator[Question]:
    outside = made.outside
    yield Question(
        name=f"{Kind.DOCUMENT}-number", kind=Kind.DOCUMENT, spot=Spot(), text="",
        reason="number of the approved document, for the texts that cite it", proposal=outside.number,
        how="yes, or the number" if outside.number else "the number",
    )  # fmt: skip
    yield Question(
        name=f"{Kind.DOCUMENT}-date", kind=Kind.DOCUMENT, spot=Spot(), text="",
        reason="day on which it was approved", proposal=_iso(outside.approved) or "",
        how="yes, or a date" if outside.approved else "a date",
    )  # fmt: skip
    yield Question(
        name=f"{Kind.DOCUMENT}-title", kind=Kind.DOCUMENT, spot=Spot(), text="",
        reason="title of the document: last year's with its year numbers moved",
        proposal=moved_years(made.site.title, made.first_year - made.site.first_year),
        how="yes, or the title in the official language",
    )  # fmt: skip
    for file, annex in made.site.annexes.items():
        yield Question(
            name=f"{Kind.DOCUMENT}-annex-{file}", kind=Kind.DOCUMENT, spot=Spot(), text=annex_title(made, file),
            reason=f"heading of the annex in {file}; last year it was {annex!r}", proposal=annex_title(made, file) or annex,
            how="yes: as printed, keep: as last year, or the heading",
        )  # fmt: skip


def annex_title(made: Conclusion, file: str) -> str:
    """What stands right above the table of an annex."""
    programme = next((entry.programme for entry in made.site.entries if entry.file == file), None)
    spot = next((record.spot for record in made.records if record.found.row.programme == programme), None)
    if spot is None:
        return ""
    above = [line.text for line, role in made.outside.roles if role is Role.TITLE]
    return " ".join(above[-4:]) if above and len(made.grid.columns) > 1 else ""


def _of_references(made: Conclusion) -> Iterator[Question]:
    """Rules and terms that would be left without what they count from."""
    gone = {entry.id for entry in made.gone if not kept_anyway(entry, made)}
    for entry in made.site.entries:
        anchors = _listed((entry.value.get("rule") or {}).get("anchors"))
        if entry.id not in gone and anchors and gone.issuperset(anchors):
            yield _reference(
                f"{Kind.REFERENCE}-{entry.id}",
                entry.id,
                f"the rule {entry.id} counts from {', '.join(anchors)}",
            )
    for programme, term, field_name, named in made.site.term_ends:
        if named in gone:
            yield _reference(
                f"{Kind.REFERENCE}-{programme}-{term}-{field_name}", named,
                f"the term {term} of {programme} has {named} as its {field_name} entry",
            )  # fmt: skip


def _reference(name: str, entry: str, said: str) -> Question:
    return Question(
        name=name, kind=Kind.REFERENCE, spot=Spot(), text="", entry=entry,
        reason=f"{said}, which stands no more in the document; say which entry takes its place", how="the id of an entry",
    )  # fmt: skip


def kept_anyway(entry: KnownEntry, made: Conclusion) -> bool:
    """Whether a person wants an entry kept that the document has no more."""
    return made.answers.of(f"{Kind.GONE}-{entry.id}").casefold() == KEEP


def _of_order(made: Conclusion) -> Iterator[Question]:
    if any(record.status == "changed" for record in made.records):
        yield Question(
            name=f"{Kind.ORDER}-number", kind=Kind.ORDER, spot=Spot(), text="", proposal=made.outside.number,
            reason="the order that changed the dates; with it people see the old date and the order in the description",
            how="its number; nothing if it should not be shown", required=False,
        )  # fmt: skip
        yield Question(
            name=f"{Kind.ORDER}-date", kind=Kind.ORDER, spot=Spot(), text="", required=False,
            proposal=_iso(made.outside.approved) or "", reason="the day of the order", how="a date",
        )  # fmt: skip


def _of_translations(made: Conclusion) -> Iterator[Question]:
    """Words that do not come from the document: those that name last year, and those of another wording."""
    ids = [entry.id for entry in translated_years(made)]
    by = made.first_year - made.site.first_year
    if ids:
        yield Question(
            name=f"{Kind.YEARS}-translations", kind=Kind.YEARS, spot=Spot(), text=", ".join(ids),
            reason=f"titles and texts of {len(ids)} entries that do not come from the document name years of "
            f"{made.site.year}",
            proposal=f"yes: every year number {by:+d}", how="yes, or no: they stay marked unconfirmed",
        )  # fmt: skip
    stale = [
        record.entry.id
        for record in made.records
        if record.entry is not None and has_stale_words(record, made)
    ]
    if stale:
        official = made.language in made.site.official
        what = (
            "translations"
            if official
            else f"{', '.join(sorted(made.site.official))} texts, the official ones,"
        )
        yield Question(
            name=f"{Kind.YEARS}-wording", kind=Kind.YEARS, spot=Spot(), text=", ".join(stale),
            reason=f"the {what} of {len(stale)} entries are last year's: "
            + ("the row is worded otherwise now" if official else f"the document is in {made.language} alone"),
            proposal="yes: they still say the same", how="yes, or no: they stay marked unconfirmed",
        )  # fmt: skip
    if made.site.days_off or made.site.holidays:
        yield Question(
            name=f"{Kind.DAYS_OFF}-law", kind=Kind.DAYS_OFF, spot=Spot(), text="",
            reason="days off that the document does not print (moved to another working day, added by law) were counted "
            "anew; look at days-off.yaml of the draft",
            proposal="yes: they are right", how="yes, or no: they stay marked unconfirmed",
        )  # fmt: skip


def has_stale_words(record: Record, made: Conclusion) -> bool:
    """Whether the entry keeps words of last year that no longer translate its row, or that are the official ones."""
    entry = record.entry
    if entry is None or record.left_out:
        return False
    others = {*(entry.value.get("text") or {}), *(entry.value.get("title") or {})} - {made.language}
    if made.language not in made.site.official:
        return bool(others & made.site.official)
    name = entry.names.get(made.language, "")
    before = plain(name, made.site.first_year).replace(" ", "")
    return bool(others) and before != plain(record.found.row.name, made.first_year).replace(" ", "")


def translated_years(made: Conclusion) -> Iterator[KnownEntry]:
    """Entries that are carried over with year numbers in words that the document does not give."""
    for record in made.records:
        entry = record.entry
        if entry is None or record.left_out:
            continue
        kept = [str(one) for one in (entry.value.get("title") or {}).values()]
        for part in ("text", "note"):
            kept += [str(v) for k, v in (entry.value.get(part) or {}).items() if k != made.language]
        if years_in(kept):
            yield entry
