"""One remote write, journalled before and after, counted and logged. Decides nothing.

Each change has an intent in the state before it is sent and a confirmed record after it; of several in one context
each is confirmed in the transaction that stores the intent of the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from connectors.errors import PermanentError, StoppedError, UnavailableError, UnclearOutcomeError
from connectors.port import Written
from mapping.errors import SyncdError
from mapping.model import Change, Context, Delete, Record, Unstored, Update, Why
from mapping.planning.compare import as_record
from mapping.planning.unstored import after_write
from syncd.reconcile.passes import Outcome, Pass
from syncd.reconcile.zone_rules import check_offset
from syncd.state.ledger import JournalLine


@dataclass(frozen=True, slots=True)
class _Begun:
    """A change whose intent is stored, with what `JournalledWriter._covered` and ``_unapproved`` said of it."""

    change: Change
    intent: int
    covered: int
    unapproved: float


class JournalledWriter:
    """Writes for one pass. Thread-safe: several threads write at once, each in other contexts.

    ``fills``: contexts that are filled or refilled, with the messages that an approval allows there.
    """

    def __init__(
        self, one_pass: Pass, outcome: Outcome, fills: Mapping[str, int] = MappingProxyType({})
    ) -> None:
        self._pass = one_pass
        self._allowed = dict(fills)
        self._outcome = outcome
        self._next: dict[str, _Begun] = {}
        """By context, what is written there next."""

    def write(self, context: Context, change: Change, following: Change | None = None) -> None:
        """One remote write between its intent and its confirmation.

        ``following``: what is written there next. Its intent is stored with this confirmation, in one transaction;
        whoever names one writes it, or calls `leave`.
        """
        runtime = self._pass.runtime
        events, epoch = runtime.state.events, self._pass.epochs[context.id]
        begun = self._next.pop(context.id, None)
        if begun is None or begun.change is not change:
            begun = self._begin(context, change)
        try:
            written = runtime.connectors[context.kind].apply(context, change)
        except UnclearOutcomeError:
            self.journal(context, change, "", "unclear")
            self._outcome.unclear(context, change)
            raise
        except SyncdError as error:
            # Neither told anybody anything: nothing was sent, or it was refused for good.
            told_nobody = isinstance(error, (PermanentError, StoppedError))
            if told_nobody:
                self._uncover(context, begun)
            if isinstance(error, UnavailableError):
                # Safe to repeat, so its outcome is not called unclear: what was sent may have told people all the same.
                self._outcome.unclear(context, change)
            # A delete that failed may have happened all the same: its intent stays until the next look, or
            # an entry put back meanwhile would look as if a person had deleted its event.
            if not isinstance(change, Delete):
                events.confirm(
                    context.id,
                    epoch,
                    begun.intent,
                    change.key,
                    None,
                    keep=True,
                    refused=told_nobody and begun.unapproved > 0,
                )
            raise
        record = _record(change, written)
        only_a_copy = isinstance(change, Delete) and change.why is Why.COPY
        remote_id = record.remote_id if record else change.remote_id
        with runtime.state.database.write():
            unstored = self._unstored(context, change, written)
            events.confirm(
                context.id, epoch, begun.intent, change.key, record, keep=only_a_copy, unstored=unstored
            )
            self.journal(context, change, remote_id, "done")
            then = self._begin(context, following) if following is not None else None
        if then is not None:
            self._next[context.id] = then
        self._count(context, change, written)
        if written.event is not None:
            check_offset(context, written.event)

    def leave(self, context: Context) -> None:
        """Take back the intent of what was to follow there and is not written: nothing of it was sent."""
        begun = self._next.pop(context.id, None)
        if begun is None:
            return
        self._uncover(context, begun)
        self._pass.runtime.state.events.confirm(
            context.id,
            self._pass.epochs[context.id],
            begun.intent,
            begun.change.key,
            None,
            keep=True,
            refused=begun.unapproved > 0,
        )

    def _begin(self, context: Context, change: Change) -> _Begun:
        """Store the change's intent."""
        runtime, covered = self._pass.runtime, self._covered(context, change)
        unapproved = self._unapproved(context, change, covered)
        intent = runtime.state.events.open_intent(
            context.id,
            self._pass.epochs[context.id],
            change.key,
            change.action,
            now=runtime.clock(),
            remote_id=change.remote_id,
            unapproved=unapproved,
        )
        return _Begun(change, intent, covered, unapproved)

    def _uncover(self, context: Context, begun: _Begun) -> None:
        """Give an approval back what a change that told nobody took off it."""
        if begun.covered:
            self._allowed[context.id] += begun.covered

    def _unstored(self, context: Context, change: Change, written: Written) -> Unstored | None:
        """What the answer shows not to be stored as it was sent."""
        if isinstance(change, Delete) or written.event is None or change.why is Why.OWNER:
            return None
        runtime = self._pass.runtime
        before = runtime.state.events.unstored(context.id).get(change.key)
        return after_write(before, change.desired, written.event, written.deviation, now=runtime.clock())

    def _count(self, context: Context, change: Change, written: Written) -> None:
        told = change.notifies or (context.published and _has_moved(change, written))
        self._outcome.applied(context, change, written.deviation, sent=written.sent if told else 0)
        self._pass.runtime.log.info(
            "change",
            context=context.id,
            target=context.target,
            action=change.action.value,
            why=change.why.value,
            key=change.key,
            deviation=written.deviation or None,
        )

    def _covered(self, context: Context, change: Change) -> int:
        """Messages of the change that the approval of a fill allows, taken off it. Only this context's thread asks."""
        if context.id not in self._allowed or not change.notifies:
            return 0
        covered = min(self._allowed[context.id], context.students)
        self._allowed[context.id] -= covered
        return covered

    def _unapproved(self, context: Context, change: Change, covered: int) -> float:
        """What goes beyond the approved messages of a fill, by the guard's limit."""
        if context.id not in self._allowed or not change.notifies:
            return 0.0
        return (context.students - covered) / max(self._pass.runtime.limits.fill_messages, 1)

    def journal(self, context: Context, change: Change, remote_id: str, outcome: str) -> None:
        """One line of history. ``outcome``: done, unclear or failed."""
        runtime = self._pass.runtime
        desired = None if isinstance(change, Delete) else change.desired
        line = JournalLine(
            run=self._pass.run,
            at=runtime.clock(),
            target=context.target,
            context=context.id,
            key=change.key,
            action=change.action.value,
            why=change.why.value,
            remote_id=remote_id,
            outcome=outcome,
            fields={one.name.value: (one.old, one.new) for one in change.fields},
            title=change.title,
            days=change.days,
            text=desired.body if desired is not None else "",
        )
        runtime.state.ledger.write_line(line, desired.body_hash if desired is not None else "")


def _has_moved(change: Change, written: Written) -> bool:
    """Whether the answer shows other days than before, although nothing was said of days: so the service did it."""
    return (
        isinstance(change, Update)
        and change.observed.days is not None
        and written.event is not None
        and written.event.days != change.observed.days
    )


def _record(change: Change, written: Written) -> Record | None:
    """The id map's row after a confirmed write: what we wished is what was last written. None after a delete."""
    if isinstance(change, Delete) or written.event is None:
        return None
    record = as_record(written.event, change.key, None)
    wish = "" if change.why is Why.OWNER else str(change.desired.fingerprint)
    return replace(
        record, title=change.title, days=change.days, version="", stamp=written.event.stamp, wish=wish
    )
