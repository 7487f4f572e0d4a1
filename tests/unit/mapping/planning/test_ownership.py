"""Ownership: each case of the table, and who keeps a key that several events carry."""

from typing import Any

import pytest

from mapping.model import ObservedEvent, Record
from mapping.planning.ownership import Census, Standing, id_order, judge, take_census, untouched
from tests.support.events import OWNER, days_from_today, desired, foreign, observed, record

WISH = desired()
MOVED = days_from_today(20)


def standing(event: ObservedEvent, *known: Record, copies_are_ours: bool = True) -> Standing:
    records = {one.remote_id: one for one in known}
    return judge(event, owner=OWNER, records=records, copies_are_ours=copies_are_ours, adopt_from="").standing


def census(*events: ObservedEvent, known: tuple[Record, ...] = ()) -> Census:
    return take_census(
        events, owner=OWNER, records={row.key: row for row in known}, copies_are_ours=True, adopt_from=""
    )


def test_a_genuine_marker_of_this_owner_makes_an_event_ours() -> None:
    assert standing(observed(WISH)) is Standing.OURS


def test_a_genuine_marker_is_enough_whatever_else_was_changed_and_without_any_record() -> None:
    assert standing(observed(WISH, title="Changed", days=None, body_hash="other")) is Standing.OURS


def test_a_marker_that_names_another_context_makes_a_copy() -> None:
    assert standing(observed(WISH, of="course_8")) is Standing.COPY


def test_a_marker_that_names_another_context_is_a_persons_own_where_copies_are_not_ours() -> None:
    assert standing(observed(WISH, of="course_8"), copies_are_ours=False) is Standing.PERSONAL


@pytest.mark.parametrize("of", ["course_7", "course_8"])
def test_another_owners_marker_makes_an_event_foreign(of: str) -> None:
    assert standing(observed(WISH, owner="neighbour", of=of)) is Standing.FOREIGN


def test_another_owners_marker_makes_even_a_recorded_event_foreign() -> None:
    assert standing(observed(WISH, owner="neighbour"), record(WISH)) is Standing.FOREIGN


@pytest.mark.parametrize(
    "changes", [{}, {"days": MOVED}, {"title": "Changed"}, {"days": MOVED, "title": f"  {WISH.title} "}]
)
def test_a_recorded_event_without_marker_is_ours_while_title_or_days_are_as_written(
    changes: dict[str, Any],
) -> None:
    assert standing(observed(WISH, marker=None, genuine=False, **changes), record(WISH)) is Standing.STRIPPED


def test_a_recorded_event_without_marker_title_and_days_was_taken() -> None:
    changed = observed(WISH, marker=None, genuine=False, title="Changed", days=MOVED)
    assert standing(changed, record(WISH)) is Standing.TAKEN


def test_an_event_that_nobody_changed_since_our_write_is_ours_whatever_the_service_made_of_it() -> None:
    changed = observed(WISH, marker=None, genuine=False, title="Changed", days=MOVED, stamp="t1")
    assert standing(changed, record(WISH, stamp="t1")) is Standing.STRIPPED
    assert standing(changed, record(WISH, stamp="t0")) is Standing.TAKEN


def test_a_record_without_days_proves_nothing_about_an_event_without_days() -> None:
    undated = observed(WISH, marker=None, genuine=False, title="Changed", days=None)
    assert standing(undated, record(WISH, days=None)) is Standing.TAKEN


def test_an_event_without_marker_and_record_is_foreign_however_alike() -> None:
    assert standing(observed(WISH, marker=None, genuine=False)) is Standing.FOREIGN


def test_a_record_of_another_id_makes_nothing_ours() -> None:
    assert (
        standing(observed(WISH, "101", marker=None, genuine=False), record(WISH, "100")) is Standing.FOREIGN
    )


@pytest.mark.parametrize("marked", [True, False])
def test_rows_that_can_never_be_ours_are_foreign_whatever_they_carry(marked: bool) -> None:
    row = observed(WISH, writable=False) if marked else observed(WISH, writable=False, marker=None)
    assert standing(row, record(WISH)) is Standing.FOREIGN


def test_a_foreign_event_stands_for_no_key() -> None:
    others = (foreign(), observed(WISH, owner="neighbour"), observed(WISH, writable=False))
    assert [
        judge(one, owner=OWNER, records={}, copies_are_ours=True, adopt_from="").key for one in others
    ] == ["", "", ""]


def test_of_two_events_of_a_key_the_recorded_one_stays() -> None:
    seen = census(observed(WISH, "99"), observed(WISH, "100"), known=(record(WISH, "100"),))
    assert seen.keepers[WISH.key].event.remote_id == "100"
    assert [copy.event.remote_id for copy in seen.copies] == ["99"]


def test_without_a_record_the_lower_id_stays_counted_as_a_number() -> None:
    seen = census(observed(WISH, "100"), observed(WISH, "99"))
    assert seen.keepers[WISH.key].event.remote_id == "99"


def test_the_recorded_event_stays_even_where_its_marker_is_gone_and_another_carries_it() -> None:
    stripped = observed(WISH, "100", marker=None, genuine=False)
    seen = census(observed(WISH, "99"), stripped, known=(record(WISH, "100"),))
    assert seen.keepers[WISH.key].event is stripped
    assert [copy.event.remote_id for copy in seen.copies] == ["99"]


def test_copies_come_lowest_id_first_whatever_the_order_seen() -> None:
    copies = [observed(WISH, one, of="course_8") for one in ("1000", "998", "999")]
    assert [copy.event.remote_id for copy in census(*copies).copies] == ["998", "999", "1000"]


def test_a_copy_is_never_a_keeper() -> None:
    assert not census(observed(WISH, of="course_8")).keepers


def test_everybody_is_sorted_into_exactly_one_group() -> None:
    taken = observed(desired("taken"), "5", marker=None, genuine=False, title="x", days=MOVED)
    seen = census(
        observed(WISH, "1"), observed(WISH, "2", of="course_8"), foreign("3"), taken,
        known=(record(desired("taken"), "5"),),
    )  # fmt: skip
    assert (len(seen.keepers), len(seen.copies), len(seen.personal)) == (1, 1, 0)
    assert [event.remote_id for event in seen.foreign] == ["3"]
    assert [one.event.remote_id for one in seen.taken] == ["5"]


def test_a_moved_event_is_untouched_and_an_edited_one_is_not() -> None:
    assert untouched(observed(WISH, days=MOVED))
    assert not untouched(observed(WISH, title="Changed"))
    assert not untouched(observed(WISH, body_hash="other"))


def test_words_below_the_line_make_an_event_touched() -> None:
    assert not untouched(observed(WISH, tail="<p>Bring a pencil</p>"))


def test_an_event_without_marker_counts_as_touched() -> None:
    assert not untouched(observed(WISH, marker=None, genuine=False))


def test_ids_sort_as_numbers_and_stay_words() -> None:
    assert sorted(["10", "9", "b", "a"], key=id_order) == ["9", "a", "b", "10"]
