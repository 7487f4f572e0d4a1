"""Verbs by which a person decides, to their effect in the calendars: publish, apply, undo, restore, adopt, retire."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from syncd.cli import main
from tests.acceptance.sites import LAW, Outcome, Site, key_of

Do = Callable[..., Outcome]

COURSES = (101, 102, 104)
DEADLINE = "re-registration-autumn"


@pytest.fixture
def do(filled: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Do:
    """Run the program's command line in this process, which spares its start; other tests start it for real."""

    def command(*words: str, **settings: object) -> Outcome:
        with monkeypatch.context() as patch:
            for name, value in filled.environment(settings).items():
                patch.setenv(name, value)
            patch.chdir(filled.folder / "home")
            capsys.readouterr()
            code = main(words)
        said = capsys.readouterr()
        filled.keeps_secrets(said.out + said.err)
        assert "Traceback" not in said.err, said.err
        return Outcome(code, said.out, said.err)

    return command


def deadline(site: Site, course: int = 101) -> date:
    return site.days(site.event(course, f"{DEADLINE}:main"))[1]


def move(site: Site) -> None:
    site.edit(DEADLINE, "end: 2025-09-13", "end: 2025-09-11")


# --- publish --------------------------------------------------------------------------------------------


def test_with_manual_publishing_an_edit_waits_for_its_publication(filled: Site, do: Do) -> None:
    move(filled)
    held = do("--once", publish="manual")
    assert held.code == 3
    assert deadline(filled) == date(2025, 9, 13)
    digest = do("--dry-run", "--format", "json", publish="manual").digest
    assert f"syncd approve {digest}" in held.err or f"syncd publish {digest}" in held.err

    assert do("publish", digest).code == 0
    assert do("--once", publish="manual").code == 0
    assert deadline(filled) == date(2025, 9, 11)


# --- apply ----------------------------------------------------------------------------------------------


def test_a_saved_plan_is_carried_out_once(filled: Site, do: Do) -> None:
    move(filled)
    plan = filled.folder / "plan.json"
    assert do("--dry-run", "--out", str(plan)).code == 2
    assert do("apply", str(plan)).code == 0
    assert deadline(filled) == date(2025, 9, 11)
    filled.forget()
    assert do("apply", str(plan)).code == 3
    assert filled.writes() == []


def test_a_saved_plan_is_refused_once_the_world_has_moved_on(filled: Site, do: Do) -> None:
    move(filled)
    plan = filled.folder / "plan.json"
    do("--dry-run", "--out", str(plan))
    filled.teacher.edit(filled.event(102, f"{DEADLINE}:main").id, title="Changed by a teacher")
    filled.forget()
    done = do("apply", str(plan))
    assert done.code == 3
    assert "no longer what would be done" in done.err
    assert filled.writes() == []


def test_a_plan_of_one_target_touches_only_that(filled: Site, do: Do) -> None:
    move(filled)
    plan = filled.folder / "plan.json"
    do("--dry-run", "--target", "law-calendar", "--out", str(plan))
    filled.forget()
    assert do("apply", str(plan)).code == 0
    assert {write.split("/")[2] for write in filled.writes()} == {"v3"}
    assert deadline(filled) == date(2025, 9, 13)


def test_what_is_no_plan_is_a_usage_error(filled: Site, do: Do) -> None:
    wrong = filled.folder / "wrong.json"
    wrong.write_text("[]", encoding="utf-8")
    assert do("apply", str(wrong)).code == 64
    assert do("apply", str(Path("nowhere.json"))).code == 64


# --- undo -----------------------------------------------------------------------------------------------


def test_undo_brings_the_calendar_of_before_back_and_release_ends_it(filled: Site, do: Do) -> None:
    move(filled)
    assert do("--once").code == 0
    assert do("undo").code == 0
    assert do("--once").code == 0
    assert deadline(filled) == date(2025, 9, 13)
    assert do("--dry-run", "--format", "json").changes == []

    assert do("undo", "--release").code == 0
    assert do("--once").code == 0
    assert deadline(filled) == date(2025, 9, 11)


# --- restore --------------------------------------------------------------------------------------------


def test_a_respected_deletion_ends_with_restore(filled: Site, do: Do) -> None:
    filled.teacher.delete(filled.event(101, f"{DEADLINE}:main").id)
    assert do("--once").code == 0
    assert not [one for one in filled.course(101) if f":{DEADLINE}:main;" in (one.description or "")]
    where = do("where", DEADLINE)
    assert "1 deleted there by somebody" in where.out

    assert do("restore", DEADLINE, "--course", "101").code == 0
    assert do("--once").code == 0
    assert deadline(filled) == date(2025, 9, 13)


# --- adopt ----------------------------------------------------------------------------------------------


def test_adopting_changes_the_mark_and_nothing_that_people_see(filled: Site, do: Do) -> None:
    ids = {number: sorted(one.id for one in filled.course(number)) for number in COURSES}
    rows = sorted(row.id for row in filled.rows())
    shown = {number: filled.shown(number) for number in COURSES}
    filled.retarget("owner: mnu", "owner: knu")
    assert do("--once").code == 3
    assert filled.writes() == []

    assert do("adopt", "--from", "mnu").code == 0

    assert {number: sorted(one.id for one in filled.course(number)) for number in COURSES} == ids
    assert sorted(row.id for row in filled.rows()) == rows
    assert {number: filled.shown(number) for number in COURSES} == shown
    assert all(";knu;" in f";{(one.description or '').partition('v1;')[2]}" for one in filled.course(101))
    assert {row.private["syncdOwner"] for row in filled.rows()} == {"knu"}
    assert filled.pair.canvas.mail.mails == []
    assert do("--dry-run", "--format", "json").changes == []


def test_adopted_events_are_kept_in_step_under_their_old_ids(filled: Site, do: Do) -> None:
    rows = {key_of(row): row.id for row in filled.rows()}
    filled.retarget("owner: mnu", "owner: knu")
    assert do("adopt", "--from", "mnu").code == 0
    move(filled)
    assert do("--once").code == 0
    assert deadline(filled) == date(2025, 9, 11)
    assert {key_of(row): row.id for row in filled.rows()} == rows


def test_an_adoption_that_was_cut_short_is_taken_up_again(filled: Site, do: Do) -> None:
    filled.retarget("owner: mnu", "owner: knu")
    token = filled.token_file.read_text(encoding="utf-8")
    filled.token_file.write_text("revoked\n", encoding="utf-8")
    assert do("adopt", "--from", "mnu").code == 1
    assert do("--once").code == 3

    filled.token_file.write_text(token, encoding="utf-8")
    assert do("adopt", "--from", "mnu").code == 0
    assert do("--dry-run", "--format", "json").changes == []


def test_adopting_from_a_name_that_was_never_ours_is_refused(filled: Site, do: Do) -> None:
    filled.retarget("owner: mnu", "owner: knu")
    filled.forget()
    assert do("adopt", "--from", "other").code == 3
    assert filled.writes() == []


# --- retire ---------------------------------------------------------------------------------------------


def test_retiring_needs_the_digest_and_then_takes_only_ours(filled: Site, do: Do) -> None:
    foreign = filled.teacher.add("course_101", title="Teacher's own", start_at="2025-10-01T10:00:00Z").id
    filled.forget()
    shown = do("retire", "law-autumn")
    assert shown.code == 3
    assert filled.writes() == []
    digest = shown.out.split("--approve ")[1].split()[0]
    assert f"syncd approve {digest}" not in shown.out, "that would not let it through"
    assert do("retire", "law-autumn", "--approve", "000000000000").code == 3
    assert filled.writes() == []

    assert do("retire", "law-autumn", "--approve", digest).code == 0
    assert [one.id for one in filled.course(101)] == [foreign]
    assert filled.course(102) == []
    assert len(filled.rows()) > 50


def test_retiring_leaves_what_is_over(filled: Site, do: Do) -> None:
    shown = do("retire", "law-autumn", today="2025-12-14")
    digest = shown.out.split("--approve ")[1].split()[0]
    assert do("retire", "law-autumn", "--approve", digest, today="2025-12-14").code == 0
    left = [filled.days(one)[1] for one in filled.course(101)]
    assert left
    assert max(left) < date(2025, 12, 14)


def test_retiring_a_google_calendar_empties_it_alone(filled: Site, do: Do) -> None:
    digest = do("retire", "law-calendar").out.split("--approve ")[1].split()[0]
    assert do("retire", "law-calendar", "--approve", digest).code == 0
    assert [row for row in filled.rows(LAW) if key_of(row)] == []
    assert len(filled.course(101)) == 10


# --- pause ----------------------------------------------------------------------------------------------


def test_a_pause_holds_whoever_would_write(filled: Site, do: Do, tmp_path: Path) -> None:
    move(filled)
    plan = tmp_path / "plan.json"
    assert do("--dry-run", "--out", str(plan)).code == 2
    assert do("pause").code == 0
    for words in (("--once",), ("apply", str(plan)), ("retire", "law-calendar", "--approve", "0" * 32)):
        held = do(*words)
        assert (held.code, "Paused by " in held.err) == (3, True), held.err
    assert do("--dry-run").code == 2
    assert deadline(filled) == date(2025, 9, 13)
    do("resume")
    assert do("apply", str(plan)).code == 0
    assert deadline(filled) == date(2025, 9, 11)
