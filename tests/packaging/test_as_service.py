"""`syncd-as-service` gives a command what the unit gives the service."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.supervised.conftest import ROOT, Unit

SCRIPT = ROOT / "deploy" / "systemd" / "syncd-as-service"
PROPERTIES = (
    "User",
    "Group",
    "StateDirectory",
    "StateDirectoryMode",
    "UMask",
    "LimitCORE",
    "NoNewPrivileges",
)


def asked_of_systemd(folder: Path, instance: str = "") -> list[str]:
    """The words that the script hands to systemd-run."""
    stand_in = folder / "systemd-run"
    stand_in.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    stand_in.chmod(0o755)
    environment = {"PATH": f"{folder}:{os.defpath}", "SYNCD_INSTANCE": instance}
    command = [str(SCRIPT), "retire", "law autumn"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize(("name", "instance"), [("syncd.service", ""), ("syncd@.service", "north")])
def test_a_command_gets_user_state_settings_and_credentials_of_the_unit(
    name: str, instance: str, tmp_path: Path
) -> None:
    words = asked_of_systemd(tmp_path, instance)
    unit = Unit.read(name, instance)
    assert words[-3:] == ["/opt/syncd/bin/syncd", "retire", "law autumn"]
    assert {f"--property={key}={unit.one(key)}" for key in PROPERTIES} <= set(words)
    assert {f"--property=LoadCredential={line}" for line in unit.lines["LoadCredential"]} <= set(words)
    assert f"--property=EnvironmentFile=-{unit.one('EnvironmentFile').lstrip('-')}" in words
    assert {f"--setenv={key}={value}" for key, value in unit.environment().items()} <= set(words)
