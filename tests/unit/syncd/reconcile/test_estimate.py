"""How long a plan's writes take at least, from the quotas of the services."""

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from mapping.model import Change, Context, Create, Days, DesiredEvent, Fingerprint, Part, Why
from syncd.reconcile.estimate import estimate
from syncd.state.plans import Edition, PlanStore

COURSE = Context(id="course_1", kind="canvas", target="a")
CALENDAR = Context(id="law@example", kind="google", target="b")
CONTEXTS = {one.id: one for one in (COURSE, CALENDAR)}
SERVICES = cast(
    "Any", {"canvas": SimpleNamespace(writes_per_s=50.0), "google": SimpleNamespace(writes_per_s=10.0)}
)


@pytest.fixture
def plans() -> Iterator[PlanStore]:
    store = PlanStore()
    yield store
    store.close()


def creates(context: Context, count: int) -> list[Change]:
    day = Days.inclusive(date(2031, 9, 1), date(2031, 9, 1))
    return [
        Create(
            context=context.id,
            why=Why.FILL,
            desired=DesiredEvent(
                key=f"2031-2032:e{number}:main",
                entry=f"e{number}",
                part=Part.MAIN,
                title="Exam",
                body="",
                body_hash="",
                days=day,
                colour="1",
                fingerprint=Fingerprint(text="0" * 16, when="0" * 8),
            ),
        )
        for number in range(count)
    ]


def test_the_slowest_service_says_how_long_it_takes(plans: PlanStore) -> None:
    plans.add(Edition.IN_FORCE, COURSE, creates(COURSE, 100))
    plans.add(Edition.IN_FORCE, CALENDAR, creates(CALENDAR, 150))
    expected = estimate(plans, Edition.IN_FORCE, CONTEXTS, SERVICES)
    assert (expected.writes, expected.seconds) == (250, 15.0)
    assert expected.worth_telling
    assert str(expected) == "250 writes, at least 15 seconds at the pace the services allow"


def test_a_short_plan_is_not_worth_telling(plans: PlanStore) -> None:
    plans.add(Edition.IN_FORCE, COURSE, creates(COURSE, 100))
    assert not estimate(plans, Edition.IN_FORCE, CONTEXTS, SERVICES).worth_telling


def test_a_service_that_tells_no_pace_adds_nothing(plans: PlanStore) -> None:
    plans.add(Edition.IN_FORCE, CALENDAR, creates(CALENDAR, 150))
    services = cast("Any", {"google": SimpleNamespace()})
    assert estimate(plans, Edition.IN_FORCE, CONTEXTS, services).seconds == 0.0
