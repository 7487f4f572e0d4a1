"""systemd's own judgement of the units, of the users and of the paths."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.system

SERVICES = ("syncd.service", "syncd@north.service", "syncd-once.service", "syncd-worker.service")
MOST_EXPOSURE = "12"
"""Tenths: 1.2 of 10."""


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed here")
    return found


@pytest.fixture
def host(root: Path, tmp_path: Path) -> Path:
    """The root folder of a machine on which `make install` was run, beside systemd's own units."""
    system = Path("/usr/lib/systemd/system")
    if not system.is_dir():
        pytest.skip("systemd's own units are not installed here")
    folder = tmp_path / "host"
    shutil.copytree(system, folder / "usr/lib/systemd/system", symlinks=True)
    subprocess.run(["make", "install", f"DESTDIR={folder}"], cwd=root, check=True, capture_output=True)
    for path in ("opt/syncd/bin/syncd", "bin/kill"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("#!/bin/sh\n")
        (folder / path).chmod(0o755)
    (folder / "etc").mkdir()
    return folder


def test_systemd_finds_nothing_to_say_about_any_unit(host: Path) -> None:
    units = [*SERVICES, "syncd-once.timer"]
    verified = subprocess.run(
        [program("systemd-analyze"), "verify", f"--root={host}", "--man=no", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


def test_the_timer_comes_every_quarter_of_an_hour_while_clocks_go_back(root: Path) -> None:
    timer = root / "deploy/systemd/syncd-once.timer"
    (calendar,) = (
        line.removeprefix("OnCalendar=")
        for line in timer.read_text().splitlines()
        if line.startswith("OnCalendar=")
    )
    # Berlin: 02:59 of summer time on 25 October 2026 is followed by 02:00 of winter time, at 01:00 UTC.
    shown = subprocess.run(
        [
            *(program("systemd-analyze"), "calendar"),
            *("--base-time=2026-10-25 00:29:00 UTC", "--iterations=4", calendar),
        ],
        env={"TZ": "Europe/Berlin", "SYSTEMD_COLORS": "0", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    in_utc = re.findall(r"\(in UTC\): ... 2026-10-25 (\d\d:\d\d):00 UTC", shown)
    assert in_utc == ["00:30", "00:45", "01:00", "01:15"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_exposed_no_more_than_a_network_client_must_be(service: str, host: Path) -> None:
    command = [program("systemd-analyze"), "security", "--offline=true", f"--threshold={MOST_EXPOSURE}"]
    judged = subprocess.run(
        [*command, f"--root={host}", "--no-pager", service], capture_output=True, text=True, check=False
    )
    assert judged.returncode == 0, judged.stdout


def test_the_user_and_group_of_the_service_come_into_being(host: Path) -> None:
    for name in ("passwd", "group", "shadow", "gshadow"):
        (host / "etc" / name).write_text("")
    subprocess.run([program("systemd-sysusers"), f"--root={host}"], check=True, capture_output=True)
    users = (host / "etc/passwd").read_text().splitlines()
    assert [line.split(":")[5:] for line in users if line.startswith("syncd:")] == [
        ["/var/lib/syncd", "/usr/sbin/nologin"]
    ]
    assert any(line.startswith("syncd:") for line in (host / "etc/group").read_text().splitlines())


def test_state_and_sockets_lie_in_folders_that_others_cannot_enter(host: Path) -> None:
    for name in ("passwd", "group", "shadow", "gshadow"):
        (host / "etc" / name).write_text("")
    subprocess.run([program("systemd-sysusers"), f"--root={host}"], check=True, capture_output=True)
    command = [program("systemd-tmpfiles"), f"--root={host}", "--create", "syncd.conf"]
    subprocess.run(command, check=True, capture_output=True)
    wanted = {
        "var/lib/syncd": 0o700,
        "run/syncd": 0o750,
        "etc/credstore": 0o700,
        "etc/credstore.encrypted": 0o700,
    }
    assert {path: (host / path).stat().st_mode & 0o777 for path in wanted} == wanted
