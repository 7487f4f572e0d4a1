"""Builds what a daemon's cycles run with, and builds it anew once targets or credentials changed.

Credentials that cannot be used are refused loudly and the ones in use stay.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from connectors.quota import SpentUnits
from mapping.model import Targets
from syncd.config.credentials import credentials_digest
from syncd.config.settings import Settings
from syncd.daemon.request_counts import RequestCounts
from syncd.daemon.watchdog import Watchdog, patient_wait
from syncd.errors import SettingsError
from syncd.reconcile.runtime import Runtime
from syncd.reconcile.stragglers import Stragglers
from syncd.state.store import State
from syncd.wiring import Hooks, build_runtime


@dataclass(slots=True, kw_only=True)
class RuntimeProvider:
    """One daemon's; used by its driver's thread only, but for ``last``."""

    settings: Settings
    state: State
    stop: threading.Event
    log: Any
    watchdog: Watchdog
    request_counts: RequestCounts
    progress: Callable[[str, int, int], None]
    waiting: Callable[[Watchdog, threading.Event], Callable[[float], object]] = patient_wait
    """Makes what connectors wait with: it must feed the watchdog, and return early once the event is set."""
    stragglers: Stragglers | None = None
    share: Callable[[], int] = lambda: 1
    """Among how many running turns the credentials are shared."""
    spent: SpentUnits = field(default_factory=SpentUnits)
    """Of Google's quota: what was, before a runtime is built anew, counts after it too."""
    last: Runtime | None = None
    """What the last cycle stood on; None before the first."""
    _credentials: str = ""
    """Digest of the credentials in use, or of newer ones that were refused."""

    def on(self, targets: Targets) -> Runtime:
        """What a cycle for these targets runs with.

        Raises `SettingsError` where there is none that could be used instead.
        """
        digest = credentials_digest(self.settings)
        if self.last is not None and self.last.targets == targets and self._credentials == digest:
            return self.last
        try:
            runtime = self._build(targets)
        except SettingsError as error:
            if self.last is None or self.last.targets != targets:
                raise
            self.log.error("credentials-invalid", problem=str(error))  # noqa: TRY400 - said to the operator
            self._credentials = digest
            return self.last
        self.close()
        self.last, self._credentials = runtime, digest
        return runtime

    def renewed(self) -> bool:
        """True once the credentials' content is another than the one in use."""
        return self._credentials != credentials_digest(self.settings)

    def close(self) -> None:
        """Cut what the last runtime talks through."""
        for connector in self.last.connectors.values() if self.last is not None else ():
            connector.close()

    def _build(self, targets: Targets) -> Runtime:
        runtime = build_runtime(
            self.settings,
            targets,
            self.state,
            stop=self.stop,
            log=self.log,
            progress=self.progress,
            hooks=Hooks(
                sleep=self.waiting(self.watchdog, self.stop),
                on_request=self.request_counts.note,
                share=self.share,
                spent=self.spent,
            ),
        )
        return replace(runtime, working=self.watchdog.working, stragglers=self.stragglers)
