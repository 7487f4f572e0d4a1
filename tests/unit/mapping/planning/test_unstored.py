"""When a wish that comes back different is left at rest, and when it is somebody's edit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mapping.model import Copies, DesiredEvent, Drift, FindingKind, ObservedEvent, Record, Unstored, Why
from mapping.planning.compare import differences
from mapping.planning.plan import plan_context
from mapping.planning.unstored import after_read, after_write, as_made
from tests.support.events import days_from_today, desired, observed, record, situation

WISH = desired()
FIRST, LATER = "2025-09-01T10:00:00Z", "2025-09-02T10:00:00Z"


def cut(wish: DesiredEvent = WISH, stamp: str = FIRST) -> ObservedEvent:
    """The event as a service shows it that keeps few characters."""
    return replace(observed(wish), title=wish.title[:3], stamp=stamp)


def sent(wish: DesiredEvent = WISH, stamp: str = FIRST) -> Record:
    return replace(record(wish), stamp=stamp, wish=str(wish.fingerprint))


def known(times: int, event: ObservedEvent, wish: DesiredEvent = WISH) -> dict[str, Unstored]:
    return {
        wish.key: Unstored(
            key=wish.key,
            wish=str(wish.fingerprint),
            times=times,
            stamp=event.stamp,
            made=as_made(event),
            words="title is cut",
            tried_at=1.0,
        )
    }


def test_a_wish_that_came_back_different_once_is_sent_once_more() -> None:
    plan = plan_context(situation([WISH], [cut()], [sent()], unstored=known(1, cut())))
    assert [one.why for one in plan.changes] == [Why.DIFFERS]


def test_a_wish_that_came_back_different_twice_rests_and_is_told() -> None:
    stored = desired("as sent")
    case = situation([WISH, stored], [cut(), observed(stored, "1")], [sent()], unstored=known(2, cut()))
    plan = plan_context(case)
    assert plan.changes == ()
    assert plan.unchanged == 2
    assert [(one.kind, one.key, one.title, one.detail) for one in plan.findings] == [
        (FindingKind.NOT_STORED, WISH.key, WISH.title, "title is cut")
    ]
    assert plan.unstored == tuple(known(2, cut()).values())


def test_what_the_service_makes_of_it_rests_also_where_it_is_saved_anew_without_a_change() -> None:
    plan = plan_context(situation([WISH], [cut(stamp=LATER)], [sent()], unstored=known(2, cut())))
    assert plan.changes == ()


def test_an_edit_after_our_write_is_repaired_as_ever() -> None:
    edited = replace(cut(stamp=LATER), title="A person's title")
    plan = plan_context(situation([WISH], [edited], [sent()], unstored=known(2, cut())))
    assert [one.why for one in plan.changes] == [Why.DRIFT]


def test_a_new_wish_is_sent() -> None:
    new = desired(title="Another title")
    plan = plan_context(situation([new], [cut()], [sent()], unstored=known(2, cut())))
    assert [one.why for one in plan.changes] == [Why.EDIT]
    assert plan.unstored == ()


def test_one_that_is_tried_again_is_sent() -> None:
    plan = plan_context(
        situation([WISH], [cut()], [sent()], unstored=known(2, cut()), retry=frozenset({WISH.key}))
    )
    assert len(plan.changes) == 1


def test_a_later_read_at_the_time_of_our_write_counts_once_for_each_write() -> None:
    first = plan_context(situation([WISH], [cut()], [sent()]))
    assert [one.times for one in first.unstored] == [1]
    assert len(first.changes) == 1
    again = plan_context(situation([WISH], [cut()], [sent()], unstored={WISH.key: first.unstored[0]}))
    assert again.unstored == first.unstored
    second = plan_context(
        situation([WISH], [cut(stamp=LATER)], [sent(stamp=LATER)], unstored={WISH.key: first.unstored[0]})
    )
    assert [one.times for one in second.unstored] == [2]
    assert second.changes == ()


def test_without_a_time_of_our_write_nobody_is_blamed_and_it_is_repaired() -> None:
    plan = plan_context(situation([WISH], [cut()], [record(WISH)]))
    assert [one.why for one in plan.changes] == [Why.DIFFERS]
    assert plan.unstored == ()


def test_what_is_stored_as_sent_at_last_is_forgotten() -> None:
    plan = plan_context(
        situation(
            [WISH], [replace(observed(WISH), stamp=LATER)], [sent(stamp=LATER)], unstored=known(2, cut())
        )
    )
    assert (plan.changes, plan.unstored, plan.findings) == ((), (), ())


def test_a_mark_that_the_service_does_not_store_rests_too() -> None:
    bare = replace(cut(), marker=None, genuine=False, days=days_from_today(40))
    first = plan_context(situation([WISH], [bare], [sent()]))
    assert [one.why for one in first.changes] == [Why.MARKER]
    rests = plan_context(situation([WISH], [bare], [sent()], unstored=known(2, bare)))
    assert rests.changes == ()


@pytest.mark.parametrize("drift", [Drift.REPORT, Drift.KEEP])
def test_where_drift_is_left_alone_the_service_is_not_called_a_person(drift: Drift) -> None:
    plan = plan_context(situation([WISH], [cut()], [sent()], drift=drift, copies=Copies.REPORT))
    assert not any("person" in one.detail for one in plan.findings)


def test_what_came_back_is_remembered_by_its_event_and_by_what_it_was_made_to() -> None:
    after = known(1, cut())[WISH.key]
    assert after_write(None, WISH, cut(), "title is cut", now=1.0) == after
    fields = differences(cut(), WISH)
    assert after_read(None, WISH, cut(), sent(), fields) == replace(
        after, words="title is Tit instead of Title of exam", tried_at=0.0
    )


def test_answers_are_counted_in_a_row_for_one_wish() -> None:
    first = after_write(None, WISH, cut(), "title differs", now=5.0)
    assert first is not None
    assert (first.times, first.words, first.tried_at) == (1, "title differs", 5.0)
    second = after_write(first, WISH, cut(stamp=LATER), "title differs", now=6.0)
    assert second is not None
    assert (second.times, second.stamp) == (2, LATER)
    other = after_write(second, desired(title="Another"), cut(), "title differs", now=7.0)
    assert other is not None
    assert other.times == 1
    assert after_write(second, desired(title="Another"), cut(), "", now=7.0) is None
    still = after_write(second, WISH, cut(), "", now=8.0)
    assert still == replace(second, tried_at=8.0)


def test_what_a_read_shows_different_is_told_in_words() -> None:
    moved = replace(cut(), days=days_from_today(40), body_hash="other")
    (found,) = plan_context(situation([WISH], [moved], [sent()])).unstored
    title, days, text = found.words.split("; ")
    assert title == f"title is {WISH.title[:3]} instead of {WISH.title}"
    assert days.startswith("days is ")
    assert " instead of " in days
    assert text == "text differs from what was sent"
    assert found.tried_at == 0.0
    (bare,) = plan_context(situation([WISH], [replace(cut(), title="")], [sent()])).unstored
    assert bare.words == f"title is none instead of {WISH.title}"


def test_when_it_was_last_tried_is_kept_through_later_reads() -> None:
    (found,) = plan_context(
        situation([WISH], [cut(stamp=LATER)], [sent(stamp=LATER)], unstored=known(1, cut()))
    ).unstored
    assert (found.times, found.tried_at) == (2, 1.0)


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Other"},
        {"days": days_from_today(40)},
        {"body_hash": "other"},
        {"marker": None},
        {"genuine": False},
        {"days": None, "when": "at noon"},
    ],
)
def test_every_field_that_we_manage_is_part_of_what_a_service_makes(other: dict[str, Any]) -> None:
    assert as_made(replace(cut(), **other)) != as_made(cut())


def test_hours_tell_apart_what_has_no_days() -> None:
    noon, night = (replace(cut(), days=None, when=when) for when in ("at noon", "at night"))
    assert as_made(noon) != as_made(night)
    assert as_made(replace(cut(), when="at noon")) == as_made(cut())


def test_at_the_time_of_our_own_write_it_rests_whatever_it_looks_like() -> None:
    plan = plan_context(situation([WISH], [replace(cut(), title="x")], [sent()], unstored=known(2, cut())))
    assert plan.changes == ()


def test_the_time_of_our_write_and_what_it_sent_stay_on_record_with_their_event() -> None:
    (same,) = plan_context(situation([WISH], [observed(WISH)], [sent()])).records
    assert (same.stamp, same.wish) == (FIRST, str(WISH.fingerprint))
    (other,) = plan_context(situation([WISH], [observed(WISH, "900")], [sent()])).records
    assert (other.remote_id, other.stamp, other.wish) == ("900", "", "")
