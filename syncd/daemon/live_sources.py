"""What the daemon serves: calendar and targets as they lie on disk, or the last good ones.

A bad edit changes nothing: the last good calendar and targets go on being served, also after a
restart, since both are kept in the state.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from connectors.registry import TARGET_FIELDS
from mapping.errors import InvalidCalendarError
from mapping.model import Targets
from syncd.config.settings import Settings
from syncd.daemon.shared_sources import SharedSources
from syncd.errors import SettingsError
from syncd.reconcile.editions import IN_FORCE_FACT, Candidate
from syncd.source.folder import SourceFolder, read_calendar, targets_from
from syncd.state.ledger import Ledger
from syncd.wiring import calendar_folder

TARGETS_FACT = "targets-in-force"
TARGETS_NAME = "targets"


@dataclass(slots=True, kw_only=True)
class LiveSources:
    """``problem`` is the sentence of a bad edit, '' while the files are good."""

    settings: Settings
    ledger: Ledger
    shared: SharedSources | None = None
    """Where several machines serve one state: what they agree on counts, not this one's disk."""
    problem: str = ""
    candidate: Candidate | None = None
    targets: Targets | None = None

    def digest(self) -> str:
        """Hash of the bytes on disk, for telling that an edit has come to rest."""
        return (
            read_calendar(calendar_folder(self.settings)).digest
            + hashlib.sha256(self._read_targets()).hexdigest()
        )

    def load(self, *, now: float) -> bool:
        """Take up what lies on disk. False where it is bad: then the last good one stays.

        Raises `InvalidCalendarError` or `SettingsError` where there has never been a good one.
        """
        if self.shared is not None:
            return self._load_shared(self.shared, now)
        try:
            candidate = self._read_calendar()
            raw = self._read_targets()
            targets = targets_from(self._targets_name(), raw, candidate.calendar, TARGET_FIELDS)
        except (InvalidCalendarError, SettingsError) as error:
            self.problem = str(error)
            self._fall_back(error)
            return False
        self.problem = ""
        self.candidate, self.targets = candidate, targets
        self._keep_targets(raw, now)
        return True

    def _load_shared(self, shared: SharedSources, now: float) -> bool:
        shared.offer_disk(now=now)
        self.problem = shared.problem
        try:
            self.candidate, self.targets = shared.take(self._targets_name())
        except (InvalidCalendarError, SettingsError) as error:
            self.problem = str(error)
            if self.candidate is None or self.targets is None:
                raise
        return not self.problem

    def _read_calendar(self) -> Candidate:
        source = read_calendar(calendar_folder(self.settings))
        return Candidate(calendar=source.served(), files=source.files, edited_at=source.edited_at)

    def _read_targets(self) -> bytes:
        path = self.settings.targets_file
        if path is None:
            raise SettingsError(
                ["Nothing is configured: SYNCD_TARGETS_FILE names no file; `syncd init DIR` writes one."]
            )
        try:
            return path.read_bytes()
        except OSError as error:
            raise SettingsError([f"SYNCD_TARGETS_FILE: {path} cannot be read ({error.strerror})."]) from None

    def _targets_name(self) -> str:
        return self.settings.targets_file.name if self.settings.targets_file is not None else TARGETS_NAME

    def _keep_targets(self, raw: bytes, now: float) -> None:
        digest = "targets-" + hashlib.sha256(raw).hexdigest()
        self.ledger.keep_calendar(digest, {TARGETS_NAME: raw}, now=now)
        self.ledger.set_fact(TARGETS_FACT, digest)

    def _fall_back(self, error: Exception) -> None:
        """The last good ones: this process's, else the state's."""
        if self.candidate is not None and self.targets is not None:
            return
        files = self.ledger.calendar_files(self.ledger.fact(IN_FORCE_FACT) or "-")
        kept = self.ledger.calendar_files(self.ledger.fact(TARGETS_FACT) or "-")
        if files is None:
            raise error
        calendar = SourceFolder.from_files(files).served()
        # A state that only `--once` wrote holds no targets: those on disk are taken, if they are good.
        raw = kept[TARGETS_NAME] if kept is not None else self._read_targets()
        self.targets = targets_from(self._targets_name(), raw, calendar, TARGET_FIELDS)
        self.candidate = Candidate(calendar=calendar, files=files)
