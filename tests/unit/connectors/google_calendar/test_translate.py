"""Rows to events and wishes to resources, without a network."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.errors import MalformedResponseError
from connectors.google_calendar.translate import (
    Ident,
    Place,
    changed_fields,
    deviation,
    ident_of,
    is_deleted,
    new_event,
    observed,
    read_marker,
    replaced_event,
)
from mapping.model import ALL_FIELDS, Field, Marker, ObservedEvent
from tests.unit.connectors.google_calendar.conftest import LAW, OWNER, wish

PLACE = Place(owner=OWNER, zone=ZoneInfo("Asia/Almaty"))
KEY = "2025-2026:exams:main"


def row(**fields: Any) -> dict[str, Any]:
    made = {**new_event(wish(), LAW, PLACE, 0), "etag": '"1"', "status": "confirmed", "eventType": "default"}
    return {**made, **fields}


def seen(**fields: Any) -> ObservedEvent:
    return observed(row(**fields), LAW, PLACE)


def private(**fields: str | None) -> dict[str, Any]:
    told = {**row()["extendedProperties"]["private"], **fields}
    return {"private": {name: value for name, value in told.items() if value is not None}}


def test_what_we_send_is_what_we_wish() -> None:
    event = seen()
    assert (event.title, event.days, event.body_hash) == (wish().title, wish().days, wish().body_hash)
    assert event.marker == Marker(owner=OWNER, key=KEY, context=LAW, fingerprint=str(wish().fingerprint))
    assert (event.genuine, event.writable, event.when, event.version) == (True, True, "2025-11-11", '"1"')


@pytest.mark.parametrize("name", ["syncdOwner", "syncdKey", "syncdContext", "syncdFingerprint"])
def test_half_a_marker_is_none(name: str) -> None:
    assert seen(extendedProperties=private(**{name: None})).marker is None


@pytest.mark.parametrize(
    "fields",
    [
        {"syncdContext": "other@group.calendar.google.com"},
        {"syncdKey": "2025-2026:other:main"},
        {"syncdGeneration": "1"},
        {"syncdSeed": "somebody"},
    ],
)
def test_a_marker_from_which_the_id_does_not_follow_is_not_genuine(fields: dict[str, str]) -> None:
    event = seen(extendedProperties=private(**fields))
    assert event.marker is not None
    assert not event.genuine


def test_a_changed_owner_leaves_the_id_genuine() -> None:
    assert seen(extendedProperties=private(syncdOwner="kazgu")).genuine


def test_without_a_seed_the_owner_was_the_seed() -> None:
    assert seen(extendedProperties=private(syncdSeed=None)).genuine
    assert not seen(extendedProperties=private(syncdSeed=None, syncdOwner="kazgu")).genuine


@pytest.mark.parametrize("text", ["", "x", "-1", "99999", "²"])
def test_a_generation_that_is_no_number_counts_as_the_first(text: str) -> None:
    marker = read_marker(row(extendedProperties=private(syncdGeneration=text)), LAW)
    assert marker is not None
    assert marker.generation == 0


@pytest.mark.parametrize(
    ("start", "end", "when", "last"),
    [
        ("2025-11-11T10:00:00+05:00", "2025-11-11T11:30:00+05:00", "2025-11-11 10:00 to 11:30", "2025-11-11"),
        ("2025-11-11T20:00:00Z", "2025-11-11T21:00:00Z", "2025-11-12 01:00 to 02:00", "2025-11-12"),
        ("2025-11-11T10:00:00", "2025-11-12T00:00:00", "2025-11-11 10:00 to 2025-11-12 00:00", "2025-11-11"),
        (
            "2025-11-11T00:00:00+05:00",
            "2025-11-11T00:00:00+05:00",
            "2025-11-11 00:00 to 00:00",
            "2025-11-11",
        ),
        ("nonsense", "nonsense", "a date that cannot be read", None),
    ],
)
def test_a_timed_event_is_told_in_campus_time_and_ends_on_a_campus_day(
    start: str, end: str, when: str, last: str | None
) -> None:
    event = seen(start={"dateTime": start}, end={"dateTime": end})
    assert event.when == when
    assert event.days is None or event.days.clock
    assert (str(event.last_day) if event.last_day else None) == last


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ({"date": "2025-11-11"}, {"date": "2025-11-11"}),
        ({"date": "x"}, {"date": "y"}),
        ({}, {}),
        (None, None),
    ],
)
def test_dates_that_are_none_are_no_days(start: Any, end: Any) -> None:
    event = seen(start=start, end=end)
    assert (event.days, event.last_day) == (None, None)


@pytest.mark.parametrize(
    ("fields", "writable"),
    [
        ({"recurringEventId": "series"}, False),
        ({"eventType": "workingLocation"}, False),
        ({"recurringEventId": None, "eventType": None}, True),
        ({"eventType": 7}, False),
        ({"recurrence": ["RRULE:FREQ=WEEKLY"]}, True),
        ({"recurrence": ["RRULE:FREQ=WEEKLY"], "id": "another"}, False),
        ({"recurrence": ["RRULE:FREQ=WEEKLY"], "extendedProperties": {}}, False),
    ],
)
def test_rows_that_can_never_be_ours_are_told(fields: dict[str, Any], writable: bool) -> None:
    assert seen(**fields).writable is writable


def test_an_event_without_words_is_read() -> None:
    event = observed(
        {"id": "abcde", "start": {"date": "2025-11-11"}, "end": {"date": "2025-11-12"}}, LAW, PLACE
    )
    assert (event.title, event.tail, event.version, event.marker) == ("", "", "", None)


def test_a_stripped_event_is_known_again_by_its_id_whatever_its_generation() -> None:
    stripped = {**row(), **new_event(wish(), LAW, PLACE, 3), "extendedProperties": {}}
    assert ident_of(stripped, LAW, KEY, OWNER) == Ident(seed=OWNER, generation=3)
    assert ident_of({**stripped, "id": "another"}, LAW, KEY, OWNER) is None


def test_a_replaced_event_keeps_all_that_is_not_ours() -> None:
    before = row(
        location="Hall 1",
        colorId="3",
        sequence=4,
        reminders={"useDefault": False},
        extendedProperties={**private(theirs="1"), "shared": {"all": "2"}},
    )
    ident = Ident(seed=OWNER, generation=0)
    after = replaced_event(before, wish("Later", "2025-11-12"), LAW, PLACE, names=ALL_FIELDS, ident=ident)
    assert {name: after[name] for name in ("location", "colorId", "sequence", "reminders")} == {
        "location": "Hall 1",
        "colorId": "3",
        "sequence": 4,
        "reminders": {"useDefault": False},
    }
    assert after["extendedProperties"]["shared"] == {"all": "2"}
    assert after["extendedProperties"]["private"]["theirs"] == "1"
    assert after["start"] == {"date": "2025-11-12"}


def test_only_the_fields_named_are_changed() -> None:
    ident = Ident(seed=OWNER, generation=0)
    wanted = wish("Later", "2025-11-12")
    assert changed_fields(row(), wanted, LAW, PLACE, names={Field.TITLE}, ident=ident) == {"summary": "Later"}
    assert changed_fields(row(), wanted, LAW, PLACE, names=set(), ident=ident) == {}
    assert "extendedProperties" in changed_fields(row(), wanted, LAW, PLACE, names={Field.OWNER}, ident=ident)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, ""),
        ({"summary": "Other"}, "title"),
        ({"end": {"date": "2025-11-14"}}, "date"),
        ({"description": "Other"}, "text"),
        ({"description": f"{wish().body}\nRoom 5"}, "below the line"),
        ({"extendedProperties": {}}, "marker"),
    ],
)
def test_an_answer_that_differs_from_the_wish_is_told_in_words(fields: dict[str, Any], word: str) -> None:
    told = deviation(seen(**fields), wish(), names=ALL_FIELDS, sent_tail="")
    assert (word in told) if word else (told == "")


@pytest.mark.parametrize(
    "moment",
    [
        {"dateTime": "9999-12-31T23:00:00Z"},
        {"dateTime": "0001-01-01T00:00:00+14:00"},
        {"date": 7},
        {"date": "2025-13-40"},
        "2025-11-11",
        [],
    ],
)
def test_an_event_beyond_the_days_there_are_is_read_without_any(moment: object) -> None:
    assert seen(start=moment, end=moment).days is None


@pytest.mark.parametrize("odd", [7, True, [], {"a": 1}], ids=repr)
@pytest.mark.parametrize("name", ["summary", "description", "etag", "updated"])
def test_anything_but_a_text_in_a_texts_place_is_told_with_event_field_and_calendar(
    name: str, odd: object
) -> None:
    with pytest.raises(MalformedResponseError, match=f"{LAW} failed: {name} of event {row()['id']} holds "):
        seen(**{name: odd})


@pytest.mark.parametrize("odd", [7, True, "x", [1]], ids=repr)
def test_properties_that_are_none_are_told_with_event_field_and_calendar(odd: object) -> None:
    event = f"of event {row()['id']} holds "
    with pytest.raises(MalformedResponseError, match=f"{LAW} failed: extendedProperties {event}"):
        seen(extendedProperties=odd)
    with pytest.raises(MalformedResponseError, match=f"{LAW} failed: private {event}"):
        seen(extendedProperties={"private": odd})


@pytest.mark.parametrize("odd", [7, None, [], {}], ids=repr)
def test_a_mark_whose_values_are_no_texts_is_none(odd: Any) -> None:
    assert seen(extendedProperties={"private": {**private()["private"], "syncdKey": odd}}).marker is None


@pytest.mark.parametrize(
    "name", ["summary", "description", "etag", "updated", "extendedProperties", "start", "end"]
)
def test_a_field_that_is_null_is_read_as_one_that_is_not_there(name: str) -> None:
    without = {field: value for field, value in row().items() if field != name}
    assert seen(**{name: None}) == observed(without, LAW, PLACE)


@pytest.mark.parametrize("none", [None, []], ids=repr)
def test_an_event_with_no_rule_of_repetition_is_none_of_a_series(none: object) -> None:
    assert seen(recurrence=none) == seen()


@pytest.mark.parametrize("odd", [7, True, "RRULE:X", {"a": 1}], ids=repr)
def test_whatever_stands_in_place_of_a_rule_makes_an_event_of_no_days_that_ends_never(odd: object) -> None:
    event = seen(recurrence=odd)
    assert (event.days, event.last_day, event.when) == (None, None, "2025-11-11, repeated")


@pytest.mark.parametrize(
    "odd", [7, True, None, [], {"a": 1}, "x", "2025-02-30", "9999-12-31T25:00:00Z"], ids=repr
)
@pytest.mark.parametrize("name", ["start", "end"])
@pytest.mark.parametrize("kind", ["date", "dateTime"])
def test_an_odd_value_in_place_of_a_date_or_time_makes_an_event_without_days(
    kind: str, name: str, odd: object
) -> None:
    event = seen(**{"start": {"date": "2025-11-11"}, "end": {"date": "2025-11-12"}, name: {kind: odd}})
    assert event.days is None


@pytest.mark.parametrize("zone", [7, None, [], "No/Such", "../etc"], ids=repr)
def test_the_zone_beside_a_moment_is_not_asked_since_the_moment_has_its_offset(zone: object) -> None:
    start, end = "2025-11-11T10:00:00+05:00", "2025-11-11T11:30:00+05:00"
    told = seen(start={"dateTime": start, "timeZone": zone}, end={"dateTime": end, "timeZone": zone})
    assert told == seen(start={"dateTime": start}, end={"dateTime": end})


@pytest.mark.parametrize("status", [7, None, [], {}, "tentative", "Cancelled"], ids=repr)
def test_only_the_word_itself_makes_a_tombstone(status: object) -> None:
    assert not is_deleted(row(status=status))
    assert is_deleted(row(status="cancelled"))


@pytest.mark.parametrize("sequence", [7, None, "x", [], 2**64], ids=repr)
def test_an_odd_sequence_is_no_matter_of_ours(sequence: object) -> None:
    assert seen(sequence=sequence) == seen()


def test_a_titles_numbers_hold_together_at_google_and_are_plain_again_when_read() -> None:
    wanted = replace(wish(), title="Trimester II, 1 course")
    written = new_event(wanted, LAW, PLACE, 0)["summary"]
    assert written == "Trimester\N{NO-BREAK SPACE}II, 1\N{NO-BREAK SPACE}course"
    assert seen(summary=written).title == wanted.title
    ident = Ident(seed=OWNER, generation=0)
    assert changed_fields(row(), wanted, LAW, PLACE, names={Field.TITLE}, ident=ident) == {"summary": written}
