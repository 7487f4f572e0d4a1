"""`syncd new-year`, and what a draft is for every verb that shows the calendar."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from syncd.source.folder import load_calendar, load_served
from tests.support import college
from tests.unit.syncd.commands.conftest import Run, init, made_once

NEXT = "2026-2027"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, kept: Path) -> Path:
    """The shipped calendar where a site keeps its own."""
    folder = tmp_path / "site"
    made_once(kept, "site", folder, lambda: init(run, folder))
    monkeypatch.setenv("SYNCD_CALENDAR_DIR", str(folder))
    return folder


@pytest.fixture
def drafted(site: Path, run: Run, kept: Path) -> Path:
    def draft() -> None:
        ran = run("new-year", NEXT)
        assert ran.code == 0, ran.err

    made_once(kept, "drafted", site / NEXT, draft)
    return site


def test_the_draft_is_loaded_beside_the_years_and_changes_nothing_of_them(drafted: Path) -> None:
    calendar, shipped = load_calendar(drafted)[0], load_calendar(None)[0]
    assert set(calendar.years) == {"2025-2026"}
    assert set(calendar.drafts) == {NEXT}
    assert calendar.digest == shipped.digest


def test_ids_and_titles_are_kept_and_dates_stay_on_their_weekday(drafted: Path) -> None:
    calendar = load_calendar(drafted)[0]
    before = {entry.id: entry for entry in calendar.years["2025-2026"].entries}
    after = {entry.id: entry for entry in calendar.drafts[NEXT].entries}
    assert after["classes-begin-autumn"].days is not None
    assert after["classes-begin-autumn"].days.start == date(2026, 9, 1)
    for id_, entry in after.items():
        if id_ in before and entry.days and not calendar.university.categories[entry.category].day_off:
            was = before[id_].days
            assert was is not None
            assert entry.days.start.weekday() == was.start.weekday()
            assert entry.title == before[id_].title
            assert "dates" in entry.unconfirmed


def test_days_off_follow_the_law_and_the_rule_for_transfers(drafted: Path) -> None:
    days = {entry.id: entry.days for entry in load_calendar(drafted)[0].drafts[NEXT].entries}
    found = {id_: str(span.start) for id_, span in days.items() if span is not None}
    assert found["republic-day"] == "2026-10-25"
    assert found["republic-day-transfer"] == "2026-10-26"
    assert found["independence-day"] == "2026-12-16"
    assert found["unity-day-transfer"] == "2027-05-03"
    assert found["kurban-ait"] == "2027-05-16"
    assert "womens-day-transfer" not in found


def test_what_was_said_of_last_years_document_is_left_behind(drafted: Path) -> None:
    entries = load_calendar(drafted)[0].drafts[NEXT].entries
    assert not any(entry.review or entry.place.lines or entry.amended for entry in entries)


def test_every_number_of_a_year_in_a_text_is_marked(drafted: Path) -> None:
    entries = {entry.id: entry for entry in load_calendar(drafted)[0].drafts[NEXT].entries}
    assert "texts" in entries["deans-list-autumn"].unconfirmed
    assert "texts" not in entries["classes-begin-autumn"].unconfirmed


def test_the_line_that_makes_it_a_draft_stands_alone(drafted: Path) -> None:
    assert "draft: true" in (drafted / NEXT / "year.yaml").read_text("utf-8").splitlines()


def test_nothing_is_written_over_and_nothing_half_made_stays(drafted: Path, run: Run) -> None:
    before = sorted(path.name for path in drafted.iterdir())
    assert run("new-year", NEXT).code == 3
    assert sorted(path.name for path in drafted.iterdir()) == before


def test_an_empty_year_has_none_of_last_years_entries(site: Path, run: Run) -> None:
    assert run("new-year", NEXT, "--empty").code == 0
    calendar = load_calendar(site)[0]
    old = {entry.id for entry in calendar.years["2025-2026"].entries}
    assert not old & {entry.id for entry in calendar.drafts[NEXT].entries}


def test_a_site_without_a_folder_of_its_own_is_told_so(run: Run) -> None:
    ran = run("new-year", NEXT)
    assert (ran.code, "SYNCD_CALENDAR_DIR" in ran.err) == (78, True)


def test_entries_show_a_draft_only_where_it_is_asked_for(drafted: Path, run: Run) -> None:
    assert {one["year"] for one in json.loads(run("entries", "--json").out)} == {"2025-2026"}
    asked = json.loads(run("entries", "--json", "--year", NEXT).out)
    assert {one["year"] for one in asked} == {NEXT}
    assert run("entries", "--year", "2099").code == 64
    assert drafted.is_dir()


def test_an_export_names_its_year(drafted: Path, run: Run) -> None:
    assert f"{NEXT}:" in run("export", "--format", "csv", "--year", NEXT).out
    assert f"{NEXT}:" not in run("export", "--format", "csv").out
    assert drafted.is_dir()


def test_check_counts_what_is_not_confirmed_and_calls_the_draft_one(drafted: Path, run: Run) -> None:
    told = run("check", "--offline").out
    assert f"{NEXT}: a draft, shown and never written" in told
    assert "dates" in told
    assert "not confirmed" in told
    assert drafted.is_dir()


def test_check_names_the_year_of_another_document_that_events_would_cite(drafted: Path, run: Run) -> None:
    said = (
        f"{NEXT}: the document that every event cites (title or short in year.yaml) names a year other than"
    )
    assert f"{said} 2026 and 2027: 2025." in run("check", "--offline").out
    path = drafted / NEXT / "year.yaml"
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"(?<!year: )2025(\W+)(20)?26", r"2026\1\g<2>27", text), "utf-8")
    told = run("check", "--offline").out
    assert f"{NEXT}: a draft" in told
    assert said not in told


def test_a_draft_with_a_fault_is_told_and_holds_up_no_other_year(drafted: Path, run: Run) -> None:
    file = drafted / NEXT / "semester.yaml"
    file.write_text(file.read_text("utf-8").replace("kind: window", "kind: widow", 1), "utf-8")
    served = load_served(drafted)[0]
    assert set(served.years) == {"2025-2026"}
    assert served.unread_drafts == {NEXT}
    assert served.digest == load_calendar(None)[0].digest
    ran = run("check", "--offline")
    assert ran.code == 78
    assert "widow" in ran.out
    assert run("entries").code == 0
    assert run("entries", "--year", NEXT).code == 78


def test_a_fault_in_a_year_that_is_no_draft_is_still_a_fault(drafted: Path, run: Run) -> None:
    file = drafted / "2025-2026" / "semester.yaml"
    file.write_text(file.read_text("utf-8").replace("kind: window", "kind: widow", 1), "utf-8")
    assert run("entries").code == 78


def test_check_refuses_a_year_that_is_another_years_copy(site: Path, run: Run) -> None:
    copy = site / NEXT
    copy.mkdir()
    for path in (site / "2025-2026").glob("*.yaml"):
        text = path.read_text("utf-8").replace("year: 2025-2026", f"year: {NEXT}")
        (copy / path.name).write_text(text, "utf-8")
    ran = run("check", "--offline")
    assert ran.code == 78
    assert f"{NEXT}: most entries lie on the very days of 2025-2026" in ran.out


def test_two_years_are_compared_in_three_forms(drafted: Path, run: Run, tmp_path: Path) -> None:
    text = run("compare", "2025-2026", NEXT).out
    assert "womens-day-transfer" in text
    found = json.loads(run("compare", "2025-2026", NEXT, "--format", "json").out)
    assert found["missing"] == ["constitution-day-transfer", "womens-day-transfer"]
    assert "deans-list-autumn" in found["unconfirmed"]
    page = tmp_path / "page.html"
    assert run("compare", "2025-2026", NEXT, "--format", "html", "--out", str(page)).code == 0
    assert "womens-day-transfer" in page.read_text("utf-8")
    assert drafted.is_dir()


def test_a_year_of_a_folder_that_holds_drafts_only_can_be_read(tmp_path: Path) -> None:
    files = {name: raw for name, raw in college.college().items() if not name.startswith("2032")}
    files[college.YEAR] = files[college.YEAR].replace(b"year: 2031-2032\n", b"year: 2031-2032\ndraft: true\n")
    calendar = load_calendar(college.write(files, tmp_path / "only"))[0]
    assert not calendar.years
    assert set(calendar.drafts) == {"2031-2032"}


def test_an_empty_year_is_sound_where_the_old_one_names_no_number(
    monkeypatch: pytest.MonkeyPatch, run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    assert run("init", str(folder), "--empty", "--language", "es").code == 0
    monkeypatch.setenv("SYNCD_CALENDAR_DIR", str(folder))
    ran = run("new-year", "2090", "--empty")
    assert ran.code == 0
    assert "to mend" not in ran.out


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        # Eid al-Fitr is on 9 and 10 March 2027, and on 26 and 27 February 2028.
        (("2027-03-09", "2027-03-10"), ("2028-02-26", "2028-02-27")),
        (("2027-03-09", "2027-03-12"), ("2028-02-26", "2028-02-29")),
        # A break with a holiday in it is none: it stays on its weekday.
        (("2027-03-07", "2027-03-18"), ("2028-03-05", "2028-03-16")),
    ],
)
def test_a_feast_of_several_days_that_moves_is_moved_as_a_whole(
    monkeypatch: pytest.MonkeyPatch,
    run: Run,
    tmp_path: Path,
    days: tuple[str, str],
    expected: tuple[str, str],
) -> None:
    folder = tmp_path / "cairo"
    init_args = (
        "init",
        str(folder),
        "--empty",
        "--language",
        "en",
        "--country",
        "EG",
        "--today",
        "2026-11-29",
    )
    assert run(*init_args).code == 0
    monkeypatch.setenv("SYNCD_CALENDAR_DIR", str(folder))
    with (folder / "2026-2027" / "calendar.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "  - {id: eid, terms: [year], category: day-off, audience: students, kind: window, "
            f"start: {days[0]}, end: {days[1]}, far: yes, title: {{en: Eid}}}}\n"
        )
    ran = run("new-year", "2027-2028")
    assert ran.code == 0, ran.err
    found = next(one for one in load_calendar(folder)[0].drafts["2027-2028"].entries if one.id == "eid").days
    assert found is not None
    assert (str(found.start), str(found.last)) == expected


def test_days_that_are_of_the_old_year_alone_are_left_out_by_name(site: Path, run: Run) -> None:
    year, closed = site / "2025-2026" / "year.yaml", site / "2025-2026" / "days-off.yaml"
    year.write_text(
        year.read_text(encoding="utf-8") + "known: [{date: 2025-10-12, reason: It is taught}]\n",
        encoding="utf-8",
    )
    text = closed.read_text(encoding="utf-8")
    closed.write_text(text.replace("entries:", "worked: [2025-10-04]\nentries:", 1), encoding="utf-8")
    ran = run("new-year", NEXT)
    assert ran.code == 0, ran.err
    assert "left out: 2025-10-12." in ran.out
    assert "left out: 2025-10-04; name the new ones." in ran.out
    draft = load_calendar(site)[0].drafts[NEXT]
    assert not draft.worked
    assert not draft.known
