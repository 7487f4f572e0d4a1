"""The plan as JSON: every change in every context, and a summary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from syncd.reconcile.report import CycleReport
from syncd.reporting.english import clock_json
from syncd.state.plans import PlanRow


def render(report: CycleReport, *, colour: bool) -> Iterator[str]:
    """One JSON value, its changes one a line."""
    del colour
    yield f'{{"digest": {json.dumps(report.digest)}, "run": {json.dumps(report.run)}, "changes": ['
    separator = "\n"
    for row in report.plans.rows(report.edition):
        yield separator + json.dumps(_change(row), ensure_ascii=False)
        separator = ",\n"
    yield "\n],\n"
    yield ",\n".join(
        f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in _rest(report)
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


def _rest(report: CycleReport) -> Iterator[tuple[str, Any]]:
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
