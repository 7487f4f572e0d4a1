"""A command that asks services ends when it has its answers."""

import threading
from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest

from tests.support import college
from tests.support.raw_service import Answer, RawService
from tests.unit.syncd.commands.conftest import Run

TARGETS = """\
owner: college
timezone: Europe/London
targets:
  - {name: pilot, kind: canvas, courses: [7], year: 2031-2032, terms: [michaelmas], languages: [en]}
"""


@pytest.mark.parametrize(
    ("command", "built_by"),
    [
        ("--once", "syncd.commands.shared.one_cycle.build_runtime"),
        ("check", "syncd.checks.offline.build_connectors"),
    ],
)
def test_what_still_waits_for_a_service_at_the_end_is_woken(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, built_by: str
) -> None:
    build: Callable[..., Any] = resolve_name(built_by)
    waiting: list[threading.Thread] = []

    def built(*given: Any, stop: threading.Event, **named: Any) -> Any:
        # As a page does that was asked for ahead of a list that has failed, where the service named a long wait.
        waiting.append(threading.Thread(target=stop.wait, args=(60,), daemon=True))
        waiting[0].start()
        return build(*given, stop=stop, **named)

    monkeypatch.setattr(built_by, built)
    site = college.write(college.college(), tmp_path / "site")
    (site / "targets.yaml").write_text(TARGETS)
    token = tmp_path / "token"
    token.write_text("t\n")
    token.chmod(0o600)
    refusal = {"errors": [{"message": "Invalid access token."}]}
    headers = {"WWW-Authenticate": 'Bearer realm="canvas-lms"', "Content-Type": "application/json"}
    with RawService(lambda _: Answer(status=401, body=refusal, headers=headers)) as service:
        for name, value in (
            ("CALENDAR_DIR", site),
            ("TARGETS_FILE", site / "targets.yaml"),
            ("CANVAS__BASE_URL", service.url),
            ("CANVAS__TOKEN_FILE", token),
            ("TODAY", "2031-09-01"),
        ):
            monkeypatch.setenv(f"SYNCD_{name}", str(value))
        assert run(command).code == 1
    waiting[0].join(10)
    assert not waiting[0].is_alive()
