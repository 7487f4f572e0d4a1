"""The files for a container, parsed: what they copy is there and enough, and what they run is confined.

No image is built: no builder is at hand where these tests run.
"""

import fnmatch
import json
import shlex
import shutil
import socketserver
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from syncd.config.settings import PREFIX, Settings
from syncd.grammar import build_parser
from tests.unit.syncd.test_env_example import settings_of

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "deploy" / "container"
SERVICES = ("syncd", "sandbox", "trial")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One line of the Containerfile, continuations joined."""

    stage: str
    word: str
    rest: str

    @property
    def sources(self) -> tuple[str, ...]:
        """Of a COPY: what is copied, without options and without where to."""
        return tuple(word for word in self.rest.split()[:-1] if not word.startswith("--"))

    @property
    def from_stage(self) -> str:
        return next((w.removeprefix("--from=") for w in self.rest.split() if w.startswith("--from=")), "")


@cache
def instructions() -> tuple[Instruction, ...]:
    found: list[Instruction] = []
    stage = ""
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        word, _, rest = line.partition(" ")
        if word == "FROM":
            stage = rest.split(" AS ")[1]
        found.append(Instruction(stage, word, rest))
    return tuple(found)


@cache
def parents() -> Mapping[str, str]:
    """Stage to what it begins from."""
    return {one.stage: one.rest.split()[0] for one in instructions() if one.word == "FROM"}


def last(word: str, stage: str) -> str:
    """What the last such instruction of a stage says, or of the stages that it begins from."""
    while stage:
        if said := [one.rest for one in instructions() if (one.word, one.stage) == (word, stage)]:
            return said[-1]
        stage = parents().get(stage, "")
    return ""


@cache
def compose() -> dict[str, Any]:
    found = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def service(name: str) -> dict[str, Any]:
    found = compose()["services"][name]
    assert isinstance(found, dict)
    return found


def is_ignored(source: str) -> bool:
    """Whether the builder is told not to see it."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    patterns = [line.strip("/") for line in lines if line and not line.startswith("#")]
    return any(fnmatch.fnmatch(source.strip("/"), pattern) for pattern in patterns)


def copied() -> list[str]:
    return [
        source
        for one in instructions()
        if one.word == "COPY" and not one.from_stage
        for source in one.sources
    ]


@pytest.mark.parametrize("source", copied())
def test_what_is_copied_is_in_the_checkout_and_shown_to_the_builder(source: str) -> None:
    assert (ROOT / source).exists()
    assert not is_ignored(source)


def test_what_is_copied_is_enough_to_build_the_program(tmp_path: Path) -> None:
    for source in copied():
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, tmp_path / source)
    for one in instructions():
        if one.word == "RUN" and " -r " in one.rest:
            assert (tmp_path / shlex.split(one.rest)[-1]).is_file()
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = (tmp_path / "dist").iterdir()
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.endswith("share/syncd/container/healthy") for name in names)


def test_a_stage_takes_only_from_stages_before_it() -> None:
    seen: list[str] = []
    for one in instructions():
        if one.word == "FROM" and one.rest.split()[0] not in seen:
            image, _, tag = one.rest.split()[0].partition(":")
            assert (image, tag) == ("python", "3.13-slim"), "one base, by a tag that is not the latest"
        if one.from_stage:
            assert one.from_stage in seen
        if one.word == "FROM":
            seen.append(one.stage)


@pytest.mark.parametrize("stage", ["syncd", "sandbox"])
def test_an_image_runs_as_nobody_in_particular(stage: str) -> None:
    assert last("USER", stage) == "10001:10001"
    command = json.loads(last("ENTRYPOINT", stage)) + json.loads(last("CMD", stage))
    assert command[0] == "/opt/syncd/bin/syncd"
    build_parser().parse_args(command[1:])


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_rights_no_port_and_no_file_to_write_but_its_volumes(name: str) -> None:
    said = service(name)
    assert said["user"] == last("USER", "bare")
    assert (said["read_only"], said["cap_drop"]) == (True, ["ALL"])
    assert "no-new-privileges:true" in said["security_opt"]
    assert not {"ports", "privileged", "cap_add", "devices"} & said.keys()
    assert said.get("network_mode", "service:sandbox") == "service:sandbox"
    assert said["healthcheck"]["test"]
    mounts = [volume.split(":") for volume in said["volumes"]]
    for source, _, *options in mounts:
        assert source in compose()["volumes"] or options == ["ro"], "of the host, only to be read"
    assert set(said.get("secrets", ())) <= set(compose()["secrets"])


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_says_what_the_program_understands(name: str) -> None:
    said = service(name)
    stage = said.get("build", {"target": said["image"].removeprefix("syncd-")})["target"]
    build_parser().parse_args(said.get("command", json.loads(last("CMD", stage))))
    known = {*settings_of(Settings, PREFIX), f"{PREFIX}ENV_FILE"}
    assert set(said.get("environment", ())) <= known
    assert {word.split("=")[0] for word in last("ENV", "syncd").split()} <= known


def test_the_service_finds_its_state_its_secrets_and_its_health() -> None:
    said, image = service("syncd"), dict(word.split("=") for word in last("ENV", "syncd").split())
    mounted = {volume.split(":")[1] for volume in said["volumes"]}
    assert image["SYNCD_STATE_DIR"] in mounted
    assert image["SYNCD_HTTP_LISTEN"].startswith("unix:/run/syncd-page/")
    assert json.loads(last("VOLUME", "syncd")) == [image["SYNCD_STATE_DIR"], "/run/syncd-page"]
    for name in ("SYNCD_CANVAS__TOKEN_FILE", "SYNCD_GOOGLE__CREDENTIALS_FILE"):
        assert Path(said["environment"][name]).name in said["secrets"]
    options, _, command = last("HEALTHCHECK", "syncd").partition(" CMD ")
    assert ["CMD", *json.loads(command)] == said["healthcheck"]["test"]
    assert json.loads(command) == ["/opt/syncd/share/syncd/container/healthy"]
    for key in ("interval", "timeout", "retries"):
        assert f"--{key}={said['healthcheck'][key]}" in options.split()


def test_the_simulators_are_there_only_when_asked_for() -> None:
    profiles = {name: service(name).get("profiles", []) for name in SERVICES}
    assert profiles == {"syncd": [], "sandbox": ["sandbox"], "trial": ["sandbox"]}
    written = service("sandbox")["command"][-1]
    assert service("trial")["environment"]["SYNCD_ENV_FILE"] == f"{written}/.env"
    assert service("sandbox")["healthcheck"]["test"][-1] == f"{written}/.env"


# --- the health check ---------------------------------------------------------------------------------


class Answering(BaseHTTPRequestHandler):
    """Answers with the status that the server carries."""

    def do_GET(self) -> None:
        self.send_response(self.server.status if self.path == "/healthz" else 404)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def answering(server: socketserver.BaseServer, status: int) -> Iterator[None]:
    server.status = status  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.handle_request, daemon=True)
    thread.start()
    with server:
        yield
        thread.join(20)


def healthy(address: str) -> int:
    return subprocess.run(
        [sys.executable, str(FOLDER / "healthy")],
        env={"SYNCD_HTTP_LISTEN": address},
        capture_output=True,
        check=False,
        timeout=60,
    ).returncode


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_health_check_asks_at_the_socket(status: int, code: int, tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    with answering(socketserver.UnixStreamServer(path, Answering), status):
        assert healthy(f"unix:{path}") == code


def test_the_health_check_asks_at_the_port_and_fails_where_nobody_answers() -> None:
    server = HTTPServer(("127.0.0.1", 0), Answering)
    address = f"127.0.0.1:{server.server_port}"
    with answering(server, 200):
        assert healthy(address) == 0
    assert healthy(address) == 1
    assert healthy("") == 1
