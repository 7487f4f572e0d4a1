"""Events as they should be, as they are, and as the state remembers them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from mapping.model.days import Days
from mapping.model.kinds import Part
from mapping.model.quick import quickly_made


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Hash of the managed fields in two halves, so that a moved copy is told from an edited one."""

    text: str
    """Title and body: 16 hex digits."""
    when: str
    """Days: 8 hex digits."""

    def __str__(self) -> str:
        return f"{self.text}-{self.when}"


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """What an ownership marker says."""

    owner: str
    key: str
    context: str
    fingerprint: str
    generation: int = 0
    """Google only: how often the key's id was burnt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredEvent:
    """What a context should hold under one event key. Shared by all contexts of one view.

    ``body`` is what people read above the fixed line: HTML for Canvas, plain text for Google,
    without marker. ``body_hash`` is `mapping.identity.body_hash` of its visible words.
    """

    key: str
    entry: str
    part: Part
    title: str
    body: str
    body_hash: str
    days: Days
    colour: str
    fingerprint: Fingerprint
    mark: str = field(init=False, repr=False, compare=False)
    """The fingerprint as a marker says it: asked for once an event and context."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "mark", str(self.fingerprint))


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOffset:
    """The offset from UTC at one day's midnight, by our zone rules and as the service applied it, in seconds."""

    day: date
    ours: int
    theirs: int

    @property
    def differs(self) -> bool:
        return self.ours != self.theirs


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedEvent:
    """What a context holds: any event there, ours or not, seen in one complete read.

    A connector translates and never judges: whose event this is, `mapping.planning.ownership` decides.
    """

    context: str
    remote_id: str
    title: str
    days: Days | None
    """The whole campus days it lies on, exactly as we would write them; None for anything else."""
    when: str
    """Its dates in words of the service, for reports and the journal."""
    last_day: date | None
    """Campus day on which it ends (to tell past from future); None if it has no date."""
    marker: Marker | None = None
    genuine: bool = False
    """The marker belongs to this very event: its context is this one (Canvas), its id is derived from it (Google)."""
    writable: bool = True
    """False for rows that can never be ours: section children, appointment slots, instances of a series."""
    body_hash: str = ""
    """Hash of the visible words above the fixed line, see `mapping.identity.body_hash`."""
    tail: str = ""
    """What people wrote below the fixed line, as stored; kept on every update."""
    version: str = ""
    """etag at Google, updated_at at Canvas."""
    stamp: str = ""
    """The service's own time of the last change, as it tells it; '' where it tells none. Sorts by time."""
    offset: DayOffset | None = None
    """The offset from UTC that the service laid on the event's day; None where its dates do not show one."""
    body_known: bool = True
    """False where the description was not read because id and version are as last seen."""


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the state knows of one of our events: the id map's row, written after a confirmed answer or a full read."""

    key: str
    remote_id: str
    title: str
    days: Days | None
    fingerprint: str
    """As the marker says, which is what we last wrote."""
    body_hash: str = ""
    """As last observed."""
    has_tail: bool = False
    version: str = ""
    generation: int = 0
    stamp: str = ""
    """The service's own time of our last write, as its answer told it; '' where that is not known."""
    wish: str = ""
    """Fingerprint of what was last sent; '' where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unstored:
    """A wish that a service did not store as it was sent, and what it makes of it."""

    key: str
    wish: str
    """Fingerprint of what was sent."""
    times: int
    """In a row that it came back different."""
    stamp: str
    """The service's own time of the change that was counted last."""
    made: str
    """Hash of what the service makes of it."""
    words: str
    """Where that differs, for people."""
    tried_at: float
    """When it was last sent, in seconds since the epoch."""


class Fate(StrEnum):
    """What became of a recorded event that a complete read did not show."""

    DELETED = "deleted"
    MOVED = "moved"
    PRESENT = "present"
    """It is there: the read was not complete after all, so nothing may be decided from it."""
