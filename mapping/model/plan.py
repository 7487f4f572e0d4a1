"""Changes, their reasons, and what is only reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from mapping.model.days import Days
from mapping.model.events import DesiredEvent, ObservedEvent, Record, Unstored
from mapping.model.quick import quickly_made


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Why(StrEnum):
    """The reason of a change, as the journal and the reports tell it."""

    FILL = "fill"
    """Not there yet."""
    EDIT = "edit"
    """The canonical calendar or the routing changed."""
    DRIFT = "drift"
    """A managed field was changed after our last write: the service's own times show it."""
    DIFFERS = "differs"
    """A managed field is not as desired, and nobody knows why."""
    COPY = "copy"
    """A course import left a copy: adopted or removed."""
    MARKER = "marker"
    """Ours by record, its marker was gone."""
    GONE = "gone"
    """A person deleted it and the target does not respect that."""
    ORPHAN = "orphan"
    """Ours, no longer desired."""
    OWNER = "owner"
    """Taken over from another owner name."""


class Field(StrEnum):
    """What of an event is ours to manage."""

    TITLE = "title"
    DAYS = "days"
    TEXT = "text"
    """The body above the fixed line."""
    MARKER = "marker"
    OWNER = "owner"
    """The owner name in the marker: nothing that people see."""


ALL_FIELDS = frozenset(Field) - {Field.OWNER}
"""What a new event is written with; its owner comes with the marker."""


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One managed field, old to new in words for a reader."""

    name: Field
    old: str
    new: str


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """A new event in one context."""

    action: ClassVar = Action.CREATE
    fields: ClassVar[tuple[FieldChange, ...]] = ()
    remote_id: ClassVar = ""
    context: str
    why: Why
    desired: DesiredEvent
    notifies: bool = False
    """True where the service may message participants: in a published course."""

    @property
    def key(self) -> str:
        return self.desired.key

    @property
    def title(self) -> str:
        return self.desired.title

    @property
    def days(self) -> Days:
        return self.desired.days

    @property
    def mark(self) -> str:
        """Fingerprint that it leaves on the event."""
        return self.desired.mark


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """An event as observed that becomes as desired, in ``fields`` and nothing else."""

    action: ClassVar = Action.UPDATE
    context: str
    why: Why
    desired: DesiredEvent
    observed: ObservedEvent
    fields: tuple[FieldChange, ...]
    notifies: bool = False
    """True where the service may message participants: a change of date in a published course."""

    @property
    def key(self) -> str:
        return self.desired.key

    @property
    def remote_id(self) -> str:
        return self.observed.remote_id

    @property
    def title(self) -> str:
        return self.desired.title

    @property
    def days(self) -> Days:
        return self.desired.days

    @property
    def mark(self) -> str:
        """Fingerprint that it leaves on the event."""
        return self.desired.mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """An event as observed that goes. ``key``: what it stands for, also where its marker does not say so."""

    action: ClassVar = Action.DELETE
    fields: ClassVar[tuple[FieldChange, ...]] = ()
    notifies: ClassVar = False
    mark: ClassVar = ""
    context: str
    why: Why
    key: str
    observed: ObservedEvent

    @property
    def remote_id(self) -> str:
        return self.observed.remote_id

    @property
    def title(self) -> str:
        return self.observed.title

    @property
    def days(self) -> Days | None:
        return self.observed.days


Change = Create | Update | Delete
"""One write in one context."""


class FindingKind(StrEnum):
    """Things a plan tells people about and does not touch."""

    DRIFT_REPORTED = "drift-reported"
    DELETION_RESPECTED = "deletion-respected"
    COPY_KEPT = "copy-kept"
    PERSONAL_COPY = "personal-copy"
    MARKER_LOST = "marker-lost"
    PROBABLY_SAME = "probably-same"
    UNKNOWN_MARK = "unknown-mark"
    ODD_DATE = "odd-date"
    NOT_STORED = "not-stored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something seen in a context that is reported, never touched."""

    kind: FindingKind
    context: str
    key: str
    title: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextPlan:
    """Ordered changes for one context: creates, updates, deletes last."""

    context: str
    changes: tuple[Change, ...]
    unchanged: int
    findings: tuple[Finding, ...]
    records: tuple[Record, ...]
    """The id map as this read shows it, to be stored in place of the old one."""
    unstored: tuple[Unstored, ...] = ()
    """What the service does not store as sent, after this read."""
    respected: frozenset[str]
    """Keys whose deletion by a person is respected, after this read."""
    emptied: bool = False
    """The context was filled before and a complete read shows none of our events."""
    unknown: frozenset[str] = frozenset()
    """Keys of events that bear our mark, are not desired, and are on no record though there should be one."""
    others: Mapping[str, str] = field(default_factory=dict)
    """Remote id to version of other people's events of which there is nothing to say."""
