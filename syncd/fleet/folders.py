"""What lies on this machine for each university, offered to all machines: calendar, targets, settings.

Each edit is offered by the machine that saw it; what another machine agreed on is never overridden by a copy that
arrives late. A machine whose settings of an instance are not the agreed ones does not serve it.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from pathlib import Path
from typing import Any

from mapping.errors import SyncdError
from syncd.config.credentials import credential_files
from syncd.config.settings import Settings
from syncd.daemon.shared_sources import SharedSources
from syncd.daemon.watch import concerning, identity_of
from syncd.errors import LockedError
from syncd.fleet.instances import instance_files, read_instance
from syncd.state.address import DatabaseAddress
from syncd.state.candidates import Candidates, Kind, Offer
from syncd.state.fleet_tables import FleetTables
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
    """``wake``: told of an instance for which something new is to be served."""

    address: DatabaseAddress
    folder: Path
    machine: str
    log: Any
    wake: Callable[[str], None]
    refused: dict[str, str] = field(default_factory=dict)
    """Instances that this machine does not serve, with the reason."""
    _sites: dict[str, _Site] = field(default_factory=dict)

    def names(self) -> list[str]:
        """Every instance of which a file of settings lies here."""
        return [name for name, _ in instance_files(self.folder)]

    def offer(self, name: str, *, by_hand: bool = False) -> dict[Kind, Offer]:
        """Offer what lies here of one instance; what is bad or nobody's is said and left alone."""
        while True:
            try:
                return self._offer(name, by_hand=by_hand)
            except LockedError:
                # Another machine begins this very instance.
                time.sleep(LOCKED_S)
            except SyncdError as error:
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
            self.wake(name)
        return answers

    def _offer_sources(self, site: _Site, state: State, *, by_hand: bool) -> dict[Kind, Offer]:
        sources = site.sources
        if sources is None:
            sources = SharedSources(settings=site.settings, state=state, machine=self.machine)
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
            key = tables.key()
        content = (self.folder / f"{name}.env").read_bytes()
        digest = hmac.new(key.encode(), content, hashlib.sha256).hexdigest()
        answer = Candidates(state.database).offer(
            Kind.SETTINGS,
            digest,
            machine=self.machine,
            seen_to_change=site.settings_before not in {"", digest},
            by_hand=by_hand,
            now=time.time(),
        )
        site.settings_before = digest
        if answer in {Offer.STALE, Offer.UNKNOWN}:
            self.refused[name] = (
                f"The settings of {name} on {self.machine} are not those that the other machines serve it with, so this "
                f"machine leaves it to them: bring {name}.env in step, or `syncd push {name}` to have this one count."
            )
            self.log.error("settings-differ", instance=name, problem=self.refused[name])
        else:
            self.refused.pop(name, None)
        return answer

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
