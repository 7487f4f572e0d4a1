"""What a cycle runs with: connectors, state, clock, limits. Built in `syncd.wiring`, passed in everywhere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from connectors.port import Connector
from mapping.model import Targets
from mapping.planning.guards import Limits
from syncd.reconcile.desired import RenderedViews
from syncd.reconcile.stragglers import Stragglers
from syncd.state.store import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """``clock``: seconds since the epoch. ``today``: the campus's day. ``stop``: set once, when no new write may start."""

    connectors: Mapping[str, Connector]
    targets: Targets
    state: State
    clock: Callable[[], float]
    today: Callable[[], date]
    stop: threading.Event
    log: Any
    limits: Limits = field(default_factory=Limits)
    workers: int = 8
    """Contexts written at the same time."""
    views: RenderedViews = field(default_factory=RenderedViews)
    """What passes over this runtime rendered."""
    version: str = ""
    """Of this program: another one may read and plan differently."""
    publish: str = "auto"
    """``manual``: calendar edits wait for `syncd publish`."""
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _all: None
    """Told (stage, done, all) as a cycle goes on; also what the watchdog is fed from."""
    stragglers: Stragglers | None = None
    """Lets a pass go on without the slowest answers; None: it waits for each, as long as the connectors do."""
    working: Callable[[str], AbstractContextManager[None]] = lambda _name: nullcontext()
    """Entered by each worker for as long as it works: one that falls silent is then seen."""
