"""Whether everything is as promised: every calendar in step within the promised time, and if not, which and why.

Pure arithmetic over what the daemon knows: `/readyz`, the metrics and the notify command all read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from syncd.config.settings import Settings
from syncd.daemon.snapshot import Snapshot
from syncd.state.context_notes import ContextNote


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """One thing that is not as promised. ``since``: seconds since the epoch. ``why``: for programs and people."""

    where: str
    """A context, a target, a kind of target, ``service`` or ``edit``."""
    target: str
    """The target that it belongs to, '' where it belongs to none."""
    since: float
    why: str
    fails: bool = False
    """Something was tried and failed; False for what is only late, or waits for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """``within_s``: in which a calendar is to be in step. ``audit_s``: in which each is read completely."""

    within_s: float
    audit_s: float

    @classmethod
    def of(cls, settings: Settings) -> Promise:
        """As the settings have it."""
        return cls(within_s=settings.promised_time, audit_s=settings.audit_interval)


def lapses(
    snapshot: Snapshot, notes: Mapping[str, ContextNote], promise: Promise, *, now: float
) -> Iterator[Lapse]:
    """Everything that is not as promised, nothing where all is well."""
    if not snapshot.attempted_at:
        yield Lapse(where="service", target="", since=snapshot.started_at, why="no cycle has ended yet")
        return
    overdue = now - promise.within_s
    if snapshot.problem and snapshot.problem_since < overdue:
        yield Lapse(
            where="service", target="", since=snapshot.problem_since, why=snapshot.problem, fails=True
        )
    if snapshot.edited_at and snapshot.edited_at < overdue:
        yield Lapse(where="edit", target="", since=snapshot.edited_at, why="an edit is not out yet")
    if not snapshot.contexts and not snapshot.run:
        yield Lapse(where="service", target="", since=snapshot.started_at, why="no cycle was made yet")
    for name, target in sorted(snapshot.context_targets.items()):
        lapse = _of_context(name, target, notes.get(name), snapshot, overdue - promise.audit_s, overdue)
        if lapse is not None:
            yield lapse
    yield from _services(snapshot)


def _of_context(
    name: str, target: str, note: ContextNote | None, snapshot: Snapshot, stale: float, overdue: float
) -> Lapse | None:
    if note is None or note.in_step_at is None:
        why = (note.error if note is not None else None) or _why_behind(snapshot)
        since = (note.failing_since if note is not None else None) or snapshot.started_at
        fails = note is not None and note.is_failing
        return Lapse(where=name, target=target, since=since, why=f"never in step: {why}", fails=fails)
    if note.failing_since is not None and note.failing_since < overdue:
        why = note.error or "it fails"
        return Lapse(where=name, target=target, since=note.failing_since, why=why, fails=True)
    if not note.view and note.in_step_at < overdue:
        return Lapse(where=name, target=target, since=note.in_step_at, why=_why_behind(snapshot))
    if note.in_step_at < stale:
        return Lapse(where=name, target=target, since=note.in_step_at, why="not seen in step for too long")
    return None


def _services(snapshot: Snapshot) -> Iterator[Lapse]:
    """What failed outside any context: a service, or a target whose courses could not be found."""
    for one in snapshot.failures:
        if one.where not in snapshot.context_targets:
            since = snapshot.failing_since.get(one.where, snapshot.attempted_at)
            yield Lapse(where=one.where, target=one.target, since=since, why=one.sentence, fails=True)


def _why_behind(snapshot: Snapshot) -> str:
    if snapshot.refused:
        return f"a plan waits for a person: {snapshot.decide}"
    if snapshot.paused:
        return "the service is paused"
    return "its plan is not carried out yet"
