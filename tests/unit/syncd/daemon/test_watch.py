"""An edit is noticed, what lies beside it is not, and files are read only once they have come to rest."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from syncd.daemon.watch import LONGEST_WAIT_S, concerning, read_at_rest, watch_paths

PATIENCE_S = 20.0


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with calendar, targets and state side by side."""
    for folder in ("calendar/2031-2032", "state"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "targets.yaml").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("path", "concerns"),
    [
        ("targets.yaml", True),
        ("calendar/university.yaml", True),
        ("calendar/2031-2032/new.yaml", True),
        ("..data", True),
        ("state/state.db-wal", False),
        ("daemon.log", False),
        ("state/targets.yaml", False),
    ],
)
def test_only_the_targets_file_and_what_lies_below_the_calendar_counts(
    path: str, concerns: bool, site: Path
) -> None:
    assert concerning([site / "calendar", site / "targets.yaml"])(site / path) is concerns


@pytest.mark.parametrize("edited", ["targets.yaml", "calendar/2031-2032/term.yaml"])
def test_an_edit_on_disk_is_noticed(edited: str, site: Path) -> None:
    noticed, stop = threading.Event(), threading.Event()
    thread = watch_paths([site / "calendar", site / "targets.yaml"], noticed.set, stop)
    try:
        for _ in range(int(PATIENCE_S * 10)):
            # Written again until it is seen: the watch may not stand yet at the first time.
            (site / edited).write_text("x")
            if noticed.wait(0.1):
                break
        assert noticed.is_set()
    finally:
        stop.set()
        thread.join(PATIENCE_S)
    assert not thread.is_alive()


def delete_and_make_anew(site: Path) -> None:
    shutil.rmtree(site / "calendar")
    (site / "calendar" / "2031-2032").mkdir(parents=True)


def exchange(site: Path) -> None:
    (site / "next" / "2031-2032").mkdir(parents=True)
    (site / "calendar").rename(site / "before")
    (site / "next").rename(site / "calendar")


def switch_a_link(site: Path) -> None:
    (site / "releases" / "2" / "2031-2032").mkdir(parents=True)
    (site / "link").symlink_to(site / "releases" / "2")
    (site / "link").rename(site / "calendar")


def take_away_for_a_while(site: Path) -> None:
    (site / "calendar").rename(site / "before")
    (site / "before").rename(site / "calendar")


@pytest.mark.parametrize("replace", [delete_and_make_anew, exchange, switch_a_link, take_away_for_a_while])
def test_a_folder_that_another_one_replaced_is_watched_like_the_first(
    replace: Callable[[Path], None], site: Path
) -> None:
    if replace is switch_a_link:
        (site / "releases").mkdir()
        (site / "calendar").rename(site / "releases" / "1")
        (site / "calendar").symlink_to(site / "releases" / "1")
    calls, stop = threading.Semaphore(0), threading.Event()
    thread = watch_paths([site / "calendar", site / "calendar" / "targets.yaml"], calls.release, stop)

    def hears(times: int) -> bool:
        """Edits until so many were heard of; one lost watch could tell of no more than the replacement itself."""
        for _ in range(int(PATIENCE_S * 10)):
            (site / "calendar" / "2031-2032" / "term.yaml").write_text("x")
            times -= calls.acquire(timeout=0.1)
            if times <= 0:
                return True
        return False

    try:
        assert hears(1)
        replace(site)
        assert hears(12)
    finally:
        stop.set()
        thread.join(PATIENCE_S)
    assert not thread.is_alive()


class Still:
    """A wait that takes no time, a clock that it moves, and reads that differ until they are used up."""

    def __init__(self, *digests: str) -> None:
        self.now = 0.0
        self._digests: Iterator[str] = iter(digests)
        self._last = ""

    def read(self) -> tuple[str, str]:
        self._last = next(self._digests, self._last)
        return self._last, self._last

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        return False

    def clock(self) -> float:
        return self.now


def test_what_two_reads_agree_on_is_taken() -> None:
    still = Still("half", "whole", "whole", "later")
    assert read_at_rest(still.read, still.wait, still.clock) == "whole"


def test_files_that_never_come_to_rest_are_read_in_the_end() -> None:
    still = Still(*(str(number) for number in range(1000)))
    read_at_rest(still.read, still.wait, still.clock)
    assert still.now >= LONGEST_WAIT_S
    assert still.now < LONGEST_WAIT_S + 1


def test_stopping_ends_the_wait() -> None:
    still = Still("half", "whole")
    assert read_at_rest(still.read, lambda _: True, still.clock) == "half"
