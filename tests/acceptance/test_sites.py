"""Made universities of other shapes against both simulators: filled once, a second run finds nothing to do."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.acceptance.sites import Site, Stage
from tests.support.made_sites import FOLDER, NAMES, calendar_of, files_of, today_of


def laid_out(stage: Stage, folder: Path, name: str) -> Site:
    assert stage.empty is not None
    stage.back_to(stage.empty)
    calendar = folder / "source"
    for file, raw in files_of(name).items():
        (calendar / file).parent.mkdir(parents=True, exist_ok=True)
        (calendar / file).write_bytes(raw)
    targets = (FOLDER / name / "targets.yaml").read_text("utf-8")
    site = Site.lay_out(stage, folder / "site", targets=targets, calendar=calendar)
    site.variables["SYNCD_TODAY"] = today_of(calendar_of(name)).isoformat()
    return site


@pytest.mark.parametrize("name", NAMES)
def test_a_second_run_of_a_made_university_is_empty(stage: Stage, tmp_path: Path, name: str) -> None:
    site = laid_out(stage, tmp_path, name)
    done = site.once(guards__fill_messages=100_000)
    assert done.code == 0, done.err
    assert len(site.course(101)) > 3
    assert site.rows()
    site.forget()
    again = site.once()
    assert again.code == 0, again.err
    assert site.writes() == []
    assert site.dry().changes == []


def test_a_campus_in_another_zone_is_written_in_its_own(stage: Stage, tmp_path: Path) -> None:
    site = laid_out(stage, tmp_path, "forth")
    assert site.once(guards__fill_messages=100_000).code == 0
    (briefing,) = [row for row in site.rows() if "briefing" in json.dumps(row.private)]
    assert briefing.start.at is not None
    assert briefing.start.at == datetime.fromisoformat("2025-10-06T09:00:00+04:00")
