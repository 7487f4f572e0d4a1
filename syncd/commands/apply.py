"""`syncd apply FILE`: carry out a plan saved by `syncd --dry-run --out FILE`, or nothing."""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import dataclass
from pathlib import Path

from mapping.planning.approval import DIGEST_LENGTH
from syncd import exits
from syncd.commands.shared.one_cycle import one_cycle, tell
from syncd.errors import UnknownTargetError, UsageError
from syncd.reconcile.cycle import Scope

_WHOLE = re.compile(rf"[0-9a-f]{{{DIGEST_LENGTH}}}")
LONGEST = 1024**3
"""Bytes of a plan that is still read: one of 5,000 courses has some 40 million."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPlan:
    """What of a saved plan decides. ``targets``: those it was asked for, empty for all."""

    digest: str
    targets: frozenset[str]


def run(arguments: argparse.Namespace) -> int:
    """Plan anew, compare digests, apply if they agree. Raises `UsageError`, `StaleApprovalError` if not."""
    path = Path(arguments.file)
    plan = _saved_plan(path)
    scope = Scope(why=f"saved plan {plan.digest}", targets=plan.targets, only_digest=plan.digest)
    try:
        with one_cycle(arguments, scope) as report:
            tell(report)
            return exits.of_report(report, dry=False)
    except UnknownTargetError as error:
        raise UsageError(
            f"{path} is for targets that are no longer there, so nothing was done. {error}"
        ) from None


def _saved_plan(path: Path) -> SavedPlan:
    try:
        if path.stat().st_size > LONGEST:
            raise _no_plan(path)
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise _no_plan(path) from None
    if not isinstance(document, dict) or not isinstance(document.get("changes"), list):
        raise _no_plan(path)
    digest, targets = document.get("digest"), document.get("only_targets", [])
    if not isinstance(digest, str) or not isinstance(targets, list):
        raise _no_plan(path)
    if not all(isinstance(name, str) for name in targets):
        raise _no_plan(path)
    if document.get("only_entry"):
        raise UsageError(
            f"{path} shows the changes of one entry alone, so nothing was done. Save the whole plan with: "
            "syncd --dry-run --out plan.json"
        )
    if not _WHOLE.fullmatch(digest):
        raise UsageError(
            f"{path} names its plan by {digest[:40]!r}, which is no whole digest ({DIGEST_LENGTH} hex digits); "
            "nothing was done. Save the plan again with: syncd --dry-run --out plan.json"
        )
    return SavedPlan(digest=digest, targets=frozenset(targets))


def _no_plan(path: Path) -> UsageError:
    return UsageError(f"{path} is no saved plan; write one with: syncd --dry-run --out plan.json")
