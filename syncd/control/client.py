"""The asking side of the control socket: verbs of people who cannot read the service's state themselves.

Whoever owns settings and state works on them directly, daemon or not; everybody else asks the daemon, if
one answers. `pause` and `resume` always ask, since the daemon must know at once. Verbs over the data files
ask unless the caller names files of his own. A caller whom the socket is closed to is told so.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from syncd.config.env_file import early_setting
from syncd.errors import RefusedError

ASKED_BY = "SYNCD_ASKED_BY"
"""Variable that tells a verb which the daemon runs for somebody who that is."""
SYSTEM_SOCKET = Path("/run/syncd/control")
"""Where `syncd.service` listens; an instance's is /run/syncd/NAME/control (SYNCD_CONTROL_SOCKET names it)."""
ALWAYS = frozenset({"pause", "resume"})
OF_DATA = frozenset({"check", "entries"})
"""Verbs that need neither state nor settings, but should speak of the calendar in force here."""
CONNECT_S = 3.0
_ARGUMENTS = {
    "dry-run": {"target": "target", "format": "format", "today": "today"},
    "status": {"json": "json"},
    "approve": {"digest": "digest"},
    "publish": {"digest": "digest"},
    "history": {"entry": "entry", "target": "history_target", "since": "since", "json": "json"},
    "where": {"entry": "entry", "all": "all", "json": "json"},
    "as-of": {"date": "date", "course": "course", "json": "json"},
    "restore": {"entry": "entry", "course": "course"},
    "undo": {"run": "run_name", "release": "release"},
    "check": {"offline": "offline", "review": "review"},
    "entries": {"json": "json", "school": "school", "term": "term", "on": "on"},
}
"""Verb to what is sent of it: the question's name and the command line's for each argument."""


def relayed(parsed: argparse.Namespace) -> int | None:
    """The exit code of a command that the daemon answered; None where the caller does it himself.

    Raises `RefusedError` for a caller who has nothing of his own and may not ask either.
    """
    verb = _verb(parsed)
    if verb not in ALWAYS | _ARGUMENTS.keys() or os.environ.get(ASKED_BY):
        return None
    owns = _owns_state() or (verb in OF_DATA and bool(early_setting("CALENDAR_DIR")))
    if verb not in ALWAYS and owns:
        return None
    peer = _connect(may_be_closed=owns or verb in OF_DATA)
    if peer is None:
        return None
    with peer:
        out = getattr(parsed, "out", None)
        if verb == "dry-run" and out:
            with Path(out).open("w", encoding="utf-8") as file:
                return converse(peer, verb, _arguments(parsed, verb), file)
        return converse(peer, verb, _arguments(parsed, verb), sys.stdout)


def _verb(parsed: argparse.Namespace) -> str:
    if parsed.verb or parsed.once or parsed.version:
        return str(parsed.verb)
    return "dry-run" if parsed.dry_run else "status"


def converse(peer: socket.socket, verb: str, arguments: dict[str, Any], out: Any) -> int:
    """Ask one question and print its answer as it comes; the exit code."""
    question = {"verb": verb, "arguments": arguments, "for": os.environ.get("SUDO_USER", "")}
    peer.sendall(json.dumps(question).encode() + b"\n")
    for told in _answers(peer):
        if "out" in told:
            out.write(told["out"])
        if "err" in told:
            sys.stderr.write(told["err"])
        if "exit" in told:
            return int(told["exit"])
    sys.stderr.write("syncd: the daemon ended before its answer did; ask again.\n")
    return 1


def _answers(peer: socket.socket) -> Iterator[dict[str, Any]]:
    with suppress(ConnectionError), peer.makefile("r", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _arguments(parsed: argparse.Namespace, verb: str) -> dict[str, Any]:
    taken = {name: getattr(parsed, attribute, None) for name, attribute in _ARGUMENTS.get(verb, {}).items()}
    found = {name: value for name, value in taken.items() if value}
    if verb == "dry-run":
        found["colour"] = sys.stdout.isatty() and not parsed.out
        if parsed.out and parsed.out.endswith(".json") and parsed.format == "text":
            found["format"] = "json"
    return found


def _connect(*, may_be_closed: bool) -> socket.socket | None:
    """A daemon that listens. Raises `RefusedError` where one does, but not to this user."""
    closed: Path | None = None
    for path in _paths():
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        peer.settimeout(CONNECT_S)
        try:
            peer.connect(str(path))
        except OSError as error:
            peer.close()
            if isinstance(error, PermissionError):
                closed = path
            continue
        peer.settimeout(None)
        return peer
    if closed is not None and not may_be_closed:
        raise RefusedError(
            f"syncd listens at {closed}, but not to this user: have yourself put into its group "
            "(as root: usermod --append --groups syncd NAME), then log in anew."
        )
    return None


def _paths() -> list[Path]:
    """Where a daemon may listen: the one named, else the state's own, else the system's."""
    if named := early_setting("CONTROL_SOCKET"):
        return [Path(named)]
    runtime = os.environ.get("RUNTIME_DIRECTORY")
    return [
        *([Path(runtime.split(":")[0]) / "control"] if runtime else []),
        _state_folder() / "control",
        SYSTEM_SOCKET,
    ]


def _state_folder() -> Path:
    """As `Settings.state_folder`, without loading the settings."""
    if given := early_setting("STATE_DIR") or os.environ.get("STATE_DIRECTORY", "").split(":")[0]:
        return Path(given)
    home = os.environ.get("XDG_STATE_HOME")
    return (Path(home) if home else Path.home() / ".local" / "state") / "syncd"


def _owns_state() -> bool:
    """True where targets are configured and the state may be read and written, or made, by the caller."""
    if not early_setting("TARGETS_FILE"):
        return False
    folder = _state_folder()
    try:
        if not (folder / "state.db").exists():
            return not folder.exists() or os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    except PermissionError:
        return False
    return os.access(folder / "state.db", os.R_OK | os.W_OK)
