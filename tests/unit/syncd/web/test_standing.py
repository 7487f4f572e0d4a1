"""In how many calendars an entry stands, counted at most once a minute."""

from datetime import date

import pytest

from syncd.reconcile.desired import DesiredSets
from syncd.source.folder import load_calendar
from syncd.web.standing import COUNTED_FOR_S, Census, CensusTaker, Standing, standings
from tests.support.page_site import PILOT, SHARED

EXAMS = "2025-2026:exams-autumn:main"
VIEWS = DesiredSets(load_calendar(None)[0], date(2025, 12, 16))
TARGETS = {one.name: one for one in (PILOT, SHARED)}


def stands(census: Census, entry: str = "exams-autumn") -> list[Standing]:
    return list(standings(census, VIEWS, TARGETS, "2025-2026", entry))


@pytest.mark.parametrize(
    ("held", "removed", "behind", "said"),
    [
        (40, 0, 0, (40, 40, 0)),
        (38, 0, 2, (38, 40, 0)),
        (38, 1, 1, (38, 40, 1)),
        (40, 0, 5, (40, 40, 0)),  # behind in something else
        (0, 0, 40, (0, 40, 0)),
    ],
)
def test_what_is_behind_and_lacks_the_entry_is_still_wanted_there(
    held: int, removed: int, behind: int, said: tuple[int, int, int]
) -> None:
    census = Census(
        held={("pilot", EXAMS): held},
        removed={("pilot", EXAMS): removed},
        contexts={"pilot": 40},
        behind={"pilot": behind},
    )
    (one,) = stands(census)
    assert (one.done, one.wanted, one.removed) == said


def test_calendars_that_are_as_desired_without_it_are_not_counted() -> None:
    census = Census(held={}, removed={}, contexts={"pilot": 40, "law-calendar": 1}, behind={})
    assert stands(census) == []


def test_calendars_that_should_not_show_it_are_not_counted() -> None:
    census = Census(held={("pilot", EXAMS): 3}, removed={}, contexts={"pilot": 3}, behind={})
    assert stands(census, "nothing-of-the-kind") == []


class Events:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def notes(self) -> dict[str, object]:
        self.asked += 1
        return {}

    def held(self) -> dict[tuple[str, str], int]:
        return {}

    removed = held


def test_the_state_is_counted_once_a_minute_however_many_ask() -> None:
    now = 0.0
    taker, events = CensusTaker(lambda: now), Events()
    for _ in range(100):
        taker.census(events)  # type: ignore[arg-type]
    assert events.asked == 1
    now = COUNTED_FOR_S
    taker.census(events)  # type: ignore[arg-type]
    assert events.asked == 2
