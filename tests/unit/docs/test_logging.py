"""docs/logging.md names exactly the events that the code logs."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LEVELS = frozenset({"info", "warning", "error", "exception"})


def logged(path: Path) -> set[str]:
    """First arguments of calls such as ``log.info("cycle", ...)``."""
    return {
        call.args[0].value
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in LEVELS
        and ast.unparse(call.func.value).endswith("log")
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def test_every_event_is_told_and_no_other() -> None:
    files = [path for path in (ROOT / "syncd").rglob("*.py") if "sandbox" not in path.parts]
    events = set().union(*(logged(path) for path in files))
    told = re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "docs/logging.md").read_text(), re.MULTILINE)
    assert len(told) == len(set(told))
    assert set(told) == events
