"""Builds what a daemon's cycles stand on, and builds it anew once targets or credentials changed.

Credentials that cannot be used are refused loudly and the ones in use stay.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from mapping.model import Targets
from syncd.errors import SettingsError
from syncd.ground import Ground
from syncd.heart import Heart, patient_wait
from syncd.meter import Meter
from syncd.secrets import credentials_digest
from syncd.settings import Settings
from syncd.state.store import State
from syncd.wiring import build_ground


@dataclass(slots=True, kw_only=True)
class Footing:
    """One daemon's; used by its driver's thread only, but for ``last``."""

    settings: Settings
    state: State
    stop: threading.Event
    log: Any
    heart: Heart
    meter: Meter
    progress: Callable[[str, int, int], None]
    last: Ground | None = None
    """What the last cycle stood on; None before the first."""
    _credentials: str = ""
    """Digest of the credentials in use, or of newer ones that were refused."""

    def on(self, targets: Targets) -> Ground:
        """What a cycle for these targets stands on.

        Raises `SettingsError` where there is none that could be used instead.
        """
        digest = credentials_digest(self.settings)
        if self.last is not None and self.last.targets == targets and self._credentials == digest:
            return self.last
        try:
            ground = self._build(targets)
        except SettingsError as error:
            if self.last is None or self.last.targets != targets:
                raise
            self.log.error("credentials-invalid", problem=str(error))  # noqa: TRY400 - said to the operator
            self._credentials = digest
            return self.last
        self.close()
        self.last, self._credentials = ground, digest
        return ground

    def renewed(self) -> bool:
        """True once the credentials' content is another than the one in use."""
        return self._credentials != credentials_digest(self.settings)

    def close(self) -> None:
        """Cut what the last ground talks through."""
        for connector in self.last.connectors.values() if self.last is not None else ():
            connector.close()

    def _build(self, targets: Targets) -> Ground:
        ground = build_ground(
            self.settings,
            targets,
            self.state,
            stop=self.stop,
            log=self.log,
            progress=self.progress,
            sleep=patient_wait(self.heart, self.stop),
            on_request=self.meter.note,
        )
        return replace(ground, working=self.heart.working)
