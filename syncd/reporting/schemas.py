"""The shapes of what programs read: ``syncd --dry-run --format json``, ``syncd status --json``, ``syncd check --json``.

JSON Schemas are made from them (`syncd schema DIR`; committed in ``data/schema``), and tests hold real answers to them.
Keys are added in later versions, none is taken away and none changes its type.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$", description="A day at the campus.")]
Clock = Annotated[str, Field(pattern=r"^\d\d:\d\d$", description="A minute of the day, on the wall's clock.")]
Moment = Annotated[float, Field(description="Seconds since the epoch.")]
Count = Annotated[int, Field(ge=0)]
Action = Literal["create", "update", "delete"]
Why = Literal["fill", "edit", "drift", "differs", "copy", "marker", "gone", "orphan", "owner"]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PlanChange(_Shape):
    """One write in one calendar."""

    target: str
    context: str = Field(description="The calendar: course_101, account_7, or a Google calendar's id.")
    action: Action
    why: Why
    entry: str
    key: str = Field(description="year:entry:part, the event's lasting identity.")
    title: str
    start: Day | None
    end: Day | None = Field(description="The last day, included.")
    from_: Clock | None = Field(alias="from")
    to: Clock | None
    fields: dict[str, tuple[str, str]] = Field(description="Field to what it was and what it will be.")
    students: Count
    messages: Count = Field(description="The most that the service may send.")


class PlanGroup(_Shape):
    """One change of one entry, in all its places."""

    what: Literal["deadline-moves", "date-moves", "new", "removed", "reworded", "repaired"]
    action: Action
    why: Why
    year: str
    entry: str
    title: str
    before: str | None = Field(
        description="Its days as they were: a day, or first..last; with times where it has them."
    )
    after: str | None
    fields: list[str]
    targets: list[str]
    contexts: Count = Field(description="Calendars that it reaches.")
    students: Count
    messages: Count


class PlanSummary(_Shape):
    """What the whole plan counts."""

    create: Count
    update: Count
    delete: Count
    unchanged: Count
    targets: Count
    contexts: Count
    messages: Count


class PlanWait(_Shape):
    """A guard that struck."""

    guard: str
    scope: str
    found: float
    limit: float
    why: str
    approved: bool


class TermWait(_Shape):
    """A target whose term is not there yet."""

    target: str
    term: str
    first_day: Day


class PlanFinding(_Shape):
    """Something seen in a calendar and left alone."""

    kind: str
    context: str
    key: str
    title: str
    detail: str


class PlanFailure(_Shape):
    """What could not be read."""

    where: str
    target: str
    error: str


class PlanClash(_Shape):
    """A calendar that two targets claim."""

    context: str
    targets: list[str]


class PlanDocument(_Shape):
    """``syncd --dry-run --format json``."""

    digest: str
    run: str
    changes: list[PlanChange]
    groups: list[PlanGroup]
    summary: PlanSummary
    only_targets: list[str]
    only_entry: str | None
    drafts: list[str]
    waits: list[PlanWait]
    term_waits: list[TermWait]
    findings: list[PlanFinding]
    failures: list[PlanFailure]
    clashes: list[PlanClash]
    left_behind: dict[str, Count]


class StatusContexts(_Shape):
    """How many calendars stand how."""

    known: Count
    in_step: Count
    behind: Count
    failing: Count


class StatusFailing(_Shape):
    """A calendar that fails."""

    context: str
    name: str
    target: str
    since: Moment | None
    failures: Count
    retry_at: Moment | None
    error: str | None


class StatusWaiting(_Shape):
    """The plan that waits for a person."""

    digest: str
    at: Moment
    why: list[str]
    approved: bool


class StatusRespected(_Shape):
    """A deletion that is respected."""

    context: str
    key: str
    since: Moment


class StatusTrouble(_Shape):
    """What fails now."""

    where: str
    sentence: str
    target: str = ""
    since: Moment


class StatusNotStored(_Shape):
    """An event that a service does not store as it was sent."""

    context: str
    key: str
    what: str
    times: Count
    tried_at: Moment


class StatusRun(_Shape):
    """A run that changed something."""

    run: str
    at: Moment
    calendar: str
    why: str
    summary: str = Field(description="Empty for one that is under way or was cut off.")


class StatusDocument(_Shape):
    """``syncd status --json``. Without a configuration only ``configured`` is there, and false."""

    configured: bool
    calendar: str = ""
    contexts: StatusContexts | None = None
    targets: dict[str, dict[str, Count]] = Field(default_factory=dict)
    failing: list[StatusFailing] = Field(default_factory=list)
    waiting: StatusWaiting | None = None
    respected_deletions: list[StatusRespected] = Field(default_factory=list)
    troubles: list[StatusTrouble] = Field(default_factory=list)
    never_read: list[str] = Field(default_factory=list)
    term_waits: list[str] = Field(default_factory=list)
    left_behind: list[str] = Field(default_factory=list)
    lines: list[str] = Field(default_factory=list)
    not_stored: list[StatusNotStored] = Field(default_factory=list)
    open_writes: Count = 0
    paused: bool = False
    runs: list[StatusRun] = Field(default_factory=list)


class CheckLine(_Shape):
    """One finding."""

    about: str
    severity: Literal["ok", "look", "problem"]
    message: str
    code: Literal[0, 1, 3, 78] = Field(description="The exit code it calls for.")


class CheckDocument(_Shape):
    """``syncd check --json``."""

    lines: list[CheckLine]
    problems: Count
    looks: Count
    questions: Count = Field(description="Questions to the registrar (syncd check --review).")
    offline: bool
    code: Literal[0, 1, 3, 78] = Field(description="What the command ends with.")


DOCUMENTS: Mapping[str, type[BaseModel]] = {
    "plan": PlanDocument,
    "status": StatusDocument,
    "check": CheckDocument,
}


def output_schemas() -> dict[str, str]:
    """File name to the text of each schema."""
    return {f"{name}.schema.json": _text(shape) for name, shape in DOCUMENTS.items()}


def write_output_schemas(folder: Path) -> None:
    """Write every schema into the folder."""
    for name, text in output_schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


def _text(shape: type[BaseModel]) -> str:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **shape.model_json_schema(by_alias=True, mode="validation"),
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
