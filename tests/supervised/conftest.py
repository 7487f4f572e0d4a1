"""A supervisor stand-in: runs the unit's own ExecStart line in an environment of what the unit provides.

It reads `deploy/systemd/*.service`, makes the folders that the unit names, hands over credentials as
systemd does, listens on a real notification socket, and keeps every message with the state it was sent in.
"""

import json
import queue
import shlex
import signal
import socket
import subprocess
import sysconfig
import threading
import venv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from syncd.sandbox.pair import Pair

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "/opt/syncd"
PATIENCE_S = 60.0
"""Longest wait for anything: no test measures time, this only ends one that would hang."""
TODAY = "2025-09-01"
TARGETS = """\
owner: mnu
timezone: Asia/Almaty
targets:
  - {name: law-calendar, kind: google, calendar_id: law@group.calendar.google.com, school: law, programme: semester, languages: [kk, ru, en]}
  - {name: pilot, kind: canvas, courses: [101, 102], year: 2025-2026, school: law, programme: semester, terms: [autumn], languages: [en]}
"""  # noqa: E501 - as a site writes them


@pytest.fixture(scope="session")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment where the guide puts it, with this checkout in it and its dependencies lent."""
    folder = tmp_path_factory.mktemp("opt") / "syncd"
    venv.create(folder, with_pip=False, symlinks=True)
    (site_packages,) = folder.glob("lib/python3*/site-packages")
    (site_packages / "lent.pth").write_text(f"{ROOT}\n{sysconfig.get_path('purelib')}\n")
    script = folder / "bin" / "syncd"
    script.write_text(f"#!{folder}/bin/python\nfrom syncd.cli import console\nconsole()\n")
    script.chmod(0o755)
    return folder


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Both simulators with a small university in them."""
    with Pair.seeded() as running:
        yield running


@dataclass(frozen=True, slots=True)
class Unit:
    """The lines of a service unit, by name; a name may stand several times."""

    lines: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(cls, name: str, instance: str = "") -> "Unit":
        """Read a shipped unit, with its instance's name filled in."""
        found: dict[str, tuple[str, ...]] = {}
        for line in (ROOT / "deploy" / "systemd" / name).read_text().splitlines():
            key, equals, value = line.partition("=")
            if equals and not line.startswith(("#", "[")):
                found[key] = (*found.get(key, ()), value.replace("%i", instance))
        return cls(found)

    def one(self, key: str) -> str:
        (value,) = self.lines[key]
        return value

    def environment(self) -> dict[str, str]:
        """What its Environment= lines set."""
        words = [word for line in self.lines["Environment"] for word in shlex.split(line)]
        return dict(word.split("=", 1) for word in words)


@dataclass(slots=True)
class Service:
    """One unit on one machine whose root is ``machine``; `start` is `systemctl start`."""

    unit: Unit
    machine: Path
    prefix: Path
    settings: dict[str, str] = field(default_factory=dict)
    """As the environment file holds them."""
    credentials: dict[str, str] = field(default_factory=dict)
    """By the name that the unit gives them."""
    watchdog_s: float = 0.0
    process: subprocess.Popen[str] | None = None
    messages: "queue.Queue[str]" = field(default_factory=queue.Queue)
    log: list[str] = field(default_factory=list)
    _heard: threading.Condition = field(default_factory=threading.Condition)
    _socket: socket.socket | None = None
    _threads: list[threading.Thread] = field(default_factory=list)

    def folder(self, kind: str, root: str) -> Path:
        """A folder the unit asks for, made as systemd does."""
        path = self.machine / root / self.unit.one(kind)
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def state(self) -> Path:
        return self.folder("StateDirectory", "var/lib")

    @property
    def runtime(self) -> Path:
        return self.folder("RuntimeDirectory", "run")

    @property
    def configuration(self) -> Path:
        return self.folder("ConfigurationDirectory", "etc")

    def start(self) -> "Service":
        """Run the unit's ExecStart line; nothing of the caller's environment reaches it."""
        self.messages = queue.Queue()
        command = shlex.split(self.unit.one("ExecStart").replace(PREFIX, str(self.prefix)))
        self.process = subprocess.Popen(
            command,
            env=self.environment(),
            cwd=self.unit.one("WorkingDirectory"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        reader = threading.Thread(target=self._read_log, args=(self.process,), daemon=True)
        reader.start()
        self._threads.append(reader)
        return self

    def environment(self) -> dict[str, str]:
        """All that systemd would set."""
        given = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
            "HOME": "/var/lib/syncd",
            "USER": "syncd",
            "LOGNAME": "syncd",
            "SHELL": "/usr/sbin/nologin",
            "INVOCATION_ID": "0" * 32,
            "NOTIFY_SOCKET": self._listen(),
            "STATE_DIRECTORY": str(self.state),
            "RUNTIME_DIRECTORY": str(self.runtime),
            "CONFIGURATION_DIRECTORY": str(self.configuration),
            "CREDENTIALS_DIRECTORY": str(self._load_credentials()),
        }
        if self.watchdog_s:
            given["WATCHDOG_USEC"] = str(int(self.watchdog_s * 1e6))
        paths = {"/etc/": f"{self.machine}/etc/"}
        ours = self.unit.environment()
        for old, new in paths.items():
            ours = {name: value.replace(old, new) for name, value in ours.items()}
        return given | ours | self.settings

    def until(self, wanted: str, without: str = "\0") -> str:
        """The first message from now on that holds these words, and not those."""
        for _ in range(int(PATIENCE_S)):
            try:
                message = self.messages.get(timeout=1.0)
            except queue.Empty:
                if self.process is None or self.process.poll() is not None:
                    break
                continue
            if wanted in message and without not in message:
                return message
        raise AssertionError(f"never heard {wanted!r}\n{self.tail()}")

    def until_logged(self, event: str) -> dict[str, Any]:
        """The first line of the log with this event name."""
        for _ in range(int(PATIENCE_S * 20)):
            with self._heard:
                for line in self.log:
                    if line.startswith("{") and (found := json.loads(line))["event"] == event:
                        return dict(found)
                self._heard.wait(0.05)
        raise AssertionError(f"never logged {event!r}\n{self.tail()}")

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def exit_code(self) -> int:
        """Wait for the end; the log is complete then."""
        assert self.process is not None
        code = self.process.wait(PATIENCE_S)
        for thread in self._threads[-1:]:
            thread.join(PATIENCE_S)
        return code

    def stop(self) -> int:
        """`systemctl stop`; the exit code."""
        self.signal(signal.SIGTERM)
        return self.exit_code()

    def tail(self) -> str:
        return "\n".join(self.log[-30:])

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self._socket is not None:
            self._socket.close()

    def _read_log(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                with self._heard:
                    self.log.append(line.rstrip("\n"))
                    self._heard.notify_all()

    def _listen(self) -> str:
        address = f"{self.machine}/notify"
        if self._socket is None:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.bind(address)
            threading.Thread(target=self._hear, args=(self._socket,), daemon=True).start()
        return address

    def _hear(self, ears: socket.socket) -> None:
        while True:
            try:
                self.messages.put(ears.recv(65536).decode())
            except OSError:
                return

    def _load_credentials(self) -> Path:
        """Read-only copies under the names of the unit's LoadCredential= lines."""
        folder = self.machine / "run" / "credentials"
        folder.mkdir(parents=True, exist_ok=True)
        for line in self.unit.lines["LoadCredential"]:
            name = line.partition(":")[0]
            if name in self.credentials:
                (folder / name).unlink(missing_ok=True)
                (folder / name).write_text(self.credentials[name])
                (folder / name).chmod(0o400)
        return folder


def site_of(pair: Pair, service: Service) -> None:
    """Give a service the shipped calendar, three calendars of the sandbox, and credentials that open them."""
    calendar = Path(service.environment()["SYNCD_CALENDAR_DIR"])
    calendar.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-r", str(ROOT / "data"), str(calendar)], check=True)
    for other in ("__init__.py", "py.typed", "__pycache__", "schema"):
        subprocess.run(["rm", "-rf", str(calendar / other)], check=True)
    written = pair.write_site(service.machine / "written")
    (calendar / "targets.yaml").write_text(TARGETS)
    service.credentials = {
        "canvas-token": Path(written["SYNCD_CANVAS__TOKEN_FILE"]).read_text(),
        "google-credentials": Path(written["SYNCD_GOOGLE__CREDENTIALS_FILE"]).read_text(),
    }
    service.settings |= {
        "SYNCD_CANVAS__BASE_URL": written["SYNCD_CANVAS__BASE_URL"],
        "SYNCD_GOOGLE__ENDPOINT": written["SYNCD_GOOGLE__ENDPOINT"],
        "SYNCD_GUARDS__FILL_MESSAGES": "100000",
        "SYNCD_REMOVAL_DELAY": "0",
        "SYNCD_TODAY": TODAY,
    }


@pytest.fixture
def machine(prefix: Path, tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Makes services; whatever still runs at the end is killed."""
    made: list[Service] = []

    def make(unit: str = "syncd.service", instance: str = "", **more: object) -> Service:
        folder = tmp_path / f"machine{len(made)}"
        folder.mkdir()
        service = Service(Unit.read(unit, instance), folder, prefix, **more)  # type: ignore[arg-type]
        made.append(service)
        return service

    yield make
    for service in made:
        service.close()


@pytest.fixture
def service(machine: Callable[..., Service], pair: Pair) -> Service:
    """`syncd.service` with a site whose services are the simulators."""
    made = machine()
    site_of(pair, made)
    return made


def python_of(service: Service) -> str:
    """The interpreter of the environment that the service runs from."""
    return str(service.prefix / "bin" / "python")
