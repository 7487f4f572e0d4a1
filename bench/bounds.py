"""The least a service's own rules allow: how few requests, how little time. Arithmetic only.

Canvas answers at most a hundred rows a page and looks at ten courses a call; it lets through what its leaky
bucket and the number of requests in flight allow. Google counts units in any sixty seconds.
"""

from __future__ import annotations

from math import ceil

COURSES_A_CALL = 10
ROWS_A_PAGE = 100
COURSES_A_PAGE_OF_DISCOVERY = 100
LIST_COST = 0.12
WRITE_COST = 0.2
OUTFLOW_PER_S = 10.0
HIGH_WATER = 600.0
HOLD = 50.0
UNITS_PER_MINUTE = 600
WINDOW_S = 60.0


def list_calls(courses: int, events_each: int) -> int:
    """Pages without which the events of so many courses cannot all be seen."""
    return max(ceil(courses / COURSES_A_CALL), ceil(courses * events_each / ROWS_A_PAGE))


def discovery_pages(courses: int) -> int:
    """Pages of a course list."""
    return max(1, ceil(courses / COURSES_A_PAGE_OF_DISCOVERY))


def write_rate(latency_s: float, in_flight: int) -> float:
    """Writes a second that bucket and concurrency allow for as long as one likes."""
    return min(OUTFLOW_PER_S / WRITE_COST, in_flight / latency_s)


def fill_seconds(writes: int, latency_s: float, in_flight: int, reserve: float) -> float:
    """Least seconds for so many writes: what an empty bucket gives at once, and its outflow after that.

    Each request in flight holds a part of the bucket, so what is free at once is what the usable part has
    beside the holds of as many requests as the lasting rate keeps in flight.
    """
    rate = write_rate(latency_s, in_flight)
    busy = rate * latency_s
    at_once = max(0.0, HIGH_WATER * (1 - reserve) - HOLD * busy) / WRITE_COST
    fastest = in_flight / latency_s
    # While what is free at once lasts, concurrency alone limits; outflow goes on meanwhile.
    burst_s = at_once / (fastest - rate) if fastest > rate else 0.0
    if writes <= burst_s * fastest:
        return writes / fastest
    return burst_s + (writes - burst_s * fastest) / rate


def google_seconds(units: int) -> float:
    """Least seconds for so many units: a full window at once, the next when it is over."""
    return max(0, ceil(units / UNITS_PER_MINUTE) - 1) * WINDOW_S


def share_of_quota(lists: float, over_s: float) -> float:
    """Part of a token's outflow that so many list calls within so many seconds take."""
    return lists * LIST_COST / (OUTFLOW_PER_S * over_s)
