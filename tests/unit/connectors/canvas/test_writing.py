"""A create is sent once, an update touches named fields alone, a delete may already be done."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import orjson
import pytest

from connectors.canvas.description import write_description
from connectors.canvas.translate import marker_of
from connectors.errors import (
    AccessDeniedError,
    AuthenticationError,
    ConflictError,
    ConnectorError,
    LockedError,
    NotFoundError,
    RejectedError,
    UnavailableError,
    UnclearOutcomeError,
)
from mapping.model import Change, DayOffset, Days, Fate
from syncd.sandbox.canvas import zones
from syncd.sandbox.canvas.model import Event
from syncd.sandbox.faults import Kind, Rule
from tests.unit.connectors.canvas.conftest import (
    BODY,
    LINE_HTML,
    OWNER,
    SEPTEMBER_2,
    TWO_WEEKS,
    Site,
    context,
    create,
    delete,
    update,
    wish,
)

LAW = context(101)
EVENT = r"calendar_events/\d+$"


def stored(site: Site, number: int = 1) -> Event:
    return site.world.events[number]


def alive(site: Site) -> list[Event]:
    return [event for event in site.world.events.values() if event.state == "active"]


def sent(site: Site, method: str) -> dict[str, str]:
    """The form of the last request of a method."""
    line = [line for line in site.faults.log() if line.method == method][-1]
    return dict(parse_qsl(line.content.decode(), keep_blank_values=True))


# --- creates ----------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [SEPTEMBER_2, TWO_WEEKS])
@pytest.mark.parametrize("profile", ["Asia/Almaty", "America/New_York", "Pacific/Kiritimati"])
def test_a_created_event_lies_on_its_days_whatever_the_profile_zone(
    site: Site, days: Days, profile: str
) -> None:
    site.admin.time_zone = profile
    event = site.made(wish(days=days))
    assert event.days == days
    (seen,) = site.read(101).events
    assert (seen.days, seen.marker, seen.genuine) == (days, event.marker, True)
    assert stored(site).zone == "Asia/Almaty"


def test_an_account_calendar_takes_events_as_well(site: Site) -> None:
    account = replace(LAW, id="account_1")
    site.connector.apply(account, create(wish(), account))
    assert [event.context for event in alive(site)] == ["account_1"]


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.RESET, Kind.HTML, Kind.MALFORMED_JSON])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_create_whose_answer_is_lost_is_unclear_and_sent_once(site: Site, kind: Kind, when: str) -> None:
    site.faults.add(Rule(kind=kind, method="POST", when=when))  # type: ignore[arg-type]
    with pytest.raises(UnclearOutcomeError) as caught:
        site.connector.apply(LAW, create(wish(), LAW))
    assert caught.value.context == "course_101"
    assert site.faults.count(method="POST") == 1


@pytest.mark.parametrize("body", ['{"status":"ok"}', "[]", "null", "7", '{"id":null}'])
def test_a_create_answered_by_anything_but_an_event_is_unclear(site: Site, body: str) -> None:
    site.faults.add(Rule(kind=Kind.JSON, method="POST", when="after", status=201, body=body))
    with pytest.raises(UnclearOutcomeError):
        site.connector.apply(LAW, create(wish(), LAW))
    assert len(alive(site)) == 1


@pytest.mark.parametrize("odd", [{"title": 7}, {"description": []}])
def test_a_create_answered_with_an_event_that_cannot_be_read_is_unclear(
    site: Site, odd: dict[str, object]
) -> None:
    spoil(site, **odd)
    with pytest.raises(
        UnclearOutcomeError, match=f"create event for course_101 failed: {next(iter(odd))} of"
    ):
        site.connector.apply(LAW, create(wish(), LAW))
    assert len(alive(site)) == 1


def test_an_update_answered_with_an_event_that_cannot_be_read_is_unavailable(site: Site) -> None:
    event = site.made()
    body = orjson.dumps({"id": int(event.remote_id), "title": 7}).decode()
    site.faults.add(Rule(kind=Kind.JSON, method="PUT", when="after", status=200, body=body))
    with pytest.raises(UnavailableError, match="update event for course_101 failed: title of"):
        site.connector.apply(LAW, update(wish("New"), event, "title"))
    assert [one.title for one in alive(site)] == ["New"]


@pytest.mark.parametrize("kind", [Kind.THROTTLE_429, Kind.THROTTLE_403])
def test_a_throttled_create_is_sent_again_and_makes_one_event(site: Site, kind: Kind) -> None:
    site.faults.add(Rule(kind=kind, method="POST", times=2))
    site.made()
    assert len(alive(site)) == 1
    assert site.connector.counts.throttled == 2


def test_a_create_in_a_deleted_course_is_rejected(site: Site) -> None:
    site.world.set_course_state(101, "deleted")
    with pytest.raises(RejectedError, match="deleted course"):
        site.connector.apply(LAW, create(wish(), LAW))


@pytest.mark.parametrize("old", [False, True])
def test_a_create_without_the_right_is_denied(site: Site, old: bool) -> None:
    site.world.switches.old_permission_answers = old
    site.world.grant(site.admin, {"read_course_content"})
    with pytest.raises(AccessDeniedError):
        site.connector.apply(LAW, create(wish(), LAW))


def test_a_create_in_an_unknown_context_is_not_found(site: Site) -> None:
    nowhere = context(999)
    with pytest.raises(NotFoundError):
        site.connector.apply(nowhere, create(wish(), nowhere))


def test_a_401_to_a_write_that_the_profile_gets_too_is_the_token(site: Site) -> None:
    event = site.made()
    site.faults.add(Rule(kind=Kind.JSON, status=401, body='{"errors":[]}', times=None))
    for change in (create(wish(), LAW), update(wish("New"), event, "title"), delete(event)):
        with pytest.raises(AuthenticationError):
            site.connector.apply(LAW, change)


def test_a_title_too_long_is_rejected(site: Site) -> None:
    with pytest.raises(RejectedError, match="too_long"):
        site.connector.apply(LAW, create(wish("x" * 300), LAW))


# --- answers that differ from the wish --------------------------------------------------------


def spoil(site: Site, **fields: object) -> None:
    """Let Canvas answer the next create with other fields."""
    marked = write_description(marker_of(wish(), LAW.id, OWNER), wish().body, "")
    told = {
        "id": 1,
        "context_code": "course_101",
        "title": "Exam",
        "workflow_state": "active",
        "description": marked,
    } | fields
    site.faults.add(
        Rule(kind=Kind.JSON, method="POST", when="after", status=201, body=orjson.dumps(told).decode())
    )


def test_dates_that_came_back_wrong_are_put_right_once(site: Site) -> None:
    spoil(site, start_at="2025-09-02T00:00:00Z", end_at="2025-09-02T00:00:00Z", all_day=False)
    written = site.connector.apply(LAW, create(wish(), LAW))
    assert written.event is not None
    assert (written.event.days, written.deviation) == (SEPTEMBER_2, "")
    assert written.event == site.connector.read_event(LAW, "1")
    assert sent(site, "PUT").keys() == {
        "calendar_event[start_at]",
        "calendar_event[end_at]",
        "calendar_event[all_day]",
        "calendar_event[time_zone_edited]",
    }


def test_a_create_that_is_answered_with_somebody_elses_event_writes_nothing_into_that_one(site: Site) -> None:
    """As a proxy answers that keeps what it was told before."""
    site.made(wish("Field trip"))
    before = asdict(stored(site))
    spoil(
        site,
        title="Field trip",
        description=None,
        start_at="2025-10-01T04:00:00Z",
        end_at="2025-10-01T05:00:00Z",
    )
    written = site.connector.apply(LAW, create(wish(), LAW))
    assert "marker is missing" in written.deviation
    assert site.faults.count(method="PUT") == 0
    assert asdict(stored(site)) == before


def test_dates_that_stay_wrong_are_reported(site: Site) -> None:
    wrong = {"start_at": "2025-09-02T00:00:00Z", "end_at": "2025-09-02T00:00:00Z", "all_day": False}
    spoil(site, **wrong)
    answer = orjson.dumps({"id": 1, "title": "Exam"} | wrong).decode()
    site.faults.add(Rule(kind=Kind.JSON, method="PUT", status=200, body=answer, times=None))
    written = site.connector.apply(LAW, create(wish(), LAW))
    assert "2025-09-02 05:00 instead of 2025-09-02" in written.deviation
    assert site.faults.count(method="PUT") == 1


def test_a_repair_that_fails_does_not_hide_the_create(site: Site) -> None:
    spoil(site, start_at=None, end_at=None, all_day=False)
    site.faults.add(Rule(kind=Kind.HTML, method="PUT", times=None))
    written = site.connector.apply(LAW, create(wish(), LAW))
    assert written.event is not None
    assert written.event.remote_id == "1"
    assert "not put right: update event for course_101 failed" in written.deviation
    assert written.sent == 2


def test_another_title_in_the_answer_is_reported_and_not_repeated(site: Site) -> None:
    spoil(
        site,
        title="Exa",
        start_at="2025-09-01T19:00:00Z",
        end_at="2025-09-01T19:00:00Z",
        all_day=True,
        description=None,
    )
    written = site.connector.apply(LAW, create(wish(), LAW))
    assert "title is 'Exa'" in written.deviation
    assert "marker" in written.deviation
    assert site.faults.count(method="PUT") == 0


def test_a_move_to_a_day_whose_midnight_the_clocks_skip_moves_the_date_that_feeds_show(site: Site) -> None:
    # Canvas takes such a start for a time of day: it would clear the flag and keep the date of before.
    site.connector = site.connect(timezone="America/Sao_Paulo")
    skipped = date(2018, 11, 4)
    event = site.made(wish(days=Days.inclusive(date(2018, 11, 1), date(2018, 11, 1))))
    desired = wish(days=Days.inclusive(skipped, skipped))
    written = site.connector.apply(LAW, update(desired, event, "days", "marker"))
    assert written.event is not None
    assert (written.event.days, written.deviation) == (desired.days, "")
    assert (stored(site).dates.all_day, stored(site).dates.all_day_date) == (True, skipped)


def skipping(site: Site) -> Days:
    """A day whose midnight the clocks skip at the campus."""
    site.connector = site.connect(timezone="America/Sao_Paulo")
    return Days.inclusive(date(2018, 11, 4), date(2018, 11, 4))


def test_new_words_on_such_a_day_are_one_request(site: Site) -> None:
    event = site.made(wish(days=skipping(site)))
    before = site.faults.count(method="PUT")
    site.connector.apply(LAW, update(wish("New", event.days or SEPTEMBER_2), event, "title"))
    assert site.faults.count(method="PUT") == before + 1


def test_several_days_from_such_a_day_on_are_one_request(site: Site) -> None:
    first = skipping(site).start
    event = site.made(wish(days=TWO_WEEKS))
    before = site.faults.count(method="PUT")
    span = Days.inclusive(first, date(2018, 11, 6))
    written = site.connector.apply(LAW, update(wish(days=span), event, "days"))
    assert written.event is not None
    assert written.event.days == span
    assert site.faults.count(method="PUT") == before + 1


def test_a_move_to_such_a_day_of_what_is_gone_is_a_conflict_that_names_the_course(site: Site) -> None:
    skipped = skipping(site)
    event = site.made()
    site.people.delete(1)
    assert said(site, update(wish(days=skipped), event, "days")) == (
        ConflictError,
        "update event",
        "course_101",
    )


# --- updates ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "fields"),
    [
        (("title",), {"title"}),
        (("days",), {"start_at", "end_at", "all_day", "time_zone_edited"}),
        (("text", "marker"), {"description"}),
        (("marker",), {"description"}),
        (("owner",), {"description"}),
        (("title", "marker"), {"title", "description"}),
    ],
)
def test_an_update_sends_the_named_fields_alone(site: Site, names: tuple[str, ...], fields: set[str]) -> None:
    event = site.made()
    site.connector.apply(LAW, update(wish("New", TWO_WEEKS), event, *names))
    assert sent(site, "PUT").keys() == {f"calendar_event[{name}]" for name in fields}


def test_an_update_that_names_nothing_sends_what_differs(site: Site) -> None:
    event = site.made()
    site.connector.apply(LAW, update(wish("New"), event))
    assert sent(site, "PUT").keys() == {"calendar_event[title]", "calendar_event[description]"}
    assert (stored(site).title, site.read(101).events[0].days) == ("New", SEPTEMBER_2)


@pytest.mark.parametrize(("before", "after"), [(SEPTEMBER_2, TWO_WEEKS), (TWO_WEEKS, SEPTEMBER_2)])
def test_days_change_between_one_and_several_and_keep_the_id(site: Site, before: Days, after: Days) -> None:
    event = site.made(wish(days=before))
    written = site.connector.apply(LAW, update(wish(days=after), event, "days", "marker"))
    assert written.event is not None
    assert (written.event.days, written.event.remote_id, written.deviation) == (after, event.remote_id, "")


def test_what_people_wrote_below_the_line_survives_every_update(site: Site) -> None:
    event = site.made()
    theirs = '<p>Room <strong>5</strong>, see <a href="/courses/101/pages/rooms">rooms</a></p>'
    site.people.edit(1, description=(stored(site).description or "") + theirs)
    for at in range(3):
        (event,) = site.read(101).events
        assert event.tail == theirs
        written = site.connector.apply(LAW, update(wish(f"Exam {at}"), event, "title", "text", "marker"))
        assert written.deviation == ""
    assert (stored(site).description or "").endswith(f"{LINE_HTML}</div>{theirs}")


def test_a_tail_that_was_not_read_is_read_before_it_is_written(site: Site) -> None:
    event = site.made()
    site.people.edit(1, description=(stored(site).description or "") + "<p>theirs</p>")
    site.connector.apply(LAW, update(wish("New"), replace(event, body_known=False, tail=""), "text"))
    assert (stored(site).description or "").endswith("<p>theirs</p>")


def test_a_tail_that_cannot_be_read_since_the_event_is_gone_is_a_conflict(site: Site) -> None:
    event = replace(site.made(), body_known=False)
    site.people.delete(1)
    with pytest.raises(ConflictError):
        site.connector.apply(LAW, update(wish("New"), event, "text"))


def test_a_marker_that_was_stripped_is_put_back_without_doubling_our_words(site: Site) -> None:
    site.made()
    bare = BODY.replace(LINE_HTML, "<p>below</p>")
    desired = wish(body=bare)
    site.people.edit(1, description=bare)
    (event,) = site.read(101).events
    assert event.marker is None
    written = site.connector.apply(LAW, update(desired, event, "marker"))
    assert (written.deviation, stored(site).description.count("from 9")) == ("", 1)  # type: ignore[union-attr]
    assert written.event is not None
    assert written.event.tail == ""


def test_a_marker_that_was_stripped_is_put_back_above_what_people_wrote(site: Site) -> None:
    site.made()
    site.people.edit(1, description=(stored(site).description or "") + "<p>theirs</p>")
    site.people.retype(1)
    (event,) = site.read(101).events
    assert (event.marker, event.tail) == (None, "<p>theirs</p>")
    written = site.connector.apply(LAW, update(wish(), event, "marker"))
    assert written.event is not None
    assert (written.deviation, written.event.tail, written.event.genuine) == ("", "<p>theirs</p>", True)


def test_an_imported_copy_without_zone_and_date_stays_on_its_day_when_it_is_adopted(site: Site) -> None:
    site.made()
    (copied,) = site.people.copy_course(101, 102)
    bare = replace(copied, zone=None, dates=replace(copied.dates, all_day_date=None))
    site.world.events[copied.id] = bare
    site.admin.time_zone = "Asia/Tokyo"
    (event,) = site.read(102).events
    written = site.connector.apply(context(102), update(wish(), event, "marker"))
    assert written.event is not None
    assert (written.event.days, written.event.genuine) == (SEPTEMBER_2, True)
    assert stored(site, copied.id).dates.all_day_date == SEPTEMBER_2.start


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", [Kind.DROP, Kind.HTML, Kind.MALFORMED_JSON])
def test_an_update_whose_answer_is_lost_is_repeated(site: Site, kind: Kind, when: str) -> None:
    event = site.made()
    site.faults.add(Rule(kind=kind, method="PUT", when=when))  # type: ignore[arg-type]
    written = site.connector.apply(LAW, update(wish("New", TWO_WEEKS), event, "title", "days", "marker"))
    assert (stored(site).title, written.deviation) == ("New", "")


def test_an_update_answered_by_something_else_is_unavailable(site: Site) -> None:
    event = site.made()
    site.faults.add(Rule(kind=Kind.JSON, method="PUT", status=200, body='{"id":99}', times=None))
    with pytest.raises(UnavailableError):
        site.connector.apply(LAW, update(wish("New"), event, "title"))


def test_an_update_answered_by_a_deleted_event_is_a_conflict(site: Site) -> None:
    event = site.made()
    body = '{"id":1,"workflow_state":"deleted"}'
    site.faults.add(Rule(kind=Kind.JSON, method="PUT", status=200, body=body))
    with pytest.raises(ConflictError, match="event 1 is not there any more"):
        site.connector.apply(LAW, update(wish("New"), event, "title"))


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize("old", [True, False])
def test_an_update_of_a_deleted_event_is_a_conflict(site: Site, shown: bool, old: bool) -> None:
    site.world.switches.show_deleted_events = shown
    site.world.switches.old_permission_answers = old
    event = site.made()
    site.people.delete(1)
    with pytest.raises(ConflictError):
        site.connector.apply(LAW, update(wish("New"), event, "title"))


def test_an_update_of_an_event_that_never_was_is_a_conflict(site: Site) -> None:
    event = replace(site.made(), remote_id="999")
    with pytest.raises(ConflictError):
        site.connector.apply(LAW, update(wish("New"), event, "title"))


def test_an_update_and_a_delete_of_a_locked_event_are_told_as_the_lock_of_that_event(site: Site) -> None:
    event = site.made()
    site.people.lock(1)
    for change in (update(wish("New"), event, "title"), delete(event)):
        with pytest.raises(LockedError, match=r"event 1 is locked\. Unlock that event") as caught:
            site.connector.apply(LAW, change)
        assert "credential" not in str(caught.value)
    assert site.world.events[1].state == "locked"


def test_unchanged_dates_are_not_sent_so_that_nobody_is_written_to(site: Site) -> None:
    event = site.made()
    site.world.mail.mails.clear()
    site.connector.apply(LAW, update(wish("New"), event, "title", "text", "marker"))
    assert site.world.mail.count() == 0
    site.connector.apply(LAW, update(wish("New", TWO_WEEKS), event, "days"))
    assert site.world.mail.count(notice="Event Date Changed") == 1


# --- deletes ----------------------------------------------------------------------------------


def test_a_delete_takes_the_event_away(site: Site) -> None:
    event = site.made()
    written = site.connector.apply(LAW, delete(event))
    assert (written.event, written.deviation, alive(site)) == (None, "", [])


@pytest.mark.parametrize("old", [True, False])
@pytest.mark.parametrize("shown", [True, False])
def test_a_delete_of_what_is_gone_succeeds(site: Site, old: bool, shown: bool) -> None:
    site.world.switches.old_permission_answers = old
    site.world.switches.show_deleted_events = shown
    event = site.made()
    site.people.delete(1)
    assert site.connector.apply(LAW, delete(event)).event is None
    assert site.connector.apply(LAW, delete(replace(event, remote_id="999"))).event is None


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_delete_whose_answer_is_lost_is_repeated(site: Site, when: str) -> None:
    event = site.made()
    site.faults.add(Rule(kind=Kind.DROP, method="DELETE", when=when))  # type: ignore[arg-type]
    site.connector.apply(LAW, delete(event))
    assert alive(site) == []


def test_a_delete_that_is_not_allowed_is_denied_and_not_taken_for_done(site: Site) -> None:
    event = site.made()
    site.people.lock(1)
    with pytest.raises(AccessDeniedError):
        site.connector.apply(LAW, delete(event))


def test_a_delete_answered_by_a_series_is_understood(site: Site) -> None:
    event = site.made()
    body = '[{"id":9,"workflow_state":"active"},{"id":1,"workflow_state":"deleted"}]'
    site.faults.add(Rule(kind=Kind.JSON, method="DELETE", when="after", status=200, body=body))
    assert site.connector.apply(LAW, delete(event)).deviation == ""


def test_a_delete_answered_by_a_series_in_which_the_event_lives_on_is_reported(site: Site) -> None:
    event = site.made()
    body = '[{"id":9,"workflow_state":"deleted"},{"id":1,"workflow_state":"active"}]'
    site.faults.add(Rule(kind=Kind.JSON, method="DELETE", status=200, body=body))
    assert "still there" in site.connector.apply(LAW, delete(event)).deviation


def test_a_delete_answered_by_a_living_event_is_reported(site: Site) -> None:
    event = site.made()
    body = '{"id":1,"workflow_state":"active"}'
    site.faults.add(Rule(kind=Kind.JSON, method="DELETE", status=200, body=body))
    told = site.connector.apply(LAW, delete(event)).deviation
    assert told == "Canvas answered the delete with an event that is still there"


def test_a_delete_that_cannot_be_looked_after_raises(site: Site) -> None:
    event = site.made()
    site.people.delete(1)
    site.faults.add(Rule(kind=Kind.HTML, method="GET", path=EVENT, times=None))
    with pytest.raises(UnavailableError):
        site.connector.apply(LAW, delete(event))


# --- what is said when it fails ---------------------------------------------------------------


def said(site: Site, change: Change) -> tuple[type[ConnectorError], str, str]:
    """How a change fails: the kind of error, what was being done, and where."""
    with pytest.raises(ConnectorError) as caught:
        site.connector.apply(LAW, change)
    return type(caught.value), caught.value.operation, caught.value.context


def test_a_lost_create_says_what_was_being_done_and_where(site: Site) -> None:
    site.faults.add(Rule(kind=Kind.JSON, method="POST", when="after", status=201, body="[]"))
    assert said(site, create(wish(), LAW)) == (UnclearOutcomeError, "create event", "course_101")
    site.faults.add(Rule(kind=Kind.JSON, method="POST", when="after", status=201, body="[]"))
    with pytest.raises(UnclearOutcomeError, match=r" the answer is not an event\."):
        site.connector.apply(LAW, create(wish(), LAW))


def test_a_refused_create_says_what_was_being_done_and_where(site: Site) -> None:
    site.world.grant(site.admin, {"read_course_content"})
    assert said(site, create(wish(), LAW)) == (AccessDeniedError, "create event", "course_101")


def test_an_update_of_what_is_gone_says_which_event_and_where(site: Site) -> None:
    event = site.made()
    site.people.delete(1)
    gone = (ConflictError, "update event", "course_101")
    assert said(site, update(wish("New"), event, "title")) == gone
    assert said(site, update(wish("New"), replace(event, body_known=False), "text")) == gone
    with pytest.raises(ConflictError, match="event 1 is not there any more"):
        site.connector.apply(LAW, update(wish("New"), event, "title"))


def test_a_tail_that_cannot_be_read_says_which_event_and_where(site: Site) -> None:
    event = replace(site.made(), body_known=False)
    change = update(wish("New"), event, "text")
    rule = site.faults.add(Rule(kind=Kind.HTML, method="GET", path=EVENT, times=None))
    assert said(site, change) == (UnavailableError, "read event", "course_101")
    site.faults.remove(rule)
    site.people.delete(1)
    with pytest.raises(ConflictError, match="event 1 is not there any more"):
        site.connector.apply(LAW, change)


def test_a_delete_that_cannot_be_looked_after_says_where(site: Site) -> None:
    event = site.made()
    site.people.delete(1)
    site.faults.add(Rule(kind=Kind.HTML, method="GET", path=EVENT, times=None))
    assert said(site, delete(event)) == (UnavailableError, "read event", "course_101")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_401_to_a_write_and_to_the_profile_is_the_token_although_the_event_can_be_read(
    site: Site, method: str
) -> None:
    event = site.made()
    change = {
        "POST": create(wish(), LAW),
        "PUT": update(wish("New"), event, "title"),
        "DELETE": delete(event),
    }
    for where in ({"method": method}, {"method": "GET", "path": "profile"}):
        site.faults.add(Rule(kind=Kind.JSON, status=401, body='{"errors":[]}', times=None, **where))  # type: ignore[arg-type]
    kind, operation, _ = said(site, change[method])
    assert (kind, operation.split()[0]) == (
        AuthenticationError,
        {"POST": "create", "PUT": "update", "DELETE": "delete"}[method],
    )


def test_an_update_answered_by_something_else_says_what_was_being_done_and_where(site: Site) -> None:
    event = site.made()
    site.faults.add(Rule(kind=Kind.JSON, method="PUT", status=200, body='{"id":99}', times=None))
    assert said(site, update(wish("New"), event, "title")) == (UnavailableError, "update event", "course_101")
    with pytest.raises(UnavailableError, match=r" the answer is not the event\."):
        site.connector.apply(LAW, update(wish("New"), event, "title"))


def test_a_refused_update_that_cannot_be_looked_after_says_where(site: Site) -> None:
    event = site.made()
    site.people.lock(1)
    site.faults.add(Rule(kind=Kind.HTML, method="GET", path=EVENT, times=None))
    assert said(site, update(wish("New"), event, "title")) == (UnavailableError, "read event", "course_101")


def test_a_refused_update_and_a_refused_delete_say_what_was_being_done_and_where(site: Site) -> None:
    event = site.made()
    site.people.lock(1)
    assert said(site, update(wish("New"), event, "title")) == (LockedError, "update event", "course_101")
    assert said(site, delete(event)) == (LockedError, "delete event", "course_101")


# --- fate and looking again -------------------------------------------------------------------


def test_the_fate_of_an_event_is_told(site: Site) -> None:
    for _ in range(3):
        site.made()
    site.people.delete(1)
    site.people.move(2, "course_102")
    fates = [site.connector.fate(LAW, number) for number in ("1", "2", "3", "999")]
    assert fates == [Fate.DELETED, Fate.MOVED, Fate.PRESENT, Fate.DELETED]


@pytest.mark.parametrize(
    "rule", [Rule(kind=Kind.HTML, times=None), Rule(kind=Kind.JSON, status=403, body="{}")]
)
def test_an_unknown_fate_is_an_error_and_not_a_deletion(site: Site, rule: Rule) -> None:
    site.made()
    site.faults.add(rule)
    with pytest.raises(ConnectorError):
        site.connector.fate(LAW, "1")


def test_one_event_is_read_as_it_is_now(site: Site) -> None:
    event = site.made()
    site.people.edit(1, title="Edited")
    seen = site.connector.read_event(LAW, event.remote_id)
    assert seen is not None
    assert (seen.title, seen.marker, seen.days) == ("Edited", event.marker, SEPTEMBER_2)


def test_an_event_that_is_gone_or_elsewhere_is_read_as_none(site: Site) -> None:
    for _ in range(2):
        site.made()
    site.people.delete(1)
    site.people.move(2, "course_102")
    assert [site.connector.read_event(LAW, number) for number in ("1", "2", "999")] == [None, None, None]


def test_a_canvas_with_older_zone_rules_is_told_by_its_answer_and_not_written_twice(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = ZoneInfo("Asia/Dhaka")
    monkeypatch.setattr(zones, "ZoneInfo", lambda key: older if key == "Asia/Almaty" else ZoneInfo(key))
    zones.zone_named.cache_clear()
    written = site.connector.apply(context(101), create(wish(), context(101)))
    assert written.event is not None
    assert written.event.offset == DayOffset(day=SEPTEMBER_2.start, ours=5 * 3600, theirs=6 * 3600)
    assert written.deviation
    assert written.sent == 1
    assert site.faults.count(method="PUT") == 0
    (seen,) = site.read(101).events
    zones.zone_named.cache_clear()
    assert seen.offset == written.event.offset
    assert seen.stamp == written.event.stamp


def test_a_canvas_with_the_same_zone_rules_lays_the_same_offset(site: Site) -> None:
    event = site.made()
    assert event.offset is not None
    assert not event.offset.differs
