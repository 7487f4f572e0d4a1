"""`syncd apply FILE`: a whole saved plan, or a refusal in one sentence before anything is read."""

import json
from pathlib import Path

import pytest

from tests.unit.syncd.commands.conftest import Run

WHOLE = "0" * 32
PLAN = {"digest": WHOLE, "changes": [], "only_targets": []}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        "[" * 200_000,
        '{"digest": ' + "9" * 5_000 + "}",
        json.dumps(PLAN | {"digest": ""}),
        json.dumps(PLAN | {"digest": WHOLE[:12]}),
        json.dumps(PLAN | {"digest": WHOLE + "0"}),
        json.dumps(PLAN | {"digest": WHOLE[:-1] + "G"}),
        json.dumps(PLAN | {"digest": None}),
        json.dumps(PLAN | {"only_targets": 5}),
        json.dumps(PLAN | {"only_targets": [{}]}),
        json.dumps(PLAN | {"only_targets": "law"}),
        json.dumps(PLAN | {"changes": "none"}),
    ],
)
def test_anything_but_a_whole_saved_plan_is_refused_in_one_sentence(
    tmp_path: Path, run: Run, content: str
) -> None:
    file = tmp_path / "plan.json"
    file.write_text(content)
    ran = run("apply", str(file))
    assert ran.code == 64
    assert ran.out == ""
    assert str(file) in ran.err
    assert "Traceback" not in ran.err
    assert len(ran.err.splitlines()) == 1


def test_bytes_that_are_no_text_are_refused(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(b"\xff\xfe\x00")
    assert run("apply", str(file)).code == 64
    assert run("apply", str(tmp_path)).code == 64
