"""Calendar and targets where several machines serve one state: from the state, never from a folder.

What lies in this machine's folder is offered to the others (`syncd.state.candidates`); what all of them agree
on is read back from the state.
"""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from connectors.registry import TARGET_FIELDS
from mapping.errors import InvalidCalendarError
from mapping.model import Targets
from syncd.config.settings import Settings
from syncd.errors import SettingsError
from syncd.reconcile.editions import Candidate
from syncd.reconcile.revisions import edition_times, keep_edition_times
from syncd.source.folder import SourceFolder, read_calendar, targets_from
from syncd.state.candidates import Candidates, Kind, Offer
from syncd.state.port import Connection
from syncd.state.store import State
from syncd.wiring import calendar_folder

TARGETS_NAME = "targets"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDisk:
    """One good edition in this machine's folder."""

    kind: Kind
    digest: str
    files: dict[str, bytes]
    edited_at: Mapping[str, float] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class SharedSources:
    """One machine's part in what all serve. ``problem``: what a person must know of its folder, '' for nothing."""

    settings: Settings
    state: State
    machine: str = ""
    offers: bool = True
    """False: what lies on disk is no business of this process."""
    problem: str = ""
    stale: tuple[Kind, ...] = ()
    """Kinds of which this machine has an older copy."""
    then: Callable[[Connection], object] = lambda _connection: None
    """Done in the transaction that accepts an edition."""
    _before: dict[Kind, str] = field(default_factory=dict)
    """What lay on disk when this process looked last."""
    _taken: dict[Kind, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.machine:
            # Two folders on one machine are two copies.
            self.machine = f"{socket.gethostname()}:{self.settings.calendar_dir}"

    def offer_disk(self, *, now: float, by_hand: bool = False) -> dict[Kind, Offer]:
        """Offer what lies on disk; what is bad there is a problem and changes nothing."""
        self.problem, self.stale = "", ()
        answers: dict[Kind, Offer] = {}
        if not self.offers:
            return answers
        try:
            for edition in self._on_disk():
                answers[edition.kind] = self._offer(edition, now=now, by_hand=by_hand)
        except (InvalidCalendarError, SettingsError) as error:
            self.problem = str(error)
            return answers
        unknown = [kind.value for kind, answer in answers.items() if answer is Offer.UNKNOWN]
        if unknown:
            self.problem = (
                f"The {' and the '.join(unknown)} on {self.machine} is neither what is served nor made from what "
                "this machine had before, so it changes nothing: `syncd push` on that machine puts it in force."
            )
        self.stale = tuple(kind for kind, answer in answers.items() if answer is Offer.STALE)
        return answers

    def changed(self) -> bool:
        """Whether another edition is to be served than was taken up last."""
        return self._candidates().current() != self._taken

    @property
    def targets_digest(self) -> str:
        """Of the targets that were taken up last."""
        return self._taken.get(Kind.TARGETS, "")

    def take(self, name: str) -> tuple[Candidate, Targets]:
        """What is to be served now. ``name``: of the targets file. Raises `SettingsError` before there is any."""
        current = self._candidates().current()
        ledger = self.state.ledger
        files = ledger.calendar_files(current.get(Kind.CALENDAR) or "-")
        kept = ledger.calendar_files(current.get(Kind.TARGETS) or "-")
        if files is None or kept is None:
            raise SettingsError(
                self.problem
                or "No machine has put a calendar and targets in force yet: `syncd push` does it."
            )
        calendar = SourceFolder.from_files(files).served()
        targets = targets_from(name, kept[TARGETS_NAME], calendar, TARGET_FIELDS)
        self._taken = current
        edited_at = edition_times(ledger, calendar.digest)
        return Candidate(calendar=calendar, files=files, edited_at=edited_at), targets

    def _offer(self, edition: OnDisk, *, now: float, by_hand: bool) -> Offer:
        before = self._before.get(edition.kind)
        self._before[edition.kind] = edition.digest
        self.state.ledger.keep_calendar(edition.digest, edition.files, now=now)
        answer = self._candidates().offer(
            edition.kind,
            edition.digest,
            machine=self.machine,
            seen_to_change=before is not None and before != edition.digest,
            by_hand=by_hand,
            now=now,
            then=self.then,
        )
        if edition.edited_at and answer in {Offer.CURRENT, Offer.ACCEPTED}:
            keep_edition_times(self.state.ledger, edition.digest, edition.edited_at)
        return answer

    def _on_disk(self) -> Iterator[OnDisk]:
        folder = calendar_folder(self.settings)
        source = read_calendar(folder)
        calendar = source.served()
        path = self.settings.targets_file
        if path is None:
            raise SettingsError("Nothing is configured: SYNCD_TARGETS_FILE names no file.")
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise SettingsError(f"SYNCD_TARGETS_FILE: {path} cannot be read ({error.strerror}).") from None
        targets_from(path.name, raw, calendar, TARGET_FIELDS)
        yield OnDisk(
            kind=Kind.CALENDAR, digest=calendar.digest, files=dict(source.files), edited_at=source.edited_at
        )
        digest = "targets-" + hashlib.sha256(raw).hexdigest()
        yield OnDisk(kind=Kind.TARGETS, digest=digest, files={TARGETS_NAME: raw})

    def _candidates(self) -> Candidates:
        return Candidates(self.state.database)
