"""The plan as JSON: every change in every context, and a summary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from mapping.identity import day_words
from syncd.reconcile.report import CycleReport
from syncd.reporting.english import clock_json
from syncd.reporting.plan import Wanted
from syncd.reporting.plan.changes import EntryChange
from syncd.reporting.plan.telling import Telling
from syncd.reporting.plan.voice import voice_of
from syncd.state.plans import PlanRow


def render(report: CycleReport, wanted: Wanted) -> Iterator[str]:
    """One JSON value, its changes one a line."""
    telling = Telling(report=report, voice=voice_of(report.calendar, wanted.language), only=wanted.entry)
    yield f'{{"digest": {json.dumps(report.digest)}, "run": {json.dumps(report.run)}, "changes": ['
    separator = "\n"
    for row in report.plans.rows(report.edition):
        if wanted.entry and row.entry != wanted.entry:
            continue
        yield separator + json.dumps(_change(row), ensure_ascii=False)
        separator = ",\n"
    yield '\n],\n"groups": ['
    separator = "\n"
    for change in telling.changes:
        yield separator + json.dumps(_group(telling, change), ensure_ascii=False)
        separator = ",\n"
    yield "\n],\n"
    yield ",\n".join(
        f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}"
        for name, value in _rest(report, wanted)
    )
    yield "}\n"


def _change(row: PlanRow) -> dict[str, Any]:
    return {
        "target": row.target,
        "context": row.context,
        "action": row.action.value,
        "why": row.why.value,
        "entry": row.entry,
        "key": row.key,
        "title": row.title,
        "start": row.days.start.isoformat() if row.days else None,
        "end": row.days.last.isoformat() if row.days else None,
        **clock_json(row.days),
        "fields": {one.name: [one.old, one.new] for one in row.fields},
        "students": row.students,
        "messages": row.students if row.notifies else 0,
    }


def _group(telling: Telling, change: EntryChange) -> dict[str, Any]:
    """One change of one entry, as a reader counts it; ``what`` says in which list of the text it is counted."""
    return {
        "what": telling.what(change).value.replace("_", "-"),
        "action": change.action.value,
        "why": change.why.value,
        "year": change.year,
        "entry": change.entry,
        "title": telling.title(change),
        "before": day_words(change.before) or None,
        "after": day_words(change.after) or None,
        "fields": sorted(one.value for one in change.fields),
        "targets": list(change.targets),
        "contexts": len(change.contexts),
        "students": change.students(telling.students),
        "messages": change.messages,
    }


def _rest(report: CycleReport, wanted: Wanted) -> Iterator[tuple[str, Any]]:
    counts = report.pending()
    yield (
        "summary",
        {
            "create": counts.get("create", 0),
            "update": counts.get("update", 0),
            "delete": counts.get("delete", 0),
            "unchanged": report.unchanged,
            "targets": len(report.targets),
            "contexts": len(report.contexts),
            "messages": report.plans.messages(report.edition),
        },
    )
    yield "only_targets", list(report.only_targets)
    yield "only_entry", wanted.entry or None
    yield "drafts", list(report.drafts)
    yield "waits", list(_hits(report))
    yield (
        "term_waits",
        [
            {"target": one.target, "term": one.term, "first_day": one.first_day.isoformat()}
            for one in report.term_waits
        ],
    )
    yield (
        "findings",
        [
            {
                "kind": one.kind.value,
                "context": one.context,
                "key": one.key,
                "title": one.title,
                "detail": one.detail,
            }
            for one in report.findings
        ],
    )
    yield (
        "failures",
        [{"where": one.where, "target": one.target, "error": one.sentence} for one in report.failures],
    )
    yield "clashes", [{"context": one.context, "targets": list(one.targets)} for one in report.clashes]
    yield "left_behind", report.left_behind


def _hits(report: CycleReport) -> Iterator[dict[str, Any]]:
    for hit in report.hits:
        yield {
            "guard": hit.guard,
            "scope": hit.scope,
            "found": hit.found,
            "limit": hit.limit,
            "why": hit.sentence,
            "approved": hit not in report.refused and not report.drafts,
        }
