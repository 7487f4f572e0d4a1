"""The asking side of the control socket: verbs of people who cannot read the service's state themselves.

Whoever owns settings and state works on them directly; everybody else asks the daemon, if one answers.
But also the owner asks where the daemon of that very state answers and knows better or must know at once:
`status`, whose other half is in the daemon alone; `pause` and `resume`; and every verb that ends in a cycle.
Verbs over the data files ask unless the caller names files of his own. A caller whom the socket is closed to
is told so.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from syncd.config.env_file import (
    early_setting,
    early_state_folder,
    trusted_env_file,
    unreadable_env_file,
)
from syncd.control.protocol import ASKED_BY, DRY_RUN, VERBS, Asks, VerbSpec
from syncd.errors import RefusedError
from syncd.exits import FAILED
from syncd.reporting.terminal import has_colours, spoken_here, to_stderr

SYSTEM_SOCKET = Path("/run/syncd/control")
"""Where `syncd.service` listens; an instance's is /run/syncd/NAME/control (SYNCD_CONTROL_SOCKET names it)."""
CONNECT_S = 3.0
STATUS_S = 30.0
"""Seconds without a word after which a daemon asked for its status is said to hang."""


def relayed(parsed: argparse.Namespace) -> int | None:
    """The exit code of a command that the daemon answered; None where the caller does it himself.

    Raises `RefusedError` for a caller who has nothing of his own and may not ask either, `SettingsError` where
    nobody listens and the ``.env`` here, which may name all of that, cannot be read by him.
    """
    verb = _verb(parsed)
    spec = VERBS.get(verb)
    # Neither is text that a daemon could send; they are made from the data files here.
    is_binary = getattr(parsed, "export_format", "") in {"xlsx", "pdf"}
    if spec is None or os.environ.get(ASKED_BY) or is_binary:
        return None
    of_data = spec.asks is Asks.FOR_DATA
    unreadable = unreadable_env_file()
    owns = (unreadable is None and _owns_state()) or (
        of_data and bool(early_setting("CALENDAR_DIR", skip_unreadable=True))
    )
    if owns and spec.asks in {Asks.FOR_STATE, Asks.FOR_DATA}:
        return None
    if owns and parsed.today:
        # A pretended day is the caller's own: the daemon lives in another.
        return None
    peer = _connect(_own_paths() if owns else _paths(), may_be_closed=owns or of_data)
    if peer is None:
        trusted_env_file()  # raises for the one that was skipped to find a daemon
        return None
    if unreadable is not None:
        to_stderr(
            f"syncd: {unreadable.absolute()} may not be read by this user and was skipped; the daemon answers."
        )
    if verb == "status":
        peer.settimeout(STATUS_S)
    with peer:
        question = _arguments(parsed, verb, spec)
        out = next((getattr(parsed, one.attribute) for one in spec.arguments if one.name == "out"), None)
        if out is None:
            return converse(peer, verb, question, sys.stdout)
        file = _FileOfAnswer(Path(out))
        try:
            return converse(peer, verb, question, file)
        finally:
            file.close()


def _verb(parsed: argparse.Namespace) -> str:
    if parsed.verb or parsed.once or parsed.version:
        return str(parsed.verb)
    return DRY_RUN if parsed.dry_run else "status"


class _FileOfAnswer:
    """A file that is opened with the first words of an answer: a refusal leaves what stood there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def write(self, text: str) -> None:
        """Add to the file, as it came: an iCalendar file's lines end in CRLF."""
        if self._file is None:
            self._file = self._path.open("w", encoding="utf-8", errors="replace", newline="")
        self._file.write(text)

    def close(self) -> None:
        """Close it, and say where the answer is."""
        if self._file is not None:
            self._file.close()
            sys.stdout.write(f"written to {self._path}\n")


def converse(peer: socket.socket, verb: str, arguments: dict[str, Any], out: Any) -> int:
    """Ask one question and print its answer as it comes; the exit code."""
    question = {"verb": verb, "arguments": arguments, "for": os.environ.get("SUDO_USER", "")}
    peer.sendall(json.dumps(question).encode() + b"\n")
    try:
        for piece in _answers(peer):
            if "out" in piece:
                out.write(piece["out"])
            if "err" in piece:
                _to_stderr(piece["err"])
            if "exit" in piece:
                return int(piece["exit"])
    except TimeoutError:
        to_stderr(
            f"syncd: the daemon listens and says nothing for {peer.gettimeout():.0f} s: it hangs or is stopped. "
            "Look at its log (journalctl -u syncd), or restart it."
        )
        return FAILED
    to_stderr("syncd: the daemon ended before its answer did; ask again.")
    return FAILED


def _to_stderr(text: str) -> None:
    """Whole lines as the terminal has room for them, a part of one as it came."""
    if text.endswith("\n"):
        to_stderr(text[:-1])
    else:
        sys.stderr.write(text)


def _answers(peer: socket.socket) -> Iterator[dict[str, Any]]:
    with suppress(ConnectionError), peer.makefile("r", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _arguments(parsed: argparse.Namespace, verb: str, spec: VerbSpec) -> dict[str, Any]:
    taken = {one.name: getattr(parsed, one.attribute, None) for one in spec.sent}
    found = {name: value for name, value in taken.items() if value}
    if verb == DRY_RUN:
        found["spoken"] = spoken_here()
        found["colour"] = has_colours(sys.stdout) and not parsed.out
        if parsed.out and parsed.out.endswith(".json") and parsed.format == "text":
            found["format"] = "json"
    return found


def _connect(paths: Sequence[Path], *, may_be_closed: bool) -> socket.socket | None:
    """A daemon that listens. Raises `RefusedError` where one does, but not to this user."""
    closed: Path | None = None
    for path in paths:
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
    if named := early_setting("CONTROL_SOCKET", skip_unreadable=True):
        return [Path(named)]
    return [*_own_paths(), SYSTEM_SOCKET]


def _own_paths() -> list[Path]:
    """Where the daemon of the caller's own state listens, and no other.

    One that was told to listen elsewhere leaves a link in the state folder: see `syncd.control.server`.
    """
    named = early_setting("CONTROL_SOCKET", skip_unreadable=True)
    runtime = os.environ.get("RUNTIME_DIRECTORY")
    return [
        *([Path(named)] if named else []),
        *([Path(runtime.split(":")[0]) / "control"] if runtime else []),
        early_state_folder(skip_unreadable=True) / "control",
    ]


def _owns_state() -> bool:
    """True where targets are configured and the state may be read and written, or made, by the caller."""
    if not early_setting("TARGETS_FILE"):
        return False
    if early_setting("DATABASE") or _may_read(early_setting("DATABASE_FILE")):
        # Every machine that has the database's address may decide there.
        return True
    folder = early_state_folder()
    try:
        if not (folder / "state.db").exists():
            return not folder.exists() or os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    except PermissionError:
        return False
    return os.access(folder / "state.db", os.R_OK | os.W_OK)


def _may_read(path: str) -> bool:
    return bool(path) and os.access(path, os.R_OK)
