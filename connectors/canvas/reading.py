"""Complete reads of contexts, up to ten in one list, each with its own outcome.

A list that fails is never an empty context. Where one of its contexts may be the reason it is parted, until
the one that cannot be read stands alone; where the service as a whole does not answer, the error goes to each.
Descriptions are left out where records cover them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from connectors.bodies import LARGEST_BODY
from connectors.canvas.client import CanvasClient
from connectors.canvas.failures import PROFILE, Call
from connectors.canvas.paging import Listing, ListLimits, read_until_two_agree
from connectors.canvas.single_events import find_row, in_context, judged, settled_version
from connectors.canvas.translate import Place, Row, is_deleted, observed
from connectors.containment import contained
from connectors.errors import (
    AuthenticationError,
    ConnectorError,
    IncompleteReadError,
    QuotaExhaustedError,
    RateLimitedError,
    StoppedError,
    TooLargeError,
    TooSlowError,
    TransientError,
)
from connectors.port import LastLook, Observation, Unchanged
from mapping.model import Context, Days, ObservedEvent, Record

Records = Mapping[str, Record]
"""Remote id to record."""
Known = Mapping[str, Records]
"""Context id to its records."""
Looks = Mapping[str, LastLook]
"""Context id to what its last read showed."""
Outcome = tuple[Context, Observation | Unchanged | ConnectorError]

_OF_ALL = (AuthenticationError, QuotaExhaustedError, StoppedError)
"""What says nothing about any one context."""
_MOST_PAGES, _MOST_ROWS = 200, 20_000
"""Of one list of events: twenty times those of ten busy courses."""
_ATTEMPTS = 2
"""Of a list about several contexts: after that it is parted, and each part gets its own."""
_DAY = timedelta(days=1)
_FEW = 3
"""Up to so many descriptions are fetched one by one; above, one more list is cheaper."""


_NOTHING = LastLook({})


@dataclass(slots=True, eq=False)
class _Seen:
    """The rows of one context in a list, and which of them need their description.

    ``look``: what is known of the last read of it, nothing where descriptions were read with the list.
    """

    context: Context
    look: LastLook = _NOTHING
    records: Records = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    wanting: list[str] = field(default_factory=list)

    def is_as(self, look: LastLook) -> bool:
        """Whether the rows are exactly those of a look, each at its version."""
        return look.is_shown_by({remote_id: row.get("updated_at") for remote_id, row in self.rows.items()})

    def covers(self, remote_id: str) -> Record | None:
        """The record that stands for the row's description, None if it was read or must be."""
        record = self.records.get(remote_id)
        updated_at = self.rows[remote_id].get("updated_at")
        return record if record is not None and record.version and record.version == updated_at else None

    def is_known_as_anothers(self, remote_id: str) -> bool:
        """Whether somebody else's event is as it was when its description was read."""
        version = self.look.others.get(remote_id)
        return (
            bool(version)
            and version == self.rows[remote_id].get("updated_at")
            and remote_id not in self.records
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    """``known``: records that stand for descriptions, None where those are listed. ``later``: as of `Reader.read`."""

    known: Known | None
    last: Looks
    later: list[Sequence[Context]] | None
    brief: bool = False
    """Listed alone with less time than is usual."""


def pays_lean(context: Context, look: LastLook) -> bool:
    """Whether a list without descriptions is likely to be enough: no event that was not there at the last look."""
    unsettled = list(look.ours.values()).count("")
    return bool(look.ours) and context.expected_events <= look.events and unsettled <= _FEW


class Reader:
    """Reads contexts with one token."""

    def __init__(self, client: CanvasClient, place: Place) -> None:
        self._client = client
        self._place = place

    def read(
        self,
        contexts: Sequence[Context],
        known: Known,
        looks: Looks,
        later: list[Sequence[Context]] | None = None,
        *,
        brief: bool = False,
    ) -> list[Outcome]:
        """Each context's observation, or the error that kept it from being read.

        One whose last look suffices and that shows the same again is told as unchanged. ``later`` takes in the parts
        of a list that failed, where the caller reads them by itself. ``brief``: a single one gets less time.
        """
        last = {one.id: looks.get(one.id) or _look_of(known.get(one.id, {})) for one in contexts}
        lean = all(pays_lean(one, last[one.id]) for one in contexts)
        return self._read(contexts, _Asked(known if lean else None, last, later, brief))

    def reread(self, contexts: Sequence[Context], days: Days) -> Iterator[ObservedEvent]:
        """Events on and around the days, with descriptions. Raises `ConnectorError`; shows no context's all."""
        params = [("context_codes[]", context.id) for context in contexts]
        # Dates are read in the zone of the token's user, so a day more on both sides.
        params.append(("start_date", (days.start - _DAY).isoformat()))
        params.append(("end_date", days.end.isoformat()))
        limits, within_s = self._limits(alone=len(contexts) == 1), None
        if len(contexts) > 1:
            # One that is slow is not to hold up the others: each event can be asked for by its id.
            within_s = self._client.timeouts.part_s
            limits = replace(limits, seconds=min(limits.seconds, within_s))
        call = Call(operation="list events around a date", within_s=within_s)
        listing = read_until_two_agree(self._client, "calendar_events", params, call, limits=limits)
        seen = {one.id: _Seen(one) for one in contexts}
        for remote_id, row in listing.rows.items():
            home = _home(row, seen)
            if home is not None and not is_deleted(row):
                home.rows[remote_id] = row
                try:
                    with contained(call.operation, home.context.id):
                        event = _event(home, remote_id, listing, self._place.at(home.context.target))
                except ConnectorError:
                    continue  # not shown: it is asked for alone
                yield event

    def _read(self, contexts: Sequence[Context], asked: _Asked) -> list[Outcome]:
        """The same; without descriptions where what is known stands for them."""
        try:
            with contained("list events", contexts[0].id if len(contexts) == 1 else ""):
                return self._together(contexts, asked)
        except _OF_ALL as error:
            return [(context, in_context(error, context.id)) for context in contexts]
        except ConnectorError as error:
            if len(contexts) == 1:
                return [(contexts[0], in_context(judged(self._client, error), contexts[0].id))]
            trouble = self._of_the_service(error)
            if trouble is not None:
                return [(context, in_context(trouble, context.id)) for context in contexts]
            parts = _parts(contexts, error)
            if asked.later is not None:
                asked.later.extend(parts)
                return []
            return [outcome for part in parts for outcome in self._read(part, asked)]

    def _of_the_service(self, error: ConnectorError) -> ConnectorError | None:
        """The error that keeps every list from being read; None where one of the contexts may be the reason.

        No answer, one of a server in trouble, or a refusal for pace: whether it is the service's, the token's own
        profile tells. Where all are refused for pace, it is asked for once, and the list is parted no further.
        """
        if not isinstance(error, TransientError) or isinstance(error, (TooSlowError, IncompleteReadError)):
            return None
        attempts = 1 if isinstance(error, RateLimitedError) else None
        try:
            self._client.get("users/self/profile", (), Call(operation=PROFILE), attempts=attempts)
        except ConnectorError as trouble:
            return trouble
        return None

    def _together(self, contexts: Sequence[Context], asked: _Asked) -> list[Outcome]:
        listing = self._list(contexts, asked)
        seen = {one.id: _Seen(one) for one in contexts}
        _share_out(listing, seen)
        outcomes: list[Outcome] = []
        others: list[_Seen] = []
        for one in seen.values():
            look = asked.last[one.context.id]
            if look.suffices and one.is_as(look):
                outcomes.append((one.context, Unchanged(one.context.id)))
            else:
                others.append(one)
        if asked.known is not None:
            for one in others:
                self._recall(one, asked.known, asked.last)
        again = self._complete(others)
        outcomes += [(one.context, self._outcome(one, listing)) for one in others if one not in again]
        if again:
            outcomes += self._read([one.context for one in again], replace(asked, known=None))
        return outcomes

    def _recall(self, one: _Seen, known: Known, last: Looks) -> None:
        """What stands for the descriptions that were not read, and which rows nothing stands for."""
        one.records, one.look = known.get(one.context.id, {}), last[one.context.id]
        one.wanting = [
            remote_id
            for remote_id in one.rows
            if one.covers(remote_id) is None and not one.is_known_as_anothers(remote_id)
        ]

    def _list(self, contexts: Sequence[Context], asked: _Asked) -> Listing:
        alone = contexts[0].id if len(contexts) == 1 else ""
        params = [("context_codes[]", context.id) for context in contexts]
        # Without all_events Canvas lists today only, and an event whose dates are gone in no window.
        params.append(("all_events", "true"))
        if asked.known is not None:
            params.append(("excludes[]", "description"))
        limits = self._limits(alone=bool(alone))
        within_s = self._client.timeouts.brief_s if asked.brief else None
        if within_s is not None:
            limits = replace(limits, seconds=min(limits.seconds, within_s))
        call = Call(operation="list events", context=alone, within_s=within_s)
        return read_until_two_agree(
            self._client,
            "calendar_events",
            params,
            call,
            always=bool(alone),
            limits=limits,
        )

    def _limits(self, *, alone: bool) -> ListLimits:
        timeouts = self._client.timeouts
        return ListLimits(
            pages=_MOST_PAGES,
            rows=_MOST_ROWS,
            size=2 * LARGEST_BODY,
            seconds=timeouts.list_s if alone else timeouts.look_s,
            attempts=None if alone else _ATTEMPTS,
        )

    def _complete(self, seen: Sequence[_Seen]) -> list[_Seen]:
        """Fetch wanting descriptions if they are few; the answer is whose list must be read again."""
        wanting = [one for one in seen if one.wanting]
        if sum(len(one.wanting) for one in wanting) > _FEW:
            return wanting
        return [one for one in wanting if not self._fetch(one)]

    def _fetch(self, one: _Seen) -> bool:
        for remote_id in one.wanting:
            found = find_row(self._client, one.context.id, remote_id)
            if found is None or found[0].get("context_code") != one.rows[remote_id].get("context_code"):
                return False
            one.rows[remote_id] = found[0]
        return True

    def _outcome(self, one: _Seen, listing: Listing) -> Observation | ConnectorError:
        """A row that cannot be read fails its own context alone."""
        try:
            with contained("list events", one.context.id):
                return self._observation(one, listing)
        except ConnectorError as error:
            return error

    def _observation(self, one: _Seen, listing: Listing) -> Observation:
        place = self._place.at(one.context.target)
        return Observation(
            context=one.context.id,
            events=tuple([_event(one, remote_id, listing, place) for remote_id in one.rows]),
        )


def _event(one: _Seen, remote_id: str, listing: Listing, place: Place) -> ObservedEvent:
    row = one.rows[remote_id]
    record = one.covers(remote_id) if one.records else None
    if record is not None:
        return observed(row, one.context.id, place, version=record.version, record=record)
    if "description" not in row and one.is_known_as_anothers(remote_id):
        return observed(row, one.context.id, place, version=one.look.others[remote_id], unread=True)
    return observed(row, one.context.id, place, version=settled_version(row, listing.date))


def _look_of(records: Records) -> LastLook:
    return LastLook({remote_id: record.version for remote_id, record in records.items()})


def _parts(contexts: Sequence[Context], error: ConnectorError) -> Iterator[Sequence[Context]]:
    """Smaller lists in place of one that failed; single ones where every further failure costs much time."""
    size = 1 if isinstance(error, (TooSlowError, TooLargeError, RateLimitedError)) else -(-len(contexts) // 2)
    return (contexts[first : first + size] for first in range(0, len(contexts), size))


def _share_out(listing: Listing, seen: Mapping[str, _Seen]) -> None:
    """Give each context its rows; a deleted event is nobody's."""
    of_context = {code: one.rows for code, one in seen.items()}
    for remote_id, row in listing.rows.items():
        code = row.get("context_code")
        rows = of_context.get(code) if type(code) is str else None
        if rows is None:
            home = _home(row, seen)
            if home is None:
                continue
            rows = home.rows
        if not is_deleted(row):
            rows[remote_id] = row


def _home(row: Row, seen: Mapping[str, _Seen]) -> _Seen | None:
    """The context a row belongs to; a section's child belongs to its course."""
    for name in ("context_code", "effective_context_code"):
        code = row.get(name)
        if isinstance(code, str) and code in seen:
            return seen[code]
    return None
