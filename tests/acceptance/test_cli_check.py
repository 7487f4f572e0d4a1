"""`syncd check` against living services: what it finds, what is missing, and the exit code of each."""

import re

from tests.acceptance.conftest import Make
from tests.acceptance.sites import SMALL, Site


def problems(out: str) -> str:
    return "\n".join(line for line in out.splitlines() if line.lstrip().startswith("PROBLEM"))


def test_a_sound_site_lists_what_it_found_and_writes_nothing(fresh: Site) -> None:
    done = fresh.syncd("check")
    assert done.code == 0, done.out
    assert problems(done.out) == ""
    for course in ("course_101", "course_102", "course_104"):
        assert course in done.out
    assert fresh.writes() == []


def test_a_canvas_term_outside_the_datas_term_is_refused(make: Make) -> None:
    site = make(SMALL.replace("sis_term_id:2025A", "sis_term_id:2026S"))
    done = site.syncd("check")
    assert done.code == 3
    assert re.search(r"2026S.*no day in common with autumn", problems(done.out))


def test_a_course_that_two_targets_claim_is_refused(make: Make) -> None:
    second = SMALL.partition("  - name: law-autumn")[2]
    site = make(SMALL + "  - name: twin" + second)
    done = site.syncd("check")
    assert done.code == 3
    assert "course_101" in problems(done.out)
    assert "twin" in problems(done.out)


def test_a_dead_credential_hides_nothing_of_the_other_service(fresh: Site) -> None:
    fresh.token_file.write_text("revoked-token\n", encoding="utf-8")
    done = fresh.syncd("check")
    assert done.code == 1
    assert "canvas" in done.out
    assert "law-calendar" in done.out
    assert "revoked-token" not in done.out + done.err


def test_offline_asks_nobody(fresh: Site) -> None:
    fresh.forget()
    assert fresh.syncd("check", "--offline").code == 0
    assert fresh.pair.canvas_site.faults.log() == []
    assert fresh.pair.google_faults.log() == []


def test_a_calendar_that_no_target_claims_any_more_is_told(filled: Site) -> None:
    filled.retarget("except: [{sub_account: LAW-MA}]", "except: [{sub_account: LAW-MA}, {course: 102}]")
    done = filled.syncd("check")
    assert done.code == 0, done.out
    assert "course_102: no target claims it any more" in done.out


def test_a_state_of_another_owner_is_told(filled: Site) -> None:
    filled.retarget("owner: mnu", "owner: knu")
    done = filled.syncd("check")
    assert done.code == 3
    assert "syncd adopt --from mnu" in problems(done.out)
