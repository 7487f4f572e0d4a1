"""The way into a new academic year as the guide has it: a draft beside the running year, corrected, then published."""

import re
from datetime import date

import pytest

from tests.acceptance.conftest import Make
from tests.acceptance.expected import Asked, Calendar
from tests.acceptance.sites import SMALL, TODAY, Site, days_of, key_of, plain

NEXT = "2026-2027"
MAIN = "re-registration-autumn:main"
DIGEST = re.compile(r"syncd (approve|publish) ([0-9a-f]{32})")
AUTUMN_26 = """\
  - name: law-autumn-26
    kind: canvas
    account: "sis_account_id:LAW"
    enrollment_term: "sis_term_id:2026A"
    year: 2026-2027
    terms: [autumn]
    languages: [en]
"""


def of_next_year(site: Site) -> int:
    """Events of the new year in the law school's Google calendar."""
    return sum(key_of(row).startswith(f"{NEXT}:") for row in site.rows())


def shown_of_next_year(site: Site) -> set[tuple[str, date, date]]:
    """The new year in the law school's Google calendar: title, first and last day."""
    return {
        (plain(str(row.fields["summary"])), *days_of(row))
        for row in site.rows()
        if key_of(row).startswith(f"{NEXT}:")
    }


def deadline(site: Site) -> date:
    return site.days(site.event(101, MAIN))[1]


def confirm(site: Site) -> None:
    """Take every mark of doubt out of the new year."""
    for path in (site.calendar / NEXT).glob("*.yaml"):
        text = path.read_text("utf-8")
        path.write_text(re.sub(r"^ *unconfirmed: .*\n", "", text, flags=re.MULTILINE), "utf-8")


def publish_line(site: Site) -> None:
    path = site.calendar / NEXT / "year.yaml"
    path.write_text(path.read_text("utf-8").replace("draft: true\n", ""), "utf-8")


def decide(site: Site, **settings: object) -> str:
    """Say yes to what waits, by the one command that the dry run names."""
    shown = site.syncd("--dry-run", **settings)
    assert shown.code == 3, shown.out
    ((verb, digest),) = set(DIGEST.findall(shown.out))
    assert site.syncd(verb, digest, **settings).code == 0
    return str(verb)


@pytest.mark.parametrize("mode", ["auto", "manual"])
def test_a_new_year_goes_out_by_one_decision_and_the_running_one_meanwhile(filled: Site, mode: str) -> None:
    before = len(filled.rows())
    with filled.running(publish=mode, interval=1) as daemon:
        daemon.until_cycles(1)
        assert filled.syncd("new-year", NEXT).code == 0
        filled.edit("re-registration-autumn", "end: 2025-09-13", "end: 2025-09-12")
        if mode == "manual":
            daemon.until(lambda: daemon.lines("refused"), "the edit waits")
            assert decide(filled, publish=mode) == "publish"
        daemon.until(lambda: deadline(filled) == date(2025, 9, 12), "the running year's correction")
        assert of_next_year(filled) == 0
        assert filled.syncd("check", "--offline").code == 0

        confirm(filled)
        publish_line(filled)
        daemon.until(lambda: any(NEXT in str(line) for line in daemon.lines("refused")), "the new year waits")
        assert of_next_year(filled) == 0
        assert decide(filled, publish=mode) == ("publish" if mode == "manual" else "approve")
        wished = Calendar(filled.calendar, NEXT).school(
            Asked("law", language="kk"), date.fromisoformat(TODAY)
        )
        daemon.until(lambda: of_next_year(filled) >= len(wished), "the new year")
        daemon.until_cycles(len(daemon.lines("cycle")) + 2)
    assert shown_of_next_year(filled) == wished
    assert len(filled.rows()) == before + len(wished)
    assert not any(
        f"{NEXT}:" in (one.description or "") for rows in filled.courses().values() for one in rows
    )
    filled.forget()
    assert filled.once(publish=mode).code == 0
    assert filled.writes() == []


def test_a_year_with_doubts_waits_without_being_a_draft(filled: Site) -> None:
    assert filled.syncd("new-year", NEXT).code == 0
    publish_line(filled)
    done = filled.once()
    assert done.code == 3
    assert "not confirmed" in done.err
    assert of_next_year(filled) == 0


def test_a_dry_run_shows_what_a_draft_would_bring_and_writes_nothing(filled: Site) -> None:
    assert filled.syncd("new-year", NEXT).code == 0
    assert filled.dry().changes == []
    shown = filled.dry("--drafts")
    assert shown.code == 2
    assert shown.plan["drafts"] == [NEXT]
    assert {change["action"] for change in shown.changes} == {"create"}
    assert of_next_year(filled) == 0
    assert filled.writes() == []
    assert filled.syncd("--once", "--drafts").code == 64


def test_a_draft_that_goes_away_waits_for_nobody(filled: Site) -> None:
    assert filled.syncd("new-year", NEXT).code == 0
    assert filled.once().code == 0
    for path in (filled.calendar / NEXT).iterdir():
        path.unlink()
    (filled.calendar / NEXT).rmdir()
    assert filled.once(publish="manual").code == 0


def test_a_target_whose_term_is_still_to_come_is_waited_for_and_then_fails(make: Make) -> None:
    site = make(SMALL + AUTUMN_26)
    assert site.syncd("new-year", NEXT).code == 0
    done = site.once(guards__fill_messages=100_000)
    assert done.code == 0, done.err
    assert "law-autumn-26 is waiting for term 2026A" in done.out
    told = site.syncd("status")
    assert told.code == 0, told.out
    assert "law-autumn-26 is waiting for term 2026A" in told.out
    assert "waiting for term 2026A" in site.syncd("check").out
    late = site.once(today="2026-09-01", guards__fill_messages=100_000)
    assert late.code == 1
    assert "2026A" in late.err
