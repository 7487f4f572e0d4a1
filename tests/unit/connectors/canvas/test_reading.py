"""Contexts are read whole or not at all, ten to a call, and none spoils another."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from connectors.errors import (
    AccessDeniedError,
    AuthenticationError,
    IncompleteReadError,
    RateLimitedError,
    StoppedError,
    TransientError,
    UnavailableError,
)
from connectors.port import Observation
from connectors.retry import RetryPolicy
from mapping.model import Context, Days, Record
from syncd.sandbox.canvas.model import Token
from syncd.sandbox.faults import Kind, Rule
from tests.unit.connectors.canvas.conftest import (
    SEPTEMBER_2,
    TWO_WEEKS,
    Site,
    as_record,
    context,
    create,
    wish,
)

LIST = "calendar_events$"


def known(*events: object, number: int = 101, version: str | None = None) -> dict[str, dict[str, Record]]:
    records = [as_record(event, version=version) for event in events]  # type: ignore[arg-type]
    return {f"course_{number}": {record.remote_id: record for record in records}}


def courses(site: Site, count: int, events: int = 0) -> list[int]:
    numbers = [200 + at for at in range(count)]
    for number in numbers:
        site.world.add_course(f"C{number}", number=number)
        site.fill(number, events)
    return numbers


def test_an_empty_course_is_an_empty_observation(site: Site) -> None:
    seen = site.read(101)
    assert (seen.context, seen.events) == ("course_101", ())


def test_everything_in_a_course_is_seen_whenever_it_is_and_whosever(site: Site) -> None:
    site.made()
    site.made(wish("Exams", TWO_WEEKS, key="2025-2026:x:main"))
    site.people.add("course_101", title="no date at all")
    site.people.add("course_101", title="long ago", start_at="2001-01-01T10:00:00Z")
    site.people.add("course_102", title="elsewhere", start_at="2025-01-01T10:00:00Z")
    seen = {event.title: event for event in site.read(101).events}
    assert seen.keys() == {"Exam", "Exams", "no date at all", "long ago"}
    assert (seen["Exam"].days, seen["Exams"].days) == (SEPTEMBER_2, TWO_WEEKS)
    assert seen["Exam"].genuine
    assert seen["long ago"].marker is None


def test_ten_courses_share_a_call_and_each_gets_its_own_events(site: Site) -> None:
    numbers = courses(site, 25, events=1)
    seen = site.observe(*[context(number) for number in numbers])
    assert site.lists() == 3
    for number in numbers:
        outcome = seen[f"course_{number}"]
        assert isinstance(outcome, Observation)
        assert len(outcome.events) == 1


def test_calls_are_packed_by_the_counts_last_seen(site: Site) -> None:
    numbers = courses(site, 40, events=36)
    seen = site.observe(*[context(number, expected=36) for number in numbers])
    assert site.lists() == 15
    assert all(isinstance(one, Observation) and len(one.events) == 36 for one in seen.values())


def test_a_course_of_several_pages_is_read_until_two_passes_agree(site: Site) -> None:
    site.fill(101, 150)
    assert len(site.read(101).events) == 150
    assert site.lists() == 4


def test_a_course_that_changes_while_it_is_read_is_read_again(site: Site) -> None:
    site.fill(101, 150)
    first = min(site.world.by_context["course_101"])
    shift = Rule(kind=Kind.ACT, path=LIST, query="page=2", action=lambda: site.people.delete(first))
    site.faults.add(shift)
    assert len(site.read(101).events) == 149


def test_account_calendars_are_read_beside_courses(site: Site) -> None:
    account = Context(id="account_1", kind="canvas", target="law")
    site.people.add("account_1", title="for all", start_at="2025-10-01T10:00:00Z")
    seen = site.observe(context(101), account)["account_1"]
    assert isinstance(seen, Observation)
    assert [event.title for event in seen.events] == ["for all"]


def test_sections_and_slots_are_seen_but_never_ours(site: Site) -> None:
    event = site.made()
    section = site.world.add_section(site.law, "Group 1")
    site.people.add_to_section(section.id, int(event.remote_id), start_at="2025-09-02T10:00:00Z")
    seen = site.read(101).events
    assert sorted(one.writable for one in seen) == [False, True]
    child = next(one for one in seen if not one.writable)
    assert child.context == "course_101"


def test_a_copied_marker_is_read_and_not_genuine(site: Site) -> None:
    site.made()
    site.people.copy_course(101, 102)
    (copy,) = site.read(102).events
    assert copy.marker is not None
    assert (copy.marker.context, copy.genuine) == ("course_101", False)


def test_a_themed_canvas_with_another_profile_zone_reads_the_same(site: Site) -> None:
    site.world.switches.theme_assets = True
    site.admin.time_zone = "America/New_York"
    site.made()
    (event,) = site.read(101).events
    assert (event.days, event.body_hash, event.tail) == (SEPTEMBER_2, wish().body_hash, "")


# --- refusals and failures --------------------------------------------------------------------


@pytest.mark.parametrize("old", [False, True])
def test_one_unreadable_course_of_ten_stands_alone(site: Site, old: bool) -> None:
    site.world.switches.old_permission_answers = old
    numbers = courses(site, 9, events=1)
    seen = site.observe(*[context(number) for number in (*numbers[:4], 999, *numbers[4:])])
    assert isinstance(seen.pop("course_999"), AccessDeniedError)
    assert all(isinstance(one, Observation) and len(one.events) == 1 for one in seen.values())


def test_the_unreadable_courses_error_names_it(site: Site) -> None:
    error = site.observe(context(101), context(999))["course_999"]
    assert isinstance(error, AccessDeniedError)
    assert error.context == "course_999"


def test_a_refused_token_stops_everything_and_is_used_no_more(site: Site) -> None:
    site.connector = site.connect(tokens=("revoked",))
    numbers = courses(site, 300)
    seen = site.observe(*[context(number) for number in numbers])
    assert all(isinstance(one, AuthenticationError) for one in seen.values())
    assert {one.context for one in seen.values() if isinstance(one, AuthenticationError)} == set(seen)
    assert site.lists() < 30


def test_a_401_that_the_profile_gets_too_is_the_token(site: Site) -> None:
    site.faults.add(
        Rule(kind=Kind.JSON, status=401, body='{"errors":[{"message":"Insufficient scopes"}]}', times=None)
    )
    assert isinstance(site.observe(context(101))["course_101"], AuthenticationError)


def test_a_401_of_an_older_canvas_is_one_course(site: Site) -> None:
    site.world.switches.old_permission_answers = True
    error = site.observe(context(999))["course_999"]
    assert isinstance(error, AccessDeniedError)
    assert error.status == 401


@pytest.mark.parametrize(
    "rule",
    [
        Rule(kind=Kind.DROP, path=LIST),
        Rule(kind=Kind.RESET, path=LIST, when="after"),
        Rule(kind=Kind.HTML, path=LIST, status=502),
        Rule(kind=Kind.HTML, path=LIST, status=200),
        Rule(kind=Kind.JSON, path=LIST, status=200, body='{"status":"ok"}'),
        Rule(kind=Kind.MALFORMED_JSON, path=LIST),
        Rule(kind=Kind.THROTTLE_429, path=LIST),
        Rule(kind=Kind.THROTTLE_403, path=LIST),
        Rule(kind=Kind.TRUNCATED_PAGE, path=LIST, query="page=2"),
        Rule(kind=Kind.TRUNCATED_PAGE, path=LIST),
    ],
    ids=lambda rule: f"{rule.kind}-{rule.status}-{rule.query}",
)
def test_a_passing_fault_changes_nothing_in_what_is_seen(site: Site, rule: Rule) -> None:
    site.fill(101, 250)
    site.faults.add(rule)
    assert len(site.read(101).events) == 250


@pytest.mark.parametrize(
    ("kind", "status"), [(Kind.DROP, 0), (Kind.HTML, 503), (Kind.HTML, 200), (Kind.MALFORMED_JSON, 0)]
)
def test_a_lasting_fault_is_an_error_and_never_an_empty_course(site: Site, kind: Kind, status: int) -> None:
    site.fill(101, 3)
    site.faults.add(Rule(kind=kind, path=LIST, status=status, times=None))
    assert isinstance(site.observe(context(101))["course_101"], UnavailableError)


def test_pages_that_stay_cut_short_are_an_incomplete_read(site: Site) -> None:
    site.fill(101, 250)
    site.faults.add(Rule(kind=Kind.TRUNCATED_PAGE, path=LIST, times=None))
    assert isinstance(site.observe(context(101))["course_101"], IncompleteReadError)


def test_a_failing_call_fails_its_own_courses_alone(site: Site) -> None:
    numbers = courses(site, 20, events=1)
    site.faults.add(Rule(kind=Kind.HTML, path=LIST, query="course_205", times=None))
    seen = site.observe(*[context(number) for number in numbers])
    failed = {name for name, one in seen.items() if isinstance(one, TransientError)}
    assert failed == {"course_205"}
    assert {one.context for one in seen.values() if isinstance(one, TransientError)} == failed


@pytest.mark.parametrize("kind", [Kind.THROTTLE_429, Kind.THROTTLE_403])
def test_a_course_that_is_refused_for_pace_without_end_fails_alone(site: Site, kind: Kind) -> None:
    numbers = courses(site, 10, events=1)
    site.faults.add(Rule(kind=kind, path=LIST, query="course_205", times=None))
    seen = site.observe(*[context(number) for number in numbers])
    assert {name for name, one in seen.items() if isinstance(one, RateLimitedError)} == {"course_205"}
    assert sum(isinstance(one, Observation) and len(one.events) == 1 for one in seen.values()) == 9


def test_a_token_that_is_refused_for_pace_has_no_list_parted(site: Site) -> None:
    numbers = courses(site, 10, events=1)
    site.faults.add(Rule(kind=Kind.THROTTLE_429, times=None))
    seen = site.observe(*[context(number) for number in numbers])
    assert all(isinstance(one, RateLimitedError) for one in seen.values())
    assert [request.path.rpartition("/")[2] for request in site.faults.log()] == [
        "calendar_events", "calendar_events", "profile",
    ]  # fmt: skip


def test_a_lasting_old_style_throttle_is_no_missing_right(site: Site) -> None:
    site.connector = site.connect(retry=RetryPolicy(attempts=2))
    site.faults.add(Rule(kind=Kind.THROTTLE_403, path=LIST, times=None))
    assert isinstance(site.observe(context(101))["course_101"], TransientError)


def test_nothing_is_read_once_the_connector_is_closed(site: Site) -> None:
    site.connector.close()
    assert isinstance(site.observe(context(101))["course_101"], StoppedError)
    assert site.lists() == 0


def test_each_context_comes_once_even_if_asked_twice(site: Site) -> None:
    assert list(site.observe(context(101), context(101))) == ["course_101"]


# --- known events -----------------------------------------------------------------------------


def test_descriptions_known_by_id_and_version_are_not_read(site: Site) -> None:
    event = site.made()
    (full,) = site.read(101).events
    assert full.version != ""
    site.faults.forget()
    (lean,) = site.read(101, known=known(full)).events
    assert site.lists() == 1
    assert site.faults.log()[0].query.endswith("excludes%5B%5D=description&per_page=100")
    assert (lean.body_known, lean.version, lean.body_hash) == (False, full.version, event.body_hash)
    assert (lean.marker, lean.genuine, lean.days) == (full.marker, True, SEPTEMBER_2)


def test_a_changed_event_is_read_with_its_description(site: Site) -> None:
    site.made()
    (before,) = site.read(101).events
    site.people.edit(int(before.remote_id), description="<p>mine now</p>")
    site.faults.forget()
    (after,) = site.read(101, known=known(before)).events
    assert (after.body_known, after.marker, after.tail) == (True, None, "<p>mine now</p>")
    assert site.faults.count(method="GET") == 2


def test_an_unknown_event_is_read_with_its_description(site: Site) -> None:
    site.made()
    records = known(*site.read(101).events)
    site.people.add("course_101", title="typed", start_at="2025-09-02T10:00:00Z", description="<p>hi</p>")
    seen = {event.title: event for event in site.read(101, known=records).events}
    assert (seen["typed"].tail, seen["typed"].body_known) == ("<p>hi</p>", True)
    assert seen["Exam"].body_known is False


def test_an_event_written_a_moment_ago_is_read_with_its_description(site: Site) -> None:
    event = site.made()
    (seen,) = site.read(101, known=known(event, version="")).events
    assert seen.body_known is True


def test_many_changes_cost_one_more_list(site: Site) -> None:
    for at in range(6):
        site.made(wish(f"Exam {at}", key=f"2025-2026:x{at}:main"))
    before = site.read(101).events
    records = known(*before)
    for event in before[:5]:
        site.people.edit(int(event.remote_id), location_name="room 5")
    site.faults.forget()
    after = site.read(101, known=records).events
    assert len(after) == 6
    assert site.faults.count(method="GET") == site.lists() == 2


def test_a_course_with_more_events_than_records_is_read_in_full_at_once(site: Site) -> None:
    site.made()
    site.fill(101, 3)
    records = known(*[event for event in site.read(101).events if event.marker])
    site.faults.forget()
    seen = site.observe(context(101, expected=4), known=records)["course_101"]
    assert isinstance(seen, Observation)
    assert all(event.body_known for event in seen.events)
    assert site.faults.count(method="GET") == 1


def test_an_event_that_vanishes_between_list_and_look_is_not_seen(site: Site) -> None:
    site.made()
    (event,) = site.read(101).events
    records = known(event)
    site.people.edit(int(event.remote_id), title="edited")
    gone = Rule(
        kind=Kind.ACT,
        method="GET",
        path=r"calendar_events/\d+$",
        action=lambda: site.people.delete(int(event.remote_id)),
    )
    site.faults.add(gone)
    assert site.read(101, known=records).events == ()


def test_an_answer_read_within_two_seconds_of_a_change_is_not_settled(site: Site) -> None:
    site.moment = datetime.now(UTC)
    site.made()
    (event,) = site.read(101).events
    assert event.version == ""


# --- several tokens ---------------------------------------------------------------------------


def test_contexts_are_spread_over_tokens_and_stay_with_theirs(site: Site) -> None:
    site.world.tokens["second"] = Token(secret="second", user_id=site.admin.id)
    site.connector = site.connect(tokens=("admin-token", "second"))
    numbers = courses(site, 40, events=1)
    asked = [context(number) for number in numbers]
    assert all(isinstance(one, Observation) for one in site.observe(*asked).values())
    owners = [site.connector._tokens.index(site.connector._token(one)) for one in asked]
    assert 10 < sum(owners) < 30
    assert owners == [site.connector._tokens.index(site.connector._token(one)) for one in asked]


def test_one_dead_token_of_two_leaves_the_others_contexts_alone(site: Site) -> None:
    site.connector = site.connect(tokens=("admin-token", "revoked"))
    numbers = courses(site, 40, events=1)
    seen = site.observe(*[context(number) for number in numbers])
    kinds = {type(one) for one in seen.values()}
    assert kinds == {Observation, AuthenticationError}


# --- a look at a few days ---------------------------------------------------------------------


def test_a_look_around_some_days_shows_whole_events_there_of_the_contexts_asked(site: Site) -> None:
    near = Days.inclusive(date(2025, 9, 2), date(2025, 9, 2))
    far = Days.inclusive(date(2025, 12, 1), date(2025, 12, 1))
    here = site.made(wish(days=near))
    site.made(wish(days=far, key="2025-2026:later:main"))
    there = site.made(wish(days=near, key="2025-2026:art:main"), number=102)
    gone = site.made(wish(days=near, key="2025-2026:gone:main"))
    site.people.delete(int(gone.remote_id))
    shown = list(site.connector.reread([context(101), context(102)], near))
    assert {event.remote_id for event in shown} == {here.remote_id, there.remote_id}
    assert all(event.body_known and event.genuine for event in shown)
    assert [event.context for event in site.connector.reread([context(102)], near)] == ["course_102"]


def test_a_look_reads_a_day_more_on_both_sides_since_the_users_zone_may_lie_elsewhere(site: Site) -> None:
    site.admin.time_zone = "Pacific/Kiritimati"
    event = site.made()
    assert [one.remote_id for one in site.connector.reread([context(101)], SEPTEMBER_2)] == [event.remote_id]
    asked = [line.query for line in site.faults.log() if line.method == "GET" and "start_date" in line.query][
        -1
    ]
    assert "start_date=2025-09-01" in asked
    assert "end_date=2025-09-03" in asked


def test_a_look_leaves_out_events_that_are_deleted_or_of_contexts_nobody_asked_for(site: Site) -> None:
    answer(
        site,
        '[{"id":1,"context_code":"course_101","workflow_state":"deleted"},{"id":2,"context_code":"course_7"},'
        '{"id":3,"context_code":"course_101"}]',
    )
    assert [event.remote_id for event in site.connector.reread([context(101)], SEPTEMBER_2)] == ["3"]


def test_a_look_at_contexts_of_two_tokens_asks_with_each(site: Site) -> None:
    site.world.tokens["second"] = Token(secret="second", user_id=site.admin.id)
    site.connector = site.connect(tokens=("admin-token", "second"))
    asked = [context(number) for number in courses(site, 10)]
    for at in asked:
        site.connector.apply(at, create(wish(), at))
    before = site.lists()
    assert {event.context for event in site.connector.reread(asked, SEPTEMBER_2)} == {at.id for at in asked}
    assert site.lists() >= before + 2


# --- odd answers ------------------------------------------------------------------------------


def answer(site: Site, rows: str, path: str = LIST, status: int = 200) -> None:
    site.faults.add(Rule(kind=Kind.JSON, path=path, status=status, body=rows, times=None))


def test_rows_of_contexts_nobody_asked_for_are_left_out(site: Site) -> None:
    answer(site, '[{"id":1,"context_code":"course_7"},{"id":2},{"id":3,"context_code":null}]')
    assert site.read(101).events == ()


def test_rows_that_are_deleted_are_left_out(site: Site) -> None:
    answer(site, '[{"id":1,"context_code":"course_101","workflow_state":"deleted"}]')
    assert site.read(101).events == ()


@pytest.mark.parametrize("told", ["null", "7", '"yesterday"', '"2025-08-01T00:00:00"'])
def test_an_odd_time_of_change_is_never_settled(site: Site, told: str) -> None:
    answer(site, f'[{{"id":1,"context_code":"course_101","updated_at":{told}}}]')
    (event,) = site.read(101).events
    assert event.version == ""


@pytest.mark.parametrize("status", [403, 503])
def test_a_401_stays_one_courses_where_the_profile_does_not_say_otherwise(site: Site, status: int) -> None:
    answer(site, '{"errors":[]}', status=401)
    answer(site, "{}", path="profile", status=status)
    error = site.observe(context(101))["course_101"]
    assert isinstance(error, AccessDeniedError)
