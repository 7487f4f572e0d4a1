"""How many requests a pass takes, exactly: what the bench times is here counted, with real HTTP."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bench import bounds, university
from bench.bench_site import Site, SiteFiles
from bench.simulators import Simulators
from syncd.daemon.audit import AuditSelection

EVENTS = 36


@pytest.fixture(scope="module")
def simulators() -> Iterator[Simulators]:
    """Both services, without latency and bucket."""
    with Simulators() as running:
        running.set_latency(0.0)
        running.set_bucket(enabled=False)
        yield running


def site_at(simulators: Simulators, folder: Path, *, events: int, calendars: int = 0) -> SiteFiles:
    files = SiteFiles(
        folder=folder / "site",
        calendar=university.write_calendar(folder / "calendar", events),
        canvas=simulators.addresses["canvas"],
        google=simulators.addresses["google"],
        courses=not calendars,
        calendars=calendars,
    )
    files.folder.mkdir()
    simulators.write_google_key(str(files.folder / "google.json"))
    return files


def counted(simulators: Simulators) -> Counter[str]:
    """Requests since the last call, by kind; those of discovery left out."""
    found = Counter(simulators.requests())
    simulators.forget()
    del found["canvas discovery"], found["google tokens"]
    return +found


@pytest.fixture
def courses(simulators: Simulators) -> Iterator[Simulators]:
    simulators.add_courses(1, 40)
    yield simulators
    simulators.remove_courses()
    simulators.forget()


def test_a_sweep_without_changes_takes_no_more_lists_than_its_events_fill_pages(
    courses: Simulators, tmp_path: Path
) -> None:
    files = site_at(courses, tmp_path, events=EVENTS)
    courses.fill_courses(1, 40, str(files.calendar))
    with Site(files) as site:
        site.cycle().close()
        courses.forget()
        site.cycle().close()
    assert counted(courses) == {"canvas lists": bounds.list_calls(40, EVENTS)}


def test_descriptions_are_listed_of_nothing_but_what_was_never_seen(
    courses: Simulators, tmp_path: Path
) -> None:
    files = site_at(courses, tmp_path, events=EVENTS)
    courses.fill_courses(1, 40, str(files.calendar))
    courses.add_peoples_events(1, 40)
    with Site(files) as site:
        with closing(site.cycle()) as first:
            assert first.as_recorded == 0
        assert courses.full_lists() == counted(courses)["canvas lists"]
        with closing(site.cycle()) as second:
            assert second.as_recorded == 40
        assert courses.full_lists() == 0
        before = counted(courses)["canvas lists"]
        courses.add_teachers_event(3)
        with closing(site.cycle()) as third:
            assert third.as_recorded == 39
        assert courses.full_lists() == 0
        # What is new is asked for alone.
        assert counted(courses) == {"canvas lists": before, "canvas GET": 1}
        with closing(site.cycle()) as last:
            assert last.as_recorded == 40
        assert courses.full_lists() == 0


def test_a_first_fill_is_one_post_an_event_a_list_for_ten_courses_and_a_look_right_before(
    courses: Simulators, tmp_path: Path
) -> None:
    with Site(site_at(courses, tmp_path, events=12)) as site:
        site.cycle().close()
    assert counted(courses) == {"canvas lists": 4 + 40, "canvas POST": 480}


def test_courses_with_few_events_to_come_share_the_look(courses: Simulators, tmp_path: Path) -> None:
    with Site(site_at(courses, tmp_path, events=5)) as site:
        site.cycle().close()
    # Ten writes a look.
    assert counted(courses) == {"canvas lists": 4 + 20, "canvas POST": 200}


def test_one_date_edited_is_one_put_a_course_and_a_look_for_ten_of_them(
    courses: Simulators, tmp_path: Path
) -> None:
    files = site_at(courses, tmp_path, events=5)
    courses.fill_courses(1, 40, str(files.calendar))
    with Site(files) as site:
        site.cycle().close()
    university.write_calendar(files.calendar, 5, moved=2)
    courses.forget()
    with Site(files) as site:
        site.cycle().close()
    # Ten courses a list: once to find out what to do, once right before it is done.
    assert counted(courses) == {"canvas PUT": 40, "canvas lists": 2 * bounds.list_calls(40, 5)}


def test_google_takes_one_list_a_calendar_without_changes_and_a_look_and_one_insert_an_event(
    simulators: Simulators, tmp_path: Path
) -> None:
    simulators.add_calendars(3)
    with Site(site_at(simulators, tmp_path, events=4, calendars=3)) as site:
        simulators.forget()
        site.cycle().close()
        assert counted(simulators) == {"google lists": 2 * 3, "google POST": 12}
        site.cycle().close()
        assert counted(simulators) == {"google lists": 3}


def test_a_quiet_daemon_reads_its_share_and_no_more(courses: Simulators, tmp_path: Path) -> None:
    files = site_at(courses, tmp_path, events=EVENTS)
    courses.fill_courses(1, 40, str(files.calendar))
    audit = AuditSelection(interval_s=1, audit_s=3600)
    with Site(files) as site:
        first = site.cycle(look_at=audit)
        audit.read(first.observed)
        first.close()
        courses.forget()
        site.cycle(look_at=audit).close()
    assert audit.share(40) == 30
    # Three calls over eight courses and one over six, of three pages each.
    assert counted(courses) == {"canvas lists": 12}
