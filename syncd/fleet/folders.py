"""What lies on this machine for each university, offered to all machines: calendar, targets, settings.

Each edit is offered by the machine that saw it; what another machine agreed on is never overridden by a copy that
arrives late. A machine whose settings of an instance are not the agreed ones does not serve it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from functools import partial
from pathlib import Path
from typing import Any

from mapping.errors import SyncdError
from syncd.config.credentials import credential_files
from syncd.config.settings import Settings
from syncd.daemon.shared_sources import SharedSources
from syncd.daemon.watch import concerning, identity_of
from syncd.errors import LockedError, StateError
from syncd.fleet.instances import instance_files, read_instance, settings_digest
from syncd.state.address import DatabaseAddress
from syncd.state.candidates import Candidates, Kind, Offer
from syncd.state.postgresql.fleet_tables import FleetTables, wake_within
from syncd.state.store import State

LOCKED_S = 0.5
STILL_S = 0.3
"""Seconds without a change before an edit is offered."""


@dataclass(slots=True)
class _Site:
    settings: Settings
    sources: SharedSources | None = None
    settings_before: str = ""


@dataclass(slots=True, kw_only=True)
class Folders:
    """``on_agreement``: told of an instance that this machine may serve now, and perhaps did not before."""

    address: DatabaseAddress
    folder: Path
    machine: str
    log: Any
    on_agreement: Callable[[str], object] = lambda _name: None
    refused: dict[str, str] = field(default_factory=dict)
    """Instances that this machine does not serve, with the reason."""
    _sites: dict[str, _Site] = field(default_factory=dict)
    _again: set[str] = field(default_factory=set)
    """Instances whose offer failed for want of the database."""

    def names(self) -> list[str]:
        """Every instance of which a file of settings lies here."""
        return [name for name, _ in instance_files(self.folder)]

    def agrees(self, name: str, tables: FleetTables) -> bool:
        """Whether this machine may serve an instance: as of now, its settings are those that all serve it with.

        Raises `StateError`, OSError.
        """
        agreed, own = tables.agreed_settings(name), self._settings_digest(name, tables)
        if not agreed or agreed == own:
            self._agree(name)
            return True
        site = self._sites.get(name)
        if site is not None and site.settings_before == own:
            self._refuse(name)
        # Else they were never offered yet, or edited since: the offer that is to come decides.
        return False

    def offer(self, name: str, *, by_hand: bool = False) -> dict[Kind, Offer]:
        """Offer what lies here of one instance; what is bad or nobody's is said and left alone."""
        self._again.discard(name)
        while True:
            try:
                return self._offer(name, by_hand=by_hand)
            except LockedError:
                # Another machine begins this very instance.
                time.sleep(LOCKED_S)
            except StateError as error:
                self._again.add(name)
                self.log.warning("not-offered", instance=name, problem=str(error))
                return {}
            except (SyncdError, OSError) as error:
                self.log.warning("not-offered", instance=name, problem=str(error))
                return {}

    def watch(self, stop: threading.Event) -> None:
        """Offer after every change, until ``stop``."""
        from watchfiles import watch  # noqa: PLC0415 - only a worker that watches pays for it

        offered: set[str] = set()
        while not stop.is_set():
            for name in self.names():
                if name not in offered and not stop.is_set():
                    self.offer(name)
                    offered.add(name)
            concerns = {name: concerning(self._paths(name)) for name in self.names()}
            roots = self._roots()
            standing = identity_of(roots)
            # What was edited after the offer and before this watch began was heard of by nobody.
            unheard = set(concerns)
            for changes in watch(
                *roots, stop_event=stop, debounce=1600, step=50, rust_timeout=5000, yield_on_timeout=True
            ):
                touched = {Path(path) for _, path in changes}
                stop.wait(STILL_S if touched else 0)
                # What the database was away for is offered as soon as it is back, edited again or not.
                unheard |= self._again
                for name, concern in concerns.items():
                    if name in unheard or any(concern(path) for path in touched):
                        self.offer(name)
                unheard.clear()
                if identity_of(self._roots()) != standing:
                    # Another folder has taken a name: what was edited in between was heard of by nobody.
                    offered.clear()
                    break
                if self.names() != list(concerns) or self._roots() != roots:
                    break

    def _offer(self, name: str, *, by_hand: bool) -> dict[Kind, Offer]:
        settings = read_instance(name, self.folder / f"{name}.env", calendars=self.folder)
        site = self._sites.setdefault(name, _Site(settings))
        site.settings = settings
        address = replaced(self.address, instance=name)
        state = State.open_beside(address) if State.exists(address) else State.open(address, now=time.time())
        try:
            answers = self._offer_sources(site, state, by_hand=by_hand)
            answers[Kind.SETTINGS] = self._offer_settings(name, site, state, by_hand=by_hand)
        finally:
            state.close()
        with FleetTables(self.address) as tables:
            # Only now: before anything was put in force there is nothing that a turn could serve.
            tables.register([name])
        if Offer.ACCEPTED in answers.values():
            self.log.info("offered", instance=name, accepted=[kind.value for kind in _accepted(answers)])
        return answers

    def _offer_sources(self, site: _Site, state: State, *, by_hand: bool) -> dict[Kind, Offer]:
        sources = site.sources
        if sources is None:
            sources = SharedSources(
                settings=site.settings,
                state=state,
                machine=self.machine,
                then=partial(wake_within, name=site.settings.instance),
            )
        sources.state, sources.settings = state, site.settings
        site.sources = sources
        answers = sources.offer_disk(now=time.time(), by_hand=by_hand)
        instance = site.settings.instance
        if sources.problem:
            self.log.error(
                "data-invalid", instance=instance, problem=sources.problem, serving="the last good"
            )
        for kind in sources.stale:
            self.log.warning("stale-copy", instance=instance, what=kind.value, machine=self.machine)
        return answers

    def _offer_settings(self, name: str, site: _Site, state: State, *, by_hand: bool) -> Offer:
        with FleetTables(self.address) as tables:
            digest = self._settings_digest(name, tables)
        answer = Candidates(state.database).offer(
            Kind.SETTINGS,
            digest,
            machine=self.machine,
            seen_to_change=site.settings_before not in {"", digest},
            by_hand=by_hand,
            now=time.time(),
            then=partial(wake_within, name=name),
        )
        site.settings_before = digest
        if answer in {Offer.STALE, Offer.UNKNOWN}:
            self._refuse(name)
        else:
            self.refused.pop(name, None)
            # Also where it was not refused: a turn that came between the edit and this offer was put off.
            self.on_agreement(name)
        return answer

    def _settings_digest(self, name: str, tables: FleetTables) -> str:
        return settings_digest(self.folder / f"{name}.env", tables.key())

    def _refuse(self, name: str) -> None:
        """Leave an instance to the other machines, and say so once."""
        words = (
            f"The settings of {name} on {self.machine} are not those that the other machines serve it with, so this "
            f"machine leaves it to them: bring {name}.env in step, or `syncd push {name}` to have this one count."
        )
        if self.refused.setdefault(name, words) is words:
            self.log.error("settings-differ", instance=name, problem=words)

    def _agree(self, name: str) -> None:
        if self.refused.pop(name, None) is not None:
            self.on_agreement(name)

    def _paths(self, name: str) -> list[Path]:
        """What an instance is made of on this machine."""
        try:
            settings = read_instance(name, self.folder / f"{name}.env", calendars=self.folder)
        except SyncdError:
            return [self.folder / f"{name}.env"]
        named = [Path(settings.calendar_dir), settings.targets_file, *credential_files(settings)]
        return [self.folder / f"{name}.env", *(path.absolute() for path in named if path is not None)]

    def _roots(self) -> list[Path]:
        found: set[Path] = {self.folder.absolute()}
        for name in self.names():
            for path in self._paths(name):
                found.add(path if path.is_dir() else path.parent)
        return sorted(path for path in found if path.exists())


def _accepted(answers: dict[Kind, Offer]) -> Iterable[Kind]:
    return (kind for kind, answer in answers.items() if answer is Offer.ACCEPTED)
