"""One pair of simulators for all acceptance tests, put back to an empty or a filled moment for each of them."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from syncd.sandbox.pair import TARGETS, Pair
from syncd.state.store import State
from tests.acceptance.sites import CANARY, ROOT, SMALL, Site, Stage, Warm, Worlds
from tests.support.state_address import state_address

SHIPPED = ROOT / "data"


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Both simulators, with the small university of the sandbox in them."""
    with Pair.seeded() as pair:
        admin = next(user for user in pair.canvas.users.values() if user.name == "Calendar service")
        pair.canvas.add_token(admin, CANARY)
        stage = Stage(pair, Warm())
        stage.empty = stage.keep()
        try:
            yield stage
        finally:
            stage.warm.close()


Make = Callable[[str], Site]


@pytest.fixture
def make(stage: Stage, tmp_path: Path) -> Make:
    """Lay out a site with these targets against empty calendars."""

    def lay_out(targets: str) -> Site:
        assert stage.empty is not None
        stage.back_to(stage.empty)
        return Site.lay_out(stage, tmp_path / "site", targets=targets, calendar=SHIPPED)

    return lay_out


@pytest.fixture
def fresh(make: Make) -> Site:
    """A law school's site, nothing written yet."""
    return make(SMALL)


@pytest.fixture(scope="session")
def small_moment(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    return _filled(stage, tmp_path_factory.mktemp("small"), SMALL)


@pytest.fixture(scope="session")
def whole_moment(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    return _filled(stage, tmp_path_factory.mktemp("whole"), TARGETS.read_text(encoding="utf-8"))


@pytest.fixture
def filled(stage: Stage, small_moment: Worlds, tmp_path: Path) -> Site:
    """A law school's site whose calendars are in step: three courses and one Google calendar."""
    return _at(stage, small_moment, tmp_path / "site", SMALL)


@pytest.fixture
def university(stage: Stage, whole_moment: Worlds, tmp_path: Path) -> Site:
    """The whole university, in step."""
    return _at(stage, whole_moment, tmp_path / "site", TARGETS.read_text(encoding="utf-8"))


def _filled(stage: Stage, folder: Path, targets: str) -> Worlds:
    """Let the program fill empty calendars once; tests go on from there."""
    assert stage.empty is not None
    stage.back_to(stage.empty)
    site = Site.lay_out(stage, folder / "site", targets=targets, calendar=SHIPPED)
    done = site.syncd("--once", guards__fill_messages=100_000)
    assert done.code == 0, done.err
    # Kept as a file, wherever the tests have their states.
    if not isinstance(address := state_address(site.state), Path):
        State.move(address, site.state, now=time.time())
    return stage.keep(site.state)


def _at(stage: Stage, moment: Worlds, folder: Path, targets: str) -> Site:
    assert moment.state is not None
    stage.back_to(moment)
    site = Site.lay_out(stage, folder, targets=targets, calendar=SHIPPED)
    shutil.copytree(moment.state, site.state)
    if not isinstance(address := state_address(site.state), Path):
        State.move(site.state, address, now=time.time())
    site.forget()
    return site
