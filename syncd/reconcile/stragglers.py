"""Calendars that answer so slowly that the others are written meanwhile, where an edit waits to go out.

Reading goes on in a thread of its own, so that whoever plans need not wait for its last answers. What is still
being read is a failure of its own for now, and is not read a second time beside that.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.errors import ConnectorError, StoppedError, TooSlowError
from connectors.port import Connector, LastLook, Observation, Unchanged, observe_by_looks
from mapping.model import Context, Record

Outcome = tuple[Context, Observation | Unchanged | ConnectorError]

IDLE_S = 5.0
"""Seconds after the last answer for which those in a hurry wait for the next."""
SILENT_S = 10.0
"""The same before the first answer: the service as a whole may be slow."""
FEW = 10
"""Calendars that may be left out: where more are under way, the service is slow, or we wait for its quota.

Those that failed last time do not count: however many they are, nobody else waits for them.
"""
MANY = 100
"""The same where at least as many have answered: the service as a whole does."""
AHEAD = 40
"""Answers that may wait to be planned: where planning is the slower, reading waits for it, and memory has a bound."""
SLICE_S = 0.25


@dataclass(frozen=True, slots=True)
class _Ended:
    """Nothing more comes. ``error``: what ended it early."""

    error: BaseException | None = None


@dataclass(slots=True)
class _Arriving:
    """What was read and is not planned yet, between the thread that reads and the one that plans."""

    answers: queue.Queue[Outcome | _Ended] = field(default_factory=lambda: queue.Queue(maxsize=AHEAD))
    abandoned: threading.Event = field(default_factory=threading.Event)
    """Whoever planned takes no more: what still comes is dropped, and is read again in a later pass."""

    def put(self, answer: Outcome | _Ended, slice_s: float) -> None:
        """Waits for room, for as long as somebody takes."""
        while not self.abandoned.is_set():
            try:
                self.answers.put(answer, timeout=slice_s)
            except queue.Full:
                continue
            return


@dataclass(slots=True)
class Stragglers:
    """``in_hurry``: whether something waits for the pass to go on. Kept over passes; used by one thread."""

    in_hurry: Callable[[], bool]
    clock: Callable[[], float] = time.monotonic
    slice_s: float = SLICE_S
    _mutex: threading.Lock = field(default_factory=threading.Lock)
    _reading: set[str] = field(default_factory=set)
    """Contexts that a thread is still reading, of this pass or an earlier one."""

    def observe(
        self,
        connector: Connector,
        contexts: Sequence[Context],
        known: Mapping[str, Mapping[str, Record]],
        stop: threading.Event,
        *,
        looks: Mapping[str, LastLook] = {},
    ) -> Iterator[Outcome]:
        """As the port, but in a hurry it ends without the slowest. Raises `StoppedError` after ``stop``."""
        with self._mutex:
            busy = [context for context in contexts if context.id in self._reading]
            due = [context for context in contexts if context.id not in self._reading]
            self._reading |= {context.id for context in due}
        yield from ((context, _late(context)) for context in busy)
        if not due:
            return
        arriving = _Arriving()
        threading.Thread(
            target=self._read,
            args=(connector, due, known, looks, arriving),
            name=f"read {connector.kind}",
            daemon=True,
        ).start()
        try:
            yield from self._take(due, arriving.answers, stop)
        finally:
            arriving.abandoned.set()

    def _take(
        self, due: Sequence[Context], arriving: queue.Queue[Outcome | _Ended], stop: threading.Event
    ) -> Iterator[Outcome]:
        left = {context.id: context for context in due}
        patience_s, heard_at = SILENT_S, self.clock()
        while left:
            if stop.is_set():
                raise StoppedError("stopping, the rest was not read.", operation="list events")
            try:
                found = arriving.get(timeout=self.slice_s)
            except queue.Empty:
                new = sum(not one.failing for one in left.values())
                few = new <= max(FEW, min(len(due) - len(left), MANY))
                if few and self.in_hurry() and self.clock() - heard_at > patience_s:
                    yield from ((context, _late(context)) for context in left.values())
                    return
                continue
            if isinstance(found, _Ended):
                if found.error is not None:
                    raise found.error
                return
            patience_s, heard_at = IDLE_S, self.clock()
            left.pop(found[0].id, None)
            yield found
            heard_at = self.clock()

    def _read(
        self,
        connector: Connector,
        due: Sequence[Context],
        known: Mapping[str, Mapping[str, Record]],
        looks: Mapping[str, LastLook],
        arriving: _Arriving,
    ) -> None:
        error: BaseException | None = None
        try:
            for context, outcome in observe_by_looks(connector, due, known, looks):
                self._is_read([context])
                arriving.put((context, outcome), self.slice_s)
        except BaseException as raised:  # noqa: BLE001 - raised again by whoever takes what arrives
            error = raised
        finally:
            self._is_read(due)
            arriving.put(_Ended(error), self.slice_s)

    def _is_read(self, contexts: Sequence[Context]) -> None:
        with self._mutex:
            self._reading -= {context.id for context in contexts}


def _late(context: Context) -> TooSlowError:
    return TooSlowError(
        "it is still being read; the others are written meanwhile.",
        operation="list events",
        context=context.id,
    )
