"""`make install` copies what the service manager reads to where it looks for it."""

import subprocess
from pathlib import Path


def test_a_packager_finds_units_users_and_paths_below_destdir(root: Path, tmp_path: Path) -> None:
    subprocess.run(["make", "install", f"DESTDIR={tmp_path}"], cwd=root, check=True, capture_output=True)
    installed = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert {
        "usr/lib/systemd/system/syncd.service",
        "usr/lib/systemd/system/syncd@.service",
        "usr/lib/sysusers.d/syncd.conf",
        "usr/lib/tmpfiles.d/syncd.conf",
    } <= installed


def test_every_unit_is_installed(root: Path, tmp_path: Path) -> None:
    subprocess.run(["make", "install", f"DESTDIR={tmp_path}"], cwd=root, check=True, capture_output=True)
    units = {
        path.name for path in (root / "deploy" / "systemd").iterdir() if path.suffix in {".service", ".timer"}
    }
    assert {path.name for path in (tmp_path / "usr/lib/systemd/system").iterdir()} == units
