"""What is wrong outside any one calendar, remembered in the state from pass to pass.

A calendar's own failure stands in its `ContextNote`. A service that refuses us, a target whose courses cannot
be found, data files that are no calendar and a pass that could not be made have no calendar to stand with:
they stand here, each with the moment since when, so that whoever asks, with or without a daemon, today or
after a restart, gets the same answer.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from syncd.reconcile.report import CycleReport
from syncd.state.ledger import Ledger

DATA, PASS = "data", "pass"
"""What `Trouble.where` is for unusable data files, and for a pass that could not be made at all."""
_FACT = "health"
LEAST_ROOM = 4 * 1024 * 1024
"""Bytes that must be free where the state lies: with less, the next pass could not even say that it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """``where``: a kind of service, a target, a course that a target lists, `DATA` or `PASS`.

    ``since``: seconds since the epoch.
    """

    where: str
    target: str = ""
    sentence: str
    since: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """``read``: targets whose calendars were found at least once.

    ``left_behind``: calendars that hold events of ours and that no target claims any more.
    """

    read: frozenset[str] = frozenset()
    troubles: tuple[Trouble, ...] = ()
    left_behind: tuple[str, ...] = ()

    def since(self, where: str, target: str, otherwise: float) -> float:
        """Since when that trouble has been there; ``otherwise`` where it is new."""
        known = (one.since for one in self.troubles if (one.where, one.target) == (where, target))
        return next(known, otherwise)

    def after_pass(self, report: CycleReport, *, now: float) -> Health:
        """After a pass that was made, over all targets or some. What the others' last pass told stays."""
        asked = set(report.targets)
        kept = [
            one
            for one in self.troubles
            if one.where == DATA or (report.only_targets and one.target and one.target not in asked)
        ]
        found = [
            self._trouble(one.where, one.target, one.sentence, now=now)
            for one in report.failures
            if one.where not in report.contexts
        ]
        clashes = [self._trouble(clash.context, "", str(clash), now=now) for clash in report.clashes]
        unfound = {one.target or one.where for one in found}
        seen = {name for name in asked if name not in unfound and self._is_served(name, report, unfound)}
        return replace(
            self,
            read=(self.read | seen) & (report.target_values.keys() | asked),
            troubles=(*kept, *_once(found), *clashes),
            left_behind=self._left_behind(report),
        )

    def after_failure(self, sentence: str, *, now: float) -> Health:
        """After a pass that could not be made. All that was known before stays true until one is."""
        others = tuple(one for one in self.troubles if one.where != PASS)
        return replace(self, troubles=(self._trouble(PASS, "", sentence, now=now), *others))

    def with_data_problem(self, sentence: str, *, now: float) -> Health:
        """The sentence of data files that cannot be used; '' where they can."""
        others = tuple(one for one in self.troubles if one.where != DATA)
        found = (self._trouble(DATA, "", sentence, now=now),) if sentence else ()
        return replace(self, troubles=(*found, *others))

    def _trouble(self, where: str, target: str, sentence: str, *, now: float) -> Trouble:
        return Trouble(
            where=where,
            target=target,
            sentence=sentence,
            since=self.since(where, target, now),
        )

    def _left_behind(self, report: CycleReport) -> tuple[str, ...]:
        """As this pass found it; one with failures does not know, so what was known stays but for what is claimed."""
        if report.failures:
            return tuple(one for one in self.left_behind if one not in report.contexts)
        return tuple(sorted(report.left_behind))

    @staticmethod
    def _is_served(name: str, report: CycleReport, unfound: Iterable[str]) -> bool:
        """False for a target whose service did not answer: nothing was found, and nothing was asked."""
        target = report.target_values.get(name)
        return target is None or target.kind not in unfound


def _once(found: Iterable[Trouble]) -> Iterable[Trouble]:
    """One a place: a service that fails is told of by each target that it fails for."""
    return {(one.where, one.target, one.sentence): one for one in found}.values()


def recall(ledger: Ledger) -> Health:
    """What the last passes left; nothing where none was made, or a later version wrote it in another form."""
    try:
        kept = json.loads(ledger.fact(_FACT) or "{}")
        return Health(
            read=frozenset(kept.get("read", ())),
            troubles=tuple(Trouble(**one) for one in kept.get("troubles", ())),
            left_behind=tuple(kept.get("left_behind", ())),
        )
    except (ValueError, TypeError, AttributeError):
        return Health()


def remember(ledger: Ledger, health: Health) -> None:
    """Keep it; no write where nothing changed."""
    kept = {
        "read": sorted(health.read),
        "troubles": [asdict(one) for one in health.troubles],
        "left_behind": list(health.left_behind),
    }
    ledger.set_fact(_FACT, json.dumps(kept, ensure_ascii=False))


def disk_troubles(folder: Path, *, now: float) -> tuple[Trouble, ...]:
    """That the disk of the state's folder is full, which the state itself may have no room to remember."""
    if not folder.is_dir():
        return ()
    free = shutil.disk_usage(folder).free
    if free >= LEAST_ROOM:
        return ()
    told = f"The disk of {folder} is full ({free // 1024} KiB free): make room, or nothing is written."
    return (Trouble(where="state", sentence=told, since=now),)
