"""Single events written in many contexts, each re-read before the write: the applying half of the fast lane.

An update is one event in contexts that are looked at together. What fails is told and left to whoever reads
everything; nothing here creates or deletes, and an event that is not shown is left alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date

from connectors.errors import AuthenticationError, ConnectorError, QuotaExhaustedError, StoppedError
from connectors.port import Connector, QuickLook
from mapping.errors import SyncdError
from mapping.model import Change, Context, ContextPlan, Days, ObservedEvent, Record, Update, Why
from syncd.errors import StaleEpochError
from syncd.reconcile.containment import contained
from syncd.reconcile.passes import Applied, Outcome, Pass
from syncd.reconcile.write import JournalledWriter

Records = Mapping[str, Mapping[str, Record]]
"""Context to event key to what the state knows of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventUpdate:
    """``days``: hull of the old and the new ones. All contexts are of one kind."""

    key: str
    contexts: tuple[Context, ...]
    days: Days


@dataclass(frozen=True, slots=True)
class AlikePlan:
    """``plan``: of the first of the contexts; those of the others differ from it in ids alone."""

    contexts: tuple[Context, ...]
    plan: ContextPlan


def find_updates(
    plans: Iterable[AlikePlan], connectors: Mapping[str, Connector], today: date
) -> Iterator[EventUpdate]:
    """Updates for the edits in the plans: nearest dates first, the kinds in turn for each date."""
    places: dict[str, list[Context]] = defaultdict(list)
    days: dict[str, Days] = {}
    for one in plans:
        for change in one.plan.changes:
            if isinstance(change, Update) and change.why is Why.EDIT:
                places[change.key].extend(one.contexts)
                days[change.key] = _hull(days.get(change.key), change.days, change.observed.days)
    for key in sorted(places, key=lambda one: (abs((days[one].start - today).days), days[one].start, one)):
        yield from _in_turn(
            [
                [EventUpdate(key=key, contexts=group, days=days[key]) for group in groups]
                for groups in _grouped(places[key], connectors)
            ]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FastApplier:
    """Carries out updates. ``plan``: what a context still needs, from its one event as it is now."""

    one_pass: Pass
    records: Records
    plan: Callable[[Context, Record, ObservedEvent], Iterable[Change]]

    def run(self, updates: Sequence[EventUpdate]) -> Applied:
        """All of them, several at a time. What fails is only noted: the full pass that follows tries it again."""
        outcome = Outcome()
        self._run_all(updates, outcome)
        return outcome.result()

    def _run_all(self, updates: Sequence[EventUpdate], outcome: Outcome) -> None:
        runtime = self.one_pass.runtime
        writer = JournalledWriter(self.one_pass, outcome)
        kinds = {update.contexts[0].kind for update in updates}
        # Thousands of courses that wait for their quota must not take the calendars' places.
        with ThreadPoolExecutor(runtime.workers * max(1, len(kinds)), thread_name_prefix="fast") as pool:
            running = [pool.submit(self._run, writer, outcome, update) for update in updates]
            for done, future in enumerate(as_completed(running), start=1):
                runtime.progress("fast lane", done, len(running))
                if future.exception() is not None:
                    pool.shutdown(wait=False, cancel_futures=True)
                future.result()

    def _run(self, writer: JournalledWriter, outcome: Outcome, update: EventUpdate) -> None:
        runtime = self.one_pass.runtime
        with runtime.working(f"fast lane {update.key} {update.contexts[0].id}"):
            try:
                with contained(runtime, "write", update.contexts[0].id):
                    for context, change in self._changes(update, outcome):
                        if runtime.stop.is_set():
                            outcome.stopped()
                            return
                        self._write(writer, outcome, context, change)
            except StoppedError:
                outcome.stopped()
            except ConnectorError as error:
                outcome.left_to_next(str(error))

    def _write(self, writer: JournalledWriter, outcome: Outcome, context: Context, change: Change) -> None:
        try:
            writer.write(context, change)
        except (StoppedError, StaleEpochError):
            raise
        except SyncdError as error:
            writer.journal(context, change, "", f"failed: {type(error).__name__}")
            outcome.left_to_next(str(error))

    def _changes(self, update: EventUpdate, outcome: Outcome) -> Iterator[tuple[Context, Change]]:
        """The update each context still needs, from the event as it is now."""
        connector = self.one_pass.runtime.connectors[update.contexts[0].kind]
        if not isinstance(connector, QuickLook):
            return
        shown = self._shown(connector, update)
        for context in update.contexts:
            record = self.records[context.id][update.key]
            try:
                event = shown.get((context.id, record.remote_id))
                event = event or connector.read_event(context, record.remote_id)
                changes = tuple(self.plan(context, record, event)) if event is not None else ()
            except (AuthenticationError, QuotaExhaustedError, StoppedError):
                raise
            except ConnectorError as error:
                outcome.left_to_next(str(error))
                continue
            for change in changes:
                # Anything but the edit itself waits for the cycle that sees the whole context.
                if isinstance(change, Update) and (change.why, change.key) == (Why.EDIT, update.key):
                    yield context, change

    def _shown(self, connector: QuickLook, update: EventUpdate) -> dict[tuple[str, str], ObservedEvent]:
        """Events of one look by context and id; none where it fails, since one context may be the reason."""
        try:
            around = list(connector.reread(update.contexts, update.days))
        except (AuthenticationError, QuotaExhaustedError, StoppedError):
            raise
        except ConnectorError:
            around = []
        return {(event.context, event.remote_id): event for event in around}


def _grouped(
    contexts: Sequence[Context], connectors: Mapping[str, Connector]
) -> Iterator[list[tuple[Context, ...]]]:
    """Each kind's contexts in groups that one look can show."""
    for kind, connector in sorted(connectors.items()):
        if isinstance(connector, QuickLook):
            size = connector.contexts_a_look
            ours = [context for context in contexts if context.kind == kind]
            yield [tuple(ours[first : first + size]) for first in range(0, len(ours), size)]


def _in_turn(each: Sequence[Sequence[EventUpdate]]) -> Iterator[EventUpdate]:
    for at in range(max(map(len, each), default=0)):
        yield from (updates[at] for updates in each if at < len(updates))


def _hull(so_far: Days | None, new: Days, old: Days | None) -> Days:
    spans = [one for one in (so_far, new, old) if one is not None]
    return Days(min(one.start for one in spans), max(one.end for one in spans))
