"""An edit reaches the calendars before the cycle that looks at everything, and never from memory alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from tests.acceptance.sites import LAW, Daemon, Site, days_of

ENTRY = "re-registration-autumn"
COURSES = (101, 102, 104)
UPDATES = 5
"""Three courses with the last day, one calendar with the first and the last."""


@contextmanager
def watching(site: Site, **settings: object) -> Iterator[Daemon]:
    """The daemon, once it has seen everything."""
    with site.running(log_format="json", removal_delay=0, **settings) as daemon:
        daemon.until_cycles(1)
        site.forget()
        yield daemon


def edit(site: Site) -> None:
    site.edit(ENTRY, "end: 2025-09-13", "end: 2025-09-11")


def moved(site: Site, courses: tuple[int, ...] = COURSES) -> None:
    """Fails unless the edit stands in every calendar."""
    day = date(2025, 9, 11)
    for number in courses:
        assert site.days(site.event(number, f"{ENTRY}:main")) == (day, day)
    assert days_of(site.row(f"{ENTRY}:main")) == (day, day)


def went_ahead(daemon: Daemon) -> list[dict[str, int]]:
    return [line["applied"] for line in daemon.lines("fast-lane")]


def test_an_edit_is_written_after_one_list_around_its_dates_and_before_anything_is_read_whole(
    filled: Site,
) -> None:
    with watching(filled) as daemon:
        edit(filled)
        daemon.until_cycles(2)
        assert went_ahead(daemon) == [{"update": UPDATES}]
    moved(filled)
    log = filled.pair.canvas_site.faults.log()
    methods = [one.method for one in log]
    assert methods.count("PUT") == len(COURSES)
    before = [one for one in log[: methods.index("PUT")] if one.method == "GET"]
    assert ["start_date" in one.query for one in before] == [True]
    assert "description" not in before[0].query
    google = [(one.method, one.path.rpartition("/")[0]) for one in filled.pair.google_faults.log()]
    events = f"/calendar/v3/calendars/{LAW}/events"
    assert ("PUT", events) in google
    assert google.index(("GET", events)) < google.index(("PUT", events))
    assert filled.dry().changes == []


def test_an_event_that_a_person_deleted_is_left_to_the_cycle_that_looks_at_everything(filled: Site) -> None:
    with watching(filled) as daemon:
        filled.teacher.delete(filled.event(101, f"{ENTRY}:main").id)
        edit(filled)
        daemon.until_cycles(2)
        assert went_ahead(daemon) == [{"update": UPDATES - 1}]
    moved(filled, COURSES[1:])
    assert not [one for one in filled.course(101) if f":{ENTRY}:" in (one.description or "")]


def test_what_a_person_wrote_meanwhile_stays_where_the_target_says_so(filled: Site) -> None:
    filled.retarget("languages: [en, kk]", "languages: [en, kk]\n    drift: keep")
    with watching(filled) as daemon:
        event = filled.event(101, f"{ENTRY}:main")
        filled.teacher.edit(event.id, title="My own words")
        edit(filled)
        daemon.until_cycles(2)
        assert went_ahead(daemon) == [{"update": UPDATES}]
        assert filled.event(101, f"{ENTRY}:main").title == "My own words"
    moved(filled)


def test_a_removal_never_goes_ahead(filled: Site) -> None:
    with watching(filled) as daemon:
        filled.remove(ENTRY)
        daemon.until_cycles(2)
        assert went_ahead(daemon) == []
    assert not [one for one in filled.course(101) if f":{ENTRY}:" in (one.description or "")]


def test_a_guard_that_strikes_keeps_everything_from_going_ahead(filled: Site) -> None:
    with watching(filled, guards__moved=0) as daemon:
        edit(filled)
        daemon.until_cycles(2)
        assert went_ahead(daemon) == []
    assert filled.writes() == []


def test_nothing_goes_ahead_from_what_an_earlier_process_saw(filled: Site) -> None:
    edit(filled)
    with watching(filled) as daemon:
        assert went_ahead(daemon) == []
    moved(filled)


def test_a_course_that_cannot_be_read_is_left_to_the_cycle(filled: Site) -> None:
    with watching(filled) as daemon:
        filled.pair.canvas.set_course_state(102, "deleted")
        edit(filled)
        daemon.until_cycles(2)
    day = date(2025, 9, 11)
    assert filled.days(filled.event(101, f"{ENTRY}:main")) == (day, day)
