"""The leaky bucket, its headers and both refusals."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from syncd.sandbox.canvas.throttle import Bucket, Limits
from syncd.sandbox.faults import Kind, Rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.canvas.conftest import Site


def test_answers_tell_their_cost_and_what_remains(site: Site) -> None:
    read = site.get("users/self")
    assert (read.headers["X-Request-Cost"], read.headers["X-Rate-Limit-Remaining"]) == ("0.12", "599.88")
    assert site.create(title="x").headers["X-Request-Cost"] == "0.2"


def test_sequential_requests_never_throttle(site: Site) -> None:
    assert {site.get("users/self").status_code for _ in range(100)} == {200}


def test_a_full_bucket_refuses_with_429_without_cost_and_the_request_is_not_executed(site: Site) -> None:
    site.canvas.throttle.fill("admin-token", 551.0)
    answer = site.create(title="x")
    assert answer.status_code == 429
    assert "Rate Limit Exceeded" in answer.text
    assert "X-Request-Cost" not in answer.headers
    assert "Retry-After" not in answer.headers
    assert site.world.course_events(101) == []


def test_the_older_refusal_is_a_403_in_plain_text(site: Site) -> None:
    site.canvas.throttle.limits.old_style = True
    site.canvas.throttle.fill("admin-token", 600.0)
    answer = site.get("users/self")
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "text/plain")
    assert answer.text == "403 Forbidden (Rate Limit Exceeded)\n"


def test_a_refusal_may_tell_a_positive_remainder_and_a_retry_after(site: Site) -> None:
    site.canvas.throttle.limits.remaining_lag = 18.5
    site.canvas.throttle.limits.retry_after = 7
    site.canvas.throttle.fill("admin-token", 550.0)
    answer = site.get("users/self")
    assert (answer.headers["X-Rate-Limit-Remaining"], answer.headers["Retry-After"]) == ("18.5", "7")


def test_the_bucket_leaks_ten_units_a_second(site: Site) -> None:
    site.canvas.throttle.fill("admin-token", 600.0)
    assert site.get("users/self").status_code == 429
    site.clock.seconds += 5.1
    assert site.get("users/self").status_code == 200


def test_tokens_have_buckets_of_their_own_and_acting_as_another_stays_in_the_callers(site: Site) -> None:
    other = site.world.add_user("Other")
    site.world.add_token(site.admin, "second")
    site.canvas.throttle.fill("admin-token", 600.0)
    assert site.get("users/self", {"as_user_id": other.id}).status_code == 429
    assert site.get("users/self", token="second").status_code == 200


def test_the_throttle_can_be_switched_off_from_outside(site: Site) -> None:
    site.canvas.throttle.fill("admin-token", 700.0)
    site.session.put(f"{site.base}/_sandbox/canvas/throttle", json={"enabled": False}, timeout=10)
    answer = site.get("users/self")
    assert answer.status_code == 200
    assert "X-Rate-Limit-Remaining" not in answer.headers


@pytest.mark.parametrize(("gap", "passed"), [(0.0, 11), (0.01, 12)])
def test_eleven_requests_at_once_pass_the_twelfth_only_after_a_leak_and_the_thirteenth_never(
    gap: float, passed: int
) -> None:
    bucket, limits = Bucket(), Limits()
    counts = [bucket.add(limits.hold, number * gap, limits) for number in range(13)]
    assert sum(count < limits.high_water for count in counts) == passed


def test_requests_in_flight_hold_their_share_until_they_are_done(
    site: Site, until: Callable[[Callable[[], bool]], None]
) -> None:
    site.canvas.faults.add(Rule(kind=Kind.STALL, path="users/self", times=11))
    with ThreadPoolExecutor(11) as pool:
        waiting = [pool.submit(site.get, "users/self", headers={"Connection": "close"}) for _ in range(11)]
        until(lambda: site.canvas.faults.stalled == 11)
        refused = site.get("accounts/self")
        site.canvas.faults.release()
        statuses = [future.result().status_code for future in waiting]
    assert refused.status_code == 429
    assert statuses == [200] * 11
    assert site.get("accounts/self").status_code == 200
