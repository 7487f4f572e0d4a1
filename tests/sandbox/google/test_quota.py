"""Quota: the sliding minute, bursts on one calendar, the long-term limit of writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.google.conftest import Google


def test_the_601st_unit_within_a_minute_is_refused_and_the_window_slides(google: Google) -> None:
    google.switches.units_per_minute = 5
    for _ in range(3):
        google.page()
    google.clock.now += 30
    for _ in range(2):
        google.page()
    assert google.reason(google.refused_list()) == (403, "rateLimitExceeded")
    google.clock.now += 30
    for _ in range(3):
        google.page()
    assert google.refused_list().status_code == 403


def test_six_hundred_units_a_minute_are_the_default(google: Google) -> None:
    google.world.quota.charge(
        google.world.service_account, 600, google.clock.now, limit=None, project_limit=None
    )
    assert google.reason(google.refused_list()) == (403, "rateLimitExceeded")


def test_a_patch_that_does_not_fit_is_refused_while_a_put_still_fits(google: Google) -> None:
    google.insert()
    google.switches.units_per_minute = 3
    assert google.patch("finals1", {"summary": "a"}).status_code == 403
    assert google.put("finals1", google.all_day(summary="a")).status_code == 200


@pytest.mark.parametrize(
    ("code", "reason", "message"),
    [
        (403, "rateLimitExceeded", "Rate Limit Exceeded"),
        (429, "rateLimitExceeded", "Rate Limit Exceeded"),
        (403, "userRateLimitExceeded", "User Rate Limit Exceeded"),
        (403, "dailyLimitExceeded", "Daily Limit Exceeded"),
    ],
)
def test_a_refusal_for_speed_has_four_forms(google: Google, code: int, reason: str, message: str) -> None:
    google.switches.units_per_minute = 0
    google.switches.rate_limit_code = code  # type: ignore[assignment]
    google.switches.rate_limit_reason = reason  # type: ignore[assignment]
    error = google.refused_list().json()["error"]
    assert (error["code"], error["message"]) == (code, message)
    assert error["errors"] == [{"domain": "usageLimits", "reason": reason, "message": message}]


def test_retry_after_comes_only_if_a_switch_says_so(google: Google) -> None:
    google.switches.units_per_minute = 0
    assert "retry-after" not in google.refused_list().headers
    google.switches.retry_after_s = 7
    assert google.refused_list().headers["retry-after"] == "7"


def test_quota_user_charges_somebody_else(google: Google) -> None:
    google.switches.units_per_minute = 1
    google.page()
    assert google.refused_list().status_code == 403
    assert google.refused_list(quotaUser="law").status_code == 200
    assert google.refused_list(quotaUser="law").status_code == 403
    path = f"calendars/{google.law}/events"
    assert google.call("GET", path, headers={"x-goog-quota-user": "economics"}).status_code == 200


def test_a_new_token_of_the_same_account_has_no_new_quota(google: Google) -> None:
    google.switches.units_per_minute = 1
    google.page()
    google.http.headers["authorization"] = "Bearer another-token"
    assert google.refused_list().status_code == 403


def test_all_accounts_together_share_the_projects_quota(google: Google) -> None:
    google.switches.project_units_per_minute = 2
    assert google.refused_list(quotaUser="a").status_code == 200
    assert google.refused_list(quotaUser="b").status_code == 200
    assert google.refused_list(quotaUser="c").status_code == 403


def test_a_burst_of_writes_on_one_calendar_is_slowed_while_others_and_reads_go_on(google: Google) -> None:
    google.switches.burst_writes = 2
    google.insert("aaaaa")
    google.insert("bbbbb")
    assert google.reason(google.post(google.all_day())) == (403, "rateLimitExceeded")
    assert google.ids() == ["aaaaa", "bbbbb"]
    elsewhere = google.call("POST", f"calendars/{google.economics}/events", google.all_day())
    assert elsewhere.status_code == 200
    google.clock.now += 10
    assert google.post(google.all_day()).status_code == 200


def test_quota_exceeded_stops_writes_only(google: Google) -> None:
    google.insert()
    google.switches.quota_exceeded = True
    answer = google.put("finals1", google.all_day(summary="New"))
    assert google.reason(answer) == (403, "quotaExceeded")
    assert answer.json()["error"]["message"] == "Calendar usage limits exceeded."
    assert google.get()["summary"] == "Exams begin"


def test_quota_exceeded_can_begin_after_so_many_writes(google: Google) -> None:
    google.switches.quota_exceeded_after = 1
    google.insert()
    assert google.reason(google.post(google.all_day())) == (403, "quotaExceeded")
    assert google.switches.quota_exceeded is True
