"""What goes on record of an event of ours as it was read or answered."""

from dataclasses import replace

import pytest

from mapping.planning.compare import as_record
from tests.support.events import desired, observed, record

WISH = desired()
WRITTEN = replace(record(WISH, generation=2, version="v1", stamp="t1"), wish="w1")


def test_the_time_and_the_wish_of_our_last_write_stay_on_record_while_its_mark_changes() -> None:
    seen = as_record(observed(desired(title="Before")), WISH.key, WRITTEN)
    assert seen.fingerprint != WRITTEN.fingerprint
    assert (seen.stamp, seen.wish) == ("t1", "w1")


def test_what_was_written_into_another_event_is_on_no_record_of_this_one() -> None:
    seen = as_record(observed(WISH, "101"), WISH.key, WRITTEN)
    assert (seen.remote_id, seen.stamp, seen.wish) == ("101", "", "")


def test_an_event_that_was_stored_without_its_mark_goes_on_record_with_none() -> None:
    seen = as_record(observed(WISH, marker=None, genuine=False), WISH.key, None)
    assert (seen.fingerprint, seen.generation, seen.stamp, seen.wish) == ("", 0, "", "")


def test_an_event_whose_mark_is_gone_keeps_the_one_on_record() -> None:
    assert as_record(observed(WISH, marker=None, genuine=False), WISH.key, WRITTEN) is WRITTEN


@pytest.mark.parametrize("has_tail", [True, False])
def test_words_below_the_line_that_were_not_read_are_as_they_were(has_tail: bool) -> None:
    known = replace(WRITTEN, has_tail=has_tail)
    assert as_record(observed(WISH, body_known=False, version="v2"), WISH.key, known).has_tail is has_tail
