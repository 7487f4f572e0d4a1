"""`syncd support-bundle`: what helps is in it, and nothing that is secret, wherever a secret was planted."""

import json
import os
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from mapping.model import Context
from syncd.commands.support_bundle import HARMLESS
from syncd.config.settings import PREFIX, Settings
from syncd.reconcile.health import Health, Trouble, remember
from syncd.state.schema import VERSION
from syncd.state.store import State
from tests.support import college
from tests.unit.syncd.commands.conftest import Run

CANARY = "canary"
TOKEN = "1234~CanaryZ9yX8wV7uT6sR5qP4oN3mL2kJ1canary"
KEY = {
    "type": "service_account",
    "client_email": "canary-robot@canary.iam.example",
    "private_key_id": "canary5f4dcc3b5aa765d61d8327deb882cf99",
    "private_key": "-----BEGIN PRIVATE KEY-----\nMIIcanaryAAB\ncanaryCCDD\n-----END PRIVATE KEY-----\n",
}
TARGETS = """\
owner: college
timezone: Europe/London
targets:
  - {name: pilot, kind: canvas, courses: [7], year: 2031-2032, languages: [cy]}
  - {name: wall, kind: google, calendar_id: canary-wall@group.calendar.google.com, languages: [cy]}
"""


def private(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site with a canary in every secret, address and name, and a state whose failures repeat them."""
    folder = college.write(college.college(), tmp_path / "site")
    (folder / "targets.yaml").write_text(TARGETS, encoding="utf-8")
    for name, value in {
        "CALENDAR_DIR": folder,
        "TARGETS_FILE": folder / "targets.yaml",
        "CANVAS__BASE_URL": "https://canary-canvas.example.edu",
        "CANVAS__TOKEN": TOKEN + "environment",
        "CANVAS__TOKEN_FILE": private(folder / "token", TOKEN + "\n"),
        "CANVAS__TOKENS_FILE": private(folder / "tokens", f"{TOKEN}first\n{TOKEN}second\n"),
        "GOOGLE__CREDENTIALS_FILE": private(folder / "key.json", json.dumps(KEY, indent=2)),
        "DATABASE_FILE": private(folder / "database", "postgresql://syncd:canarypass@canary-db.example/x\n"),
        "PROXY": "http://canary:canaryproxy@proxy.canary.example:3128",
        "NOTIFY_COMMAND": "/opt/tell https://hooks.canary.example/T0/canaryhook",
        "HTTP_HOSTS": "calendar.canary.example",
        "CANVAS_TOKEN": "canarymistyped",
        "INTERVAL": "1234",
    }.items():
        monkeypatch.setenv(f"SYNCD_{name}", str(value))
    monkeypatch.delenv("SYNCD_DATABASE_FILE")
    return folder


def sentences() -> str:
    """What a careless service could answer, all of it in one failure."""
    return (
        f"HTTP 403 from https://canary-canvas.example.edu/api/v1/courses?access_token={TOKEN} for canary course name, "
        f"{KEY['client_email']} with Bearer {TOKEN}x; {KEY['private_key']} postgresql://syncd:canarypass@db.canary/x "
        f"canary-wall@group.calendar.google.com on canary-canvas.example.edu port 443"
    )


def failing(folder: Path) -> None:
    state = State.open(folder, now=time.time())
    try:
        for context in (
            Context(id="course_7", kind="canvas", name="canary course name", target="pilot"),
            Context(
                id="canary-wall@group.calendar.google.com", kind="google", name="canary wall", target="wall"
            ),
        ):
            state.events.take([context])
            state.events.failed(context, sentences(), now=1000.0, retry_at=2000.0)
        trouble = Trouble(where="canvas", sentence=sentences(), since=900.0)
        remember(state.ledger, Health(read=frozenset({"pilot", "wall"}), troubles=(trouble,)))
    finally:
        state.close()


def bundle_of(text: str) -> dict[str, Any]:
    found = json.loads(text)
    assert isinstance(found, dict)
    return found


def test_no_planted_secret_address_or_name_is_in_it(site: Path, tmp_path: Path, run: Run) -> None:
    failing(tmp_path / "state")
    ran = run("support-bundle", "--out", str(tmp_path / "bundle"))
    assert ran.code == 0
    raw = (tmp_path / "bundle").read_bytes()
    assert CANARY not in raw.decode().lower()
    assert b"PRIVATE KEY" not in raw
    assert b"group.calendar.google.com" not in raw
    assert "403" in raw.decode(), "the failures themselves are there"
    assert stat.S_IMODE((tmp_path / "bundle").stat().st_mode) == 0o600


@pytest.mark.parametrize("broken", ["targets.yaml", "token", "key.json"])
def test_nor_where_a_file_cannot_be_used(broken: str, site: Path, run: Run) -> None:
    (site / broken).write_text(f"{{{CANARY}: [{TOKEN}\n  {KEY['private_key']}", encoding="utf-8")
    ran = run("support-bundle")
    assert ran.code == 0
    assert CANARY not in ran.out.lower()


def test_nor_where_a_setting_cannot_be_used(site: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNCD_HTTP_LISTEN", f"0.0.0.0:{TOKEN}")
    ran = run("support-bundle")
    assert (ran.code, bundle_of(ran.out)["settings"]) == (0, None)
    assert CANARY not in ran.out.lower()
    assert any("SYNCD_HTTP_LISTEN" in one for one in bundle_of(ran.out)["problems"])


def test_nor_where_the_settings_stand_in_a_file(
    site: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(tmp_path / "state")
    lines = {name: value for name, value in os.environ.items() if name.startswith(PREFIX)}
    for name in lines:
        monkeypatch.delenv(name)
    file = private(tmp_path / ".env", "".join(f"{name}='{value}'\n" for name, value in lines.items()))
    monkeypatch.setenv("SYNCD_ENV_FILE", str(file))
    ran = run("support-bundle")
    assert bundle_of(ran.out)["status"]["failing"]
    assert CANARY not in ran.out.lower()


def test_it_tells_what_whoever_helps_asks_first(site: Path, tmp_path: Path, run: Run) -> None:
    failing(tmp_path / "state")
    found = bundle_of(run("support-bundle").out)
    assert {"syncd", "python", "system", "sqlite", "zone_rules", "packages"} == set(found["versions"])
    assert "pydantic" in found["versions"]["packages"]
    assert found["settings"]["SYNCD_INTERVAL"] == 1234
    assert found["settings"]["SYNCD_CANVAS__TOKEN"] == "set"
    assert found["settings"]["SYNCD_CANVAS__TOKEN_FILE"] == "set, a file of mode 600"
    assert found["settings"]["SYNCD_CA_FILE"] == "not set"
    assert found["unknown_settings"] == ["SYNCD_CANVAS_TOKEN"]
    assert found["state"] == {"lies": "in a file", "layout": VERSION, "layout_known": VERSION}
    assert [one["name"] for one in found["targets"]] == ["pilot", "wall"]
    assert [one["context"] for one in found["status"]["failing"]] == ["calendar-1", "course_7"]
    assert found["status"]["failing"][0]["name"] == "the name of calendar-1"
    assert found["status"]["troubles"][0]["where"] == "canvas"
    assert {"sound", "lines", "ended"} == set(found["check"])


def test_every_setting_is_named_and_only_harmless_ones_are_shown(site: Path, run: Run) -> None:
    def names(model: type[BaseModel], prefix: str = "") -> set[str]:
        found: set[str] = set()
        for name, field in model.model_fields.items():
            inner = field.default
            found |= (
                names(type(inner), f"{prefix}{name}.") if isinstance(inner, BaseModel) else {prefix + name}
            )
        return found

    told = bundle_of(run("support-bundle").out)["settings"]
    wanted = {PREFIX + name.replace(".", "__").upper(): name for name in names(Settings)}
    assert told.keys() == wanted.keys()
    assert names(Settings) >= HARMLESS
    for variable, name in wanted.items():
        if name not in HARMLESS:
            assert str(told[variable]).split(",")[0] in {"set", "not set"}, variable


def test_without_settings_and_state_it_says_so(run: Run) -> None:
    found = bundle_of(run("support-bundle").out)
    assert found["state"] == {"lies": "in a file", "layout": None, "layout_known": VERSION}
    assert found["problems"]


def test_a_file_that_is_there_is_left_as_it_is(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "bundle"
    path.write_text("somebody's")
    assert run("support-bundle", "--out", str(path)).code == 64
    assert path.read_text() == "somebody's"
