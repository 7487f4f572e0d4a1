"""A site of the bench, driven through the same parts as `syncd --once`: settings, wiring, cycle.

Lives in the measured process. Limits that wait for a person are set out of reach: they are not what is
measured here.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from bench import university
from connectors.port import Connector
from syncd.config.settings import PREFIX, load_settings
from syncd.logs import set_up_logging
from syncd.reconcile.cycle import ContextSelection, Cycle, Scope
from syncd.reconcile.report import CycleReport
from syncd.reconcile.runtime import Runtime
from syncd.state.store import State
from syncd.wiring import Hooks, build_runtime, load_sources


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFiles:
    """Where a site's files lie, and the services it talks to."""

    folder: Path
    calendar: Path
    canvas: str
    google: str
    courses: bool = True
    calendars: int = 0
    workers: int = 8
    settings: tuple[tuple[str, str], ...] = ()
    """Further variables, without the prefix."""

    def variables(self) -> dict[str, str]:
        """The environment of the site; writes its targets file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        targets = self.folder / "targets.yaml"
        targets.write_text(
            university.targets_text(courses=self.courses, calendars=self.calendars), encoding="utf-8"
        )
        plain = {
            "TARGETS_FILE": str(targets),
            "CALENDAR_DIR": str(self.calendar),
            "STATE_DIR": str(self.folder / "state"),
            "TODAY": university.TODAY.isoformat(),
            "WORKERS": str(self.workers),
            "CANVAS__BASE_URL": self.canvas,
            "CANVAS__TOKEN": university.TOKEN,
            "GOOGLE__ENDPOINT": self.google,
            "GOOGLE__CREDENTIALS_FILE": str(self.folder / "google.json"),
            **dict(self.settings),
        }
        return {f"{PREFIX}{name}": value for name, value in plain.items()}


@dataclass(slots=True)
class Noted:
    """Requests as the connectors tell them, with the time of each."""

    began: float = field(default_factory=time.monotonic)
    notes: list[tuple[float, str, Any]] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    """Processor seconds of this process by the time of each note."""

    def __call__(self, kind: str, note: Any) -> None:
        self.cpu.append(time.process_time())
        self.notes.append((time.monotonic() - self.began, kind, note))

    def start(self) -> None:
        """Forget what was told, and count time from now."""
        self.notes.clear()
        self.cpu.clear()
        self.began = time.monotonic()


class Site(AbstractContextManager["Site"]):
    """An opened site: state and connectors."""

    def __init__(self, files: SiteFiles, *, on_request: Callable[[str, Any], None] | None = None) -> None:
        os.environ.update(files.variables())
        os.environ.setdefault(f"{PREFIX}LOG_LEVEL", "ERROR")
        self.settings = load_settings()
        self.sources = load_sources(self.settings)
        self.log = set_up_logging("json", "ERROR")
        self.stop = threading.Event()
        self.state = State.open(self.settings.state_folder, now=time.time())
        self._on_request = on_request
        self.connectors: dict[str, Connector] = {}

    def __exit__(self, *_: object) -> None:
        for connector in self.connectors.values():
            connector.close()
        self.state.close()

    def __enter__(self) -> Self:
        return self

    def runtime(self) -> Runtime:
        """What a cycle stands on; connectors live as long as the site."""
        runtime = build_runtime(
            self.settings,
            self.sources.targets,
            self.state,
            stop=self.stop,
            log=self.log,
            hooks=Hooks(on_request=self._on_request),
        )
        if self.connectors:
            for connector in runtime.connectors.values():
                connector.close()
            return replace(runtime, connectors=self.connectors)
        self.connectors = dict(runtime.connectors)
        return runtime

    def cycle(self, *, why: str = "by hand", look_at: ContextSelection | None = None) -> CycleReport:
        """One cycle over everything, or over what ``look_at`` picks. Raises RuntimeError where it failed."""
        report = Cycle(
            runtime=self.runtime(),
            scope=Scope(why=why, look_at=look_at),
            candidate=self.sources.candidate,
        ).run()
        if report.failures or report.refused or report.clashes:
            raise RuntimeError(f"{report.failures[:3]} {report.refused[:3]} {report.clashes[:3]}")
        return report
