"""What saving does to dates and all-day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from syncd.sandbox.canvas.zones import zone_named

if TYPE_CHECKING:
    from tests.sandbox.canvas.conftest import Site

MIDNIGHT = "2026-09-07T00:00:00+05:00"
CAMPUS = {"time_zone_edited": "Asia/Almaty"}


def when(event: Any) -> tuple[Any, ...]:
    return event["start_at"], event["end_at"], event["all_day"], event["all_day_date"]


def test_a_lone_start_or_end_fills_the_other(site: Site) -> None:
    assert when(site.made(start_at="2026-09-07T08:00:00Z"))[:2] == ("2026-09-07T08:00:00Z",) * 2
    assert when(site.made(end_at="2026-09-07T08:00:00Z"))[:2] == ("2026-09-07T08:00:00Z",) * 2


def test_an_end_before_the_start_becomes_the_start_silently(site: Site) -> None:
    made = site.made(start_at="2026-09-07T08:00:00Z", end_at="2026-09-01T08:00:00Z")
    assert made["end_at"] == made["start_at"] == "2026-09-07T08:00:00Z"


def test_a_timed_event_at_local_midnight_becomes_all_day_by_itself(site: Site) -> None:
    made = site.made(start_at=MIDNIGHT, all_day="false")
    assert when(made) == ("2026-09-06T19:00:00Z", "2026-09-06T19:00:00Z", True, "2026-09-07")


def test_the_stored_zone_decides_what_midnight_is_over_the_users_profile(site: Site) -> None:
    site.admin.time_zone = "America/New_York"
    assert site.made(start_at=MIDNIGHT)["all_day"] is False
    assert site.made(start_at=MIDNIGHT, **CAMPUS)["all_day"] is True


def test_utc_midnight_lands_on_the_day_before_west_of_greenwich(site: Site) -> None:
    made = site.made(start_at="2026-09-07T00:00:00Z", all_day="true", time_zone_edited="America/New_York")
    assert when(made) == ("2026-09-06T04:00:00Z", "2026-09-06T04:00:00Z", True, "2026-09-06")


def test_rails_names_of_zones_count_and_nonsense_falls_back_to_the_users_zone(site: Site) -> None:
    rails = site.made(start_at="2024-05-22T04:00:00Z", all_day="true", time_zone_edited="Budapest")
    assert rails["start_at"] == "2024-05-21T22:00:00Z"
    fallback = site.made(start_at="2026-09-07T04:00:00Z", all_day="true", time_zone_edited="Nowhere/City")
    assert fallback["start_at"] == "2026-09-06T19:00:00Z"


def test_a_user_without_a_zone_gets_the_root_accounts(site: Site) -> None:
    site.admin.time_zone = None
    site.world.root.default_zone = "Europe/Budapest"
    assert site.made(start_at="2026-09-07")["start_at"] == "2026-09-06T22:00:00Z"


def test_all_day_with_a_later_end_spans_days(site: Site) -> None:
    made = site.made(start_at=MIDNIGHT, end_at="2026-09-09T15:00:00+05:00", all_day="true", **CAMPUS)
    assert when(made) == ("2026-09-06T19:00:00Z", "2026-09-08T19:00:00Z", True, "2026-09-07")


def test_changing_dates_of_a_multi_day_all_day_event_clears_all_day_and_leaves_its_date_stale(
    site: Site,
) -> None:
    made = site.made(start_at=MIDNIGHT, end_at="2026-09-09T00:00:00+05:00", all_day="true", **CAMPUS)
    moved = site.update(
        made["id"],
        start_at="2026-09-14T00:00:00+05:00",
        end_at="2026-09-16T00:00:00+05:00",
        all_day="true",
    ).json()
    assert when(moved) == ("2026-09-13T19:00:00Z", "2026-09-15T19:00:00Z", False, "2026-09-07")


def test_a_multi_day_date_change_works_in_two_steps(site: Site) -> None:
    made = site.made(start_at=MIDNIGHT, end_at="2026-09-09T00:00:00+05:00", all_day="true", **CAMPUS)
    assert site.update(made["id"], all_day="false").json()["all_day"] is False
    moved = site.update(
        made["id"], start_at="2026-09-14T00:00:00+05:00", end_at="2026-09-16T00:00:00+05:00", all_day="true"
    ).json()
    assert when(moved) == ("2026-09-13T19:00:00Z", "2026-09-15T19:00:00Z", True, "2026-09-14")


def test_moving_a_single_all_day_event_to_another_midnight_keeps_it_all_day(site: Site) -> None:
    made = site.made(start_at=MIDNIGHT, all_day="true", **CAMPUS)
    to = "2026-09-10T00:00:00+05:00"
    moved = site.update(made["id"], start_at=to, end_at=to, all_day="true").json()
    assert when(moved) == ("2026-09-09T19:00:00Z", "2026-09-09T19:00:00Z", True, "2026-09-10")


def test_moving_only_the_start_of_an_all_day_event_back_makes_it_timed(site: Site) -> None:
    made = site.made(start_at=MIDNIGHT, all_day="true", **CAMPUS)
    moved = site.update(made["id"], start_at="2026-09-05T00:00:00+05:00").json()
    assert moved["all_day"] is False


def test_noon_is_floored_on_create_and_counts_as_a_change_on_update(site: Site) -> None:
    noon = {"start_at": "2026-09-07T12:00:00+05:00", "end_at": "2026-09-07T12:00:00+05:00", "all_day": "true"}
    made = site.made(**noon, **CAMPUS)
    assert when(made) == ("2026-09-06T19:00:00Z", "2026-09-06T19:00:00Z", True, "2026-09-07")
    assert site.update(made["id"], **noon).json()["all_day"] is False


def test_the_same_dates_again_change_nothing(site: Site) -> None:
    made = site.made(start_at=MIDNIGHT, end_at="2026-09-09T00:00:00+05:00", all_day="true", **CAMPUS)
    again = site.update(
        made["id"], start_at=MIDNIGHT, end_at="2026-09-09T00:00:00+05:00", all_day="true", **CAMPUS
    ).json()
    assert when(again) == when(made)


def test_a_span_to_one_minute_before_midnight_stays_timed(site: Site) -> None:
    made = site.made(start_at=MIDNIGHT, end_at="2026-09-09T23:59:00+05:00", **CAMPUS)
    assert when(made) == ("2026-09-06T19:00:00Z", "2026-09-09T18:59:00Z", False, None)


def test_dates_without_offset_are_read_in_the_users_zone(site: Site) -> None:
    assert site.made(start_at="2026-09-07T10:00:00")["start_at"] == "2026-09-07T05:00:00Z"
    site.admin.time_zone = "America/New_York"
    assert site.made(start_at="2026-09-07T10:00:00")["start_at"] == "2026-09-07T14:00:00Z"


@pytest.mark.parametrize("raw", ["next week", "2026-02-30", "2026-09-07T25:00:00Z", ""])
def test_unreadable_dates_leave_the_event_undated_without_an_error(site: Site, raw: str) -> None:
    assert when(site.made(start_at=raw)) == (None, None, False, None)


def test_a_switch_refuses_unreadable_dates(site: Site) -> None:
    site.world.switches.bad_event_dates_refused = True
    assert site.create(start_at="next week").status_code == 400


def test_an_all_day_event_stays_on_its_local_day_over_a_clock_change(site: Site) -> None:
    zone = {"time_zone_edited": "Europe/Budapest"}
    made = site.made(start_at="2026-10-25T12:00:00+01:00", all_day="true", **zone)
    assert when(made) == ("2026-10-24T22:00:00Z", "2026-10-24T22:00:00Z", True, "2026-10-25")


def test_zone_names_that_are_no_zone_name_none() -> None:
    assert [zone_named(raw) for raw in (None, "", "../etc/passwd", "No/Where")] == [None] * 4
