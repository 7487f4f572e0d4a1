"""AuditSelection: what an edit concerns is read now, the rest in its turn, nothing from memory at first."""

from __future__ import annotations

from typing import Any

from mapping.model import Context, Target
from syncd.daemon.audit import AT_LEAST, AuditSelection
from syncd.reconcile.desired import DesiredSets
from syncd.state.context_notes import ContextNote
from tests.support.events import TODAY, course
from tests.unit.mapping.invented import calendar, entry, target

LINE = target("school", kind="canvas")
VIEWS = DesiredSets(calendar(entry("a")), TODAY)
TARGETS = {LINE.name: LINE}
MANY = [course(f"course_{number}") for number in range(100)]


def note(name: str, **given: Any) -> ContextNote:
    values: dict[str, Any] = {
        "kind": "canvas", "target": "line", "name": "", "events_seen": 1, "filled_at": 1.0, "observed_at": 1.0,
        "in_step_at": 1.0, "failing_since": None, "failures": 0, "retry_at": None, "error": None,
        "view": VIEWS.digest(LINE),
    }  # fmt: skip
    return ContextNote(context=name, **(values | given))


def audit(*, seen: list[Context] | None = None, interval_s: float = 1.0, **given: Any) -> AuditSelection:
    names = {one.id for one in (MANY if seen is None else seen)}
    return AuditSelection(interval_s=interval_s, audit_s=100_000.0, seen=names, **given)


def chosen(audit: AuditSelection, notes: list[ContextNote], views: DesiredSets = VIEWS) -> list[str]:
    targets: dict[str, Target] = TARGETS
    return [one.id for one in audit.choose(MANY, {one.context: one for one in notes}, views, targets)]


def quiet(**of: dict[str, Any]) -> list[ContextNote]:
    return [note(one.id, **of.get(one.id, {})) for one in MANY]


def test_a_process_that_has_read_nothing_yet_reads_everything() -> None:
    assert len(chosen(audit(seen=[]), quiet())) == 100


def test_what_was_chosen_and_then_not_read_is_chosen_again() -> None:
    one = audit(seen=[])
    assert len(chosen(one, quiet())) == 100
    one.read([context.id for context in MANY[:90]])
    assert set(chosen(one, quiet())) >= {context.id for context in MANY[90:]}


def test_a_quiet_university_is_read_in_turns_oldest_look_first() -> None:
    notes = quiet(**{f"course_{number}": {"observed_at": 0.5} for number in range(60, 100)})
    assert chosen(audit(), notes) == [f"course_{number}" for number in range(60, 60 + AT_LEAST)]


def test_what_an_edit_concerns_is_read_at_once_and_nothing_else() -> None:
    edited = DesiredSets(calendar(entry("b")), TODAY)
    assert len(chosen(audit(only_concerned=True), quiet(), edited)) == 100
    assert chosen(audit(only_concerned=True), quiet()) == []


def test_a_context_that_is_not_in_step_fails_or_is_unknown_is_read() -> None:
    notes = quiet(course_3={"view": ""}, course_4={"failing_since": 1.0})
    notes = [one for one in notes if one.context != "course_5"]
    assert chosen(audit(only_concerned=True), notes) == ["course_3", "course_4", "course_5"]


def test_the_share_of_a_cycle_reads_all_within_the_audit_interval() -> None:
    assert AuditSelection(interval_s=900.0, audit_s=21600.0).share(24_000) >= 1000


def test_the_share_never_falls_below_a_small_university() -> None:
    assert AuditSelection(interval_s=1.0, audit_s=1e9).share(5) == AT_LEAST
