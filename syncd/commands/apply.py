"""`syncd apply FILE`: carry out a plan saved by `syncd --dry-run --out FILE`, or nothing."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from syncd import exits
from syncd.commands.shared.one_cycle import one_cycle, tell
from syncd.errors import UsageError
from syncd.reconcile.cycle import Scope


def run(arguments: argparse.Namespace) -> int:
    """Plan anew, compare digests, apply if they agree. Raises `StaleApprovalError` if not."""
    plan = _saved_plan(Path(arguments.file))
    scope = Scope(
        why=f"saved plan {plan['digest']}",
        targets=frozenset(plan.get("only_targets", [])),
        only_digest=plan["digest"],
    )
    with one_cycle(arguments, scope) as report:
        tell(report)
        return exits.of_report(report, dry=False)


def _saved_plan(path: Path) -> dict[str, Any]:
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise UsageError(
            f"{path} is no saved plan; write one with: syncd --dry-run --out plan.json"
        ) from None
    if not isinstance(plan, dict) or not isinstance(plan.get("digest"), str) or "changes" not in plan:
        raise UsageError(f"{path} is no saved plan; write one with: syncd --dry-run --out plan.json")
    return plan
