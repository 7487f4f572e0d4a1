"""From README's pilot to the service, by the commands of docs/operate.md: same folder, same settings, same state."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from syncd.sandbox.pair import Pair
from tests.packaging.commands import typed_blocks
from tests.supervised.conftest import PATIENCE_S, ROOT, TARGETS, TODAY, Service

IN_STEP = "3 calendars"


class Root:
    """The person who installs: types what the guides say, on a machine whose root folder is another."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.home = service.machine / "root"
        self.home.mkdir()
        for folder in ("etc/syncd", "etc/credstore", "var/lib/syncd"):
            (service.machine / folder).mkdir(parents=True)

    def type(self, command: str, folder: Path) -> str:
        words = re.sub(r"(?<![\w./])/(etc|var)/", rf"{self._service.machine}/\1/", command)
        words = words.replace("chown -R syncd:", f"chown -R {os.getuid()}")
        path = f"{self._service.prefix / 'bin'}:{os.defpath}"
        environment = {"PATH": path, "HOME": str(self.home), "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            ["sh", "-ec", words],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout


def pilot(root: Root, service: Service, pair: Pair) -> str:
    """README's steps 2 to 9; the history that they leave."""
    calendar = service.machine / "etc" / "syncd" / "calendar"
    root.type("syncd init /etc/syncd/calendar", root.home)
    (calendar / "targets.yaml").write_text(TARGETS)
    written = pair.write_site(root.home / "given")
    given = {
        "SYNCD_CANVAS__BASE_URL": written["SYNCD_CANVAS__BASE_URL"],
        "SYNCD_CANVAS__TOKEN_FILE": written["SYNCD_CANVAS__TOKEN_FILE"],
        "SYNCD_GOOGLE__CREDENTIALS_FILE": written["SYNCD_GOOGLE__CREDENTIALS_FILE"],
        "SYNCD_GOOGLE__ENDPOINT": written["SYNCD_GOOGLE__ENDPOINT"],
        "SYNCD_GUARDS__FILL_MESSAGES": "100000",
        "SYNCD_TODAY": TODAY,
    }
    settings = (calendar / ".env").read_text()
    for name, value in given.items():
        settings = re.sub(rf"^{name}=.*$", f"{name}={value}", settings, flags=re.MULTILINE)
    (calendar / ".env").write_text(settings)
    root.type("syncd --once", calendar)
    return root.type("syncd history --json", calendar)


def carry_over(root: Root, service: Service) -> None:
    """What the guide says, but for the lines that only systemd can answer, which `Service` stands in for."""
    (block,) = (
        block
        for block in typed_blocks(ROOT / "docs" / "operate.md")
        if any("TOKEN-FILE" in one for one in block)
    )
    settings = (service.machine / "etc/syncd/calendar/.env").read_text()
    files = {name: re.search(rf"^SYNCD_{name}=(.+)$", settings, re.MULTILINE) for name in CREDENTIALS}
    for command in block:
        if command.startswith(("syncd-as-service", "systemctl")):
            continue
        words = command
        for name, word in CREDENTIALS.items():
            found = files[name]
            assert found is not None
            words = words.replace(word, found.group(1))
        root.type(words, root.home)
    for line in (service.machine / "etc/syncd/syncd.env").read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            service.settings[name] = value.strip("'")
    store = service.machine / "etc" / "credstore"
    service.credentials = {path.name.removeprefix("syncd."): path.read_text() for path in store.iterdir()}


CREDENTIALS = {"CANVAS__TOKEN_FILE": "TOKEN-FILE", "GOOGLE__CREDENTIALS_FILE": "KEY-FILE"}


@pytest.fixture
def taken_over(machine: Callable[..., Service], pair: Pair) -> tuple[Service, Root, str]:
    """The service, ready to start; who installed it; and the pilot's history."""
    service = machine()
    root = Root(service)
    history = pilot(root, service, pair)
    carry_over(root, service)
    return service, root, history


def test_the_service_finds_what_the_pilot_wrote_and_writes_nothing_again(
    taken_over: tuple[Service, Root, str], pair: Pair
) -> None:
    service, _, _ = taken_over
    writes = pair.canvas_site.faults.writes()
    assert writes > 0
    service.start().until(IN_STEP)
    assert pair.canvas_site.faults.writes() == writes


def test_the_pilots_history_is_the_services(taken_over: tuple[Service, Root, str]) -> None:
    service, root, history = taken_over
    assert json.loads(history)
    service.start().until(IN_STEP)
    socket = service.runtime / "control"
    assert root.type(f"SYNCD_CONTROL_SOCKET={socket} syncd history --json", root.home) == history


def test_nothing_that_names_a_credential_or_the_pilots_state_is_left(
    taken_over: tuple[Service, Root, str],
) -> None:
    service, root, _ = taken_over
    assert (
        not {"SYNCD_CANVAS__TOKEN_FILE", "SYNCD_GOOGLE__CREDENTIALS_FILE", "SYNCD_STATE_DIR"}
        & service.settings.keys()
    )
    assert not (service.machine / "etc/syncd/calendar/.env").exists()
    assert not (root.home / ".local/state/syncd").exists()
