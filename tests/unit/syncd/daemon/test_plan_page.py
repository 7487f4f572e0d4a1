"""The plan that waits stands beside the state as a page, for the service alone, as long as it waits."""

import stat
from datetime import date
from pathlib import Path

import pytest

from mapping.model import Days
from mapping.planning.guards import GuardHit, GuardLevel
from syncd.daemon.plan_page import PlanPage
from syncd.reconcile.report import CycleReport
from syncd.state.plans import Edition
from tests.unit.syncd.reporting.plan.plans import TODAY, course, event, move, report

KEY = "2031-2032:papers-michaelmas:main"
HIT = GuardHit(
    guard="moved",
    level=GuardLevel.EDIT,
    scope="y",
    found=11,
    limit=10,
    sentence="11 moved",
    subjects=frozenset("x"),
)


def waiting() -> CycleReport:
    """What a real cycle is left with: nothing to do in force, and an edit that waits."""
    made = report(refused=(HIT,))
    one = course(1)
    change = move(
        one, event(KEY, "Papers", date(2031, 12, 16)), Days.inclusive(date(2031, 12, 19), date(2031, 12, 19))
    )
    made.plans.add(Edition.WAITING, one, [change])
    made.contexts[one.id] = one  # type: ignore[index]
    return made


def keep(page: PlanPage, made: CycleReport) -> None:
    assert made.calendar is not None
    page.keep(made, made.calendar, TODAY)


def test_the_edit_that_waits_is_shown_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    page = PlanPage(tmp_path / "state")
    keep(page, waiting())
    text = page.path.read_text("utf-8")
    assert "1 deadline moves, in 1 place" in text.replace("\u00a0", " ")
    assert stat.S_IMODE(page.path.stat().st_mode) == 0o600
    assert [one.name for one in page.path.parent.iterdir()] == ["plan.html"]


def test_it_goes_with_what_it_shows(tmp_path: Path) -> None:
    page = PlanPage(tmp_path)
    keep(page, waiting())
    keep(page, report())
    assert not page.path.exists()
    keep(page, report())


def test_a_plan_that_goes_on_waiting_is_not_written_anew(tmp_path: Path) -> None:
    page = PlanPage(tmp_path)
    keep(page, waiting())
    page.path.write_text("as it was", "utf-8")
    keep(page, waiting())
    assert page.path.read_text("utf-8") == "as it was"
    PlanPage(tmp_path).keep(made := waiting(), made.calendar, TODAY)  # type: ignore[arg-type]
    assert page.path.read_text("utf-8") != "as it was"


def test_a_link_in_its_place_is_replaced_and_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("mine", "utf-8")
    page = PlanPage(tmp_path)
    page.path.symlink_to(other)
    page.path.with_suffix(".new").symlink_to(other)
    keep(page, waiting())
    assert other.read_text("utf-8") == "mine"
    assert not page.path.is_symlink()


def test_what_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file", "utf-8")
    with pytest.raises(OSError, match="state"):
        keep(PlanPage(tmp_path / "state"), waiting())
