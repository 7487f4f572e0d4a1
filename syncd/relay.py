"""The asking side of the control socket: verbs of people who cannot read the service's state themselves.

Whoever owns settings and state works on them directly, daemon or not; everybody else asks the daemon, if
one answers. `pause` and `resume` always ask, since the daemon must know at once.
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

from syncd.env_file import early_setting

ASKED_BY = "SYNCD_ASKED_BY"
"""Variable that tells a verb which the daemon runs for somebody who that is."""
SYSTEM_SOCKET = Path("/run/syncd/control")
"""Where `syncd.service` listens; an instance's is /run/syncd/NAME/control (SYNCD_CONTROL_SOCKET names it)."""
ALWAYS = frozenset({"pause", "resume"})
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
}
"""Verb to what is sent of it: the question's name and the command line's for each argument."""


def relayed(parsed: argparse.Namespace) -> int | None:
    """The exit code of a command that the daemon answered; None where the caller does it himself."""
    verb = "dry-run" if parsed.dry_run and not parsed.verb else str(parsed.verb)
    if verb not in ALWAYS | _ARGUMENTS.keys() or os.environ.get(ASKED_BY):
        return None
    if verb not in ALWAYS and _owns_state():
        return None
    peer = _connect()
    if peer is None:
        return None
    with peer:
        out = getattr(parsed, "out", None)
        if verb == "dry-run" and out:
            with Path(out).open("w", encoding="utf-8") as file:
                return converse(peer, verb, _arguments(parsed, verb), file)
        return converse(peer, verb, _arguments(parsed, verb), sys.stdout)


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
    taken = {name: getattr(parsed, attribute) for name, attribute in _ARGUMENTS.get(verb, {}).items()}
    found = {name: value for name, value in taken.items() if value}
    if verb == "dry-run":
        found["colour"] = sys.stdout.isatty() and not parsed.out
        if parsed.out and parsed.out.endswith(".json") and parsed.format == "text":
            found["format"] = "json"
    return found


def _connect() -> socket.socket | None:
    for path in _paths():
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        peer.settimeout(CONNECT_S)
        try:
            peer.connect(str(path))
        except OSError:
            peer.close()
            continue
        peer.settimeout(None)
        return peer
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
