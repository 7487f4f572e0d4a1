"""Which event of a read is compared with our zone rules: the one that was written last, as far as one can know."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from connectors.errors import ZoneRulesError
from mapping.model import Context, DayOffset, Marker, ObservedEvent, Record
from syncd.reconcile.zone_rules import check_context

DAY = date(2025, 9, 1)
COURSE = Context(id="course_7", kind="canvas", target="autumn", name="Contracts")


def seen(key: str, stamp: str, *, hours: int, genuine: bool = True) -> ObservedEvent:
    """An event of ours, with the offset that the service laid on its day; ours is five hours."""
    return ObservedEvent(
        context=COURSE.id,
        remote_id=f"id of {key}",
        title=key,
        days=None,
        when="",
        last_day=DAY,
        marker=Marker(owner="us", key=key, context=COURSE.id, fingerprint="f"),
        genuine=genuine,
        stamp=stamp,
        offset=DayOffset(day=DAY, ours=5 * 3600, theirs=hours * 3600),
    )


def on_record(key: str, stamp: str) -> dict[str, Record]:
    return {
        key: Record(key=key, remote_id=f"id of {key}", title=key, days=None, fingerprint="f", stamp=stamp)
    }


def is_refused(
    event: ObservedEvent,
    *others: ObservedEvent,
    known: dict[str, Record],
    unclear: str = "",
    told_from: date = DAY,
) -> bool:
    try:
        check_context(COURSE, [event, *others], known, {unclear}, told_from)
    except ZoneRulesError as error:
        return error.context == COURSE.id
    return False


@pytest.mark.parametrize(
    ("event", "known", "unclear", "refused"),
    [
        pytest.param(seen("a", "2", hours=6), on_record("a", "2"), "", True, id="our last write"),
        pytest.param(seen("a", "3", hours=6), on_record("a", "2"), "", False, id="edited by somebody since"),
        pytest.param(
            seen("a", "3", hours=6), on_record("a", "2"), "a", True, id="an update without an answer"
        ),
        pytest.param(
            seen("a", "3", hours=6), on_record("a", "2"), "b", False, id="another one's write was unclear"
        ),
        pytest.param(
            seen("a", "3", hours=6), on_record("a", ""), "a", False, id="nobody knows when it was written"
        ),
        pytest.param(seen("a", "1", hours=6), {}, "a", True, id="a create without an answer"),
        pytest.param(seen("a", "1", hours=6, genuine=False), {}, "a", False, id="a copy of it"),
        pytest.param(seen("a", "1", hours=6), {}, "", False, id="a state that was lost"),
        pytest.param(seen("a", "2", hours=5), on_record("a", "2"), "", False, id="the same rules"),
    ],
)
def test_an_event_is_compared_where_its_last_write_was_ours(
    event: ObservedEvent, known: dict[str, Record], unclear: str, refused: bool
) -> None:
    assert is_refused(event, known=known, unclear=unclear) is refused


def test_what_older_rules_left_behind_is_no_sign_beside_a_later_write() -> None:
    known = {**on_record("a", "1"), **on_record("b", "2")}
    assert not is_refused(seen("a", "1", hours=6), seen("b", "2", hours=5), known=known)
    assert is_refused(seen("a", "1", hours=5), seen("b", "2", hours=6), known=known)


def test_what_is_over_is_no_sign_since_it_is_left_as_it_lies() -> None:
    """Or nothing would ever end it where all that is still to come has clock times, which show no offset."""
    event, known = seen("a", "2", hours=6), on_record("a", "2")
    assert is_refused(event, known=known, told_from=DAY)
    assert not is_refused(event, known=known, told_from=DAY + timedelta(days=1))


def test_an_unclear_write_tells_of_a_day_that_is_over_too() -> None:
    assert is_refused(seen("a", "1", hours=6), known={}, unclear="a", told_from=DAY + timedelta(days=1))
