"""`syncd status` as people and programs read it."""

import json
from pathlib import Path

from syncd.reconcile.health import Health, Trouble, remember
from syncd.reporting.schemas import StatusDocument
from syncd.reporting.status import SiteFacts, as_json, as_text, read_status
from syncd.state.ledger import NOTHING
from tests.unit.syncd.state.kept import COURSE, line, look, open_state, record_of


def test_runs_that_changed_nothing_are_not_among_those_that_did(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        for at, (run, summary) in enumerate(
            {"wrote": "2 create", "idle": NOTHING, "cut-off": "", "cut-off-early": ""}.items(), start=1
        ):
            state.ledger.begin_run(run, calendar="c", why="start", now=float(at))
            if summary:
                state.ledger.end_run(run, summary)
        state.ledger.write_line(line(run="cut-off", at=3.5))
        status = read_status(state, SiteFacts(), now=9.0)
        assert [run[0] for run in status.runs] == ["cut-off", "wrote"]
        text = "".join(as_text(status))
    assert ": 2 created\n" in text
    assert "cut-off-early" not in text
    assert "nothing\n" not in text


def test_one_calendar_is_told_of_in_the_singular_and_in_a_zone_that_is_named(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        epoch = state.events.take([COURSE])[COURSE.id]
        state.events.observed([look(epoch, record_of("2030-2031:exam:main"))], now=10.0)
        status = read_status(state, SiteFacts(targets=(COURSE.target,)), now=20.0)
        text = "".join(as_text(status))
        StatusDocument.model_validate_json(json.dumps({"configured": True, **as_json(status)}), strict=True)
    assert "1 of 1 calendar is in step" in text
    assert "00:00 UTC" in text


def test_who_reads_the_first_line_alone_hears_of_targets_that_were_never_read(tmp_path: Path) -> None:
    with open_state(tmp_path) as state:
        epoch = state.events.take([COURSE])[COURSE.id]
        state.events.observed([look(epoch, record_of("2030-2031:exam:main"))], now=10.0)
        site = SiteFacts(targets=(COURSE.target, "other", "third"))
        text = "".join(as_text(read_status(state, site, now=20.0)))
    assert text.startswith("1 of 1 calendar is in step; 2 targets were never read.\n")
    assert "Never read or written: other, third\n" in text


def test_a_target_that_has_no_calendar_any_more_is_told_of_and_one_that_fails_is_not_called_so(
    tmp_path: Path,
) -> None:
    trouble = Trouble(where="failing", target="failing", sentence="It cannot be listed.", since=5.0)
    with open_state(tmp_path) as state:
        epoch = state.events.take([COURSE])[COURSE.id]
        state.events.observed([look(epoch, record_of("2030-2031:exam:main"))], now=10.0)
        read = frozenset({COURSE.target, "emptied", "failing"})
        remember(state.ledger, Health(read=read, troubles=(trouble,)))
        site = SiteFacts(targets=(COURSE.target, "emptied", "failing"))
        status = read_status(state, site, now=20.0)
        text = "".join(as_text(status))
        told = as_json(status)
        StatusDocument.model_validate_json(json.dumps({"configured": True, **told}), strict=True)
    assert "1 of 1 calendar is in step; 1 target has none.\n" in text
    assert "\n  emptied: no calendar fits it now" in text
    assert told["targets"] == {COURSE.target: {"in_step": 1}, "emptied": {"in_step": 0}}
