"""What the daemon answers of itself."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from syncd.control.server import Question
from syncd.control.verbs import ControlVerbs


def test_a_daemon_that_still_starts_asks_to_be_asked_again() -> None:
    """Nothing was typed wrongly: 64 would tell a script not to try again."""
    starting: Any = SimpleNamespace(last_runtime=None, candidate=None)
    (told,) = ControlVerbs(starting).answer(Question(who="registrar", verb="dry-run", arguments={}))
    assert told.err == "syncd: The daemon is still starting; try again in a moment.\n"
    assert told.exit_code == 1
