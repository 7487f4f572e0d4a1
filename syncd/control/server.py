"""The control socket: people without the service's credentials ask the running daemon.

One question per connection, one JSON object on one line: ``{"verb": ..., "arguments": {...}}``. Answers
are JSON lines, ``{"out": text}`` and ``{"err": text}``, and the last is ``{"exit": code}``. Who asks is
what the kernel says of the peer, never what the peer says of itself. Decides nothing: see `syncd.control.verbs`.
"""

from __future__ import annotations

import errno
import grp
import json
import os
import pwd
import socket
import stat
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from syncd.exits import FAILED, USAGE

GROUP = "syncd"
"""Members of this group may ask, where the host has it."""
LONGEST_QUESTION = 16 * 1024
LONGEST_TEXT = 300
"""Bytes of a question, and characters of one of its values."""
QUESTION_S = 5.0
ANSWER_S = 30.0
"""Seconds for a whole question to arrive, and for the asker to take in a piece of the answer."""
AT_ONCE = 8
"""Questions answered at the same time; further ones are told to come back."""
_CREDENTIALS = struct.Struct("3i")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question. ``who``: user name of the peer; with sudo, the person behind it in front."""

    who: str
    verb: str
    arguments: Mapping[str, str | bool | list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A piece of an answer; ``exit_code`` stands in the last one alone."""

    out: str = ""
    err: str = ""
    exit_code: int | None = None


class BadQuestionError(ValueError):
    """Raised for what is no question; the sentence goes back to the asker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadNet:
    """What catches the server's threads. ``keep`` runs the listening and begins it anew where it falls.

    ``unforeseen`` counts a fault in one conversation; ``beat`` is called at least every ``slice_s`` seconds.
    """

    keep: Callable[[Callable[[], None]], None] = lambda work: work()
    unforeseen: Callable[[], object] = lambda: None
    beat: Callable[[], None] = lambda: None
    slice_s: float = 3600.0


class ControlServer:
    """Serves until closed. ``answer`` is called in a thread of its own for each question.

    ``link``: where whoever owns the state looks for its daemon; a link to the socket is left there, if it
    listens elsewhere.
    """

    def __init__(
        self,
        path: Path,
        answer: Callable[[Question], Iterator[Answer]],
        log: Any,
        *,
        link: Path | None = None,
        net: ThreadNet | None = None,
    ) -> None:
        self._net = net if net is not None else ThreadNet()
        self._path = path
        self._link = link if link is not None and link.absolute() != path.absolute() else None
        self._answer = answer
        self._log = log
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._closed = threading.Event()
        self._listener: socket.socket | None = None

    def start(self) -> bool:
        """Listen; False, with a line in the log, where the socket cannot be made: the daemon runs without."""
        try:
            self._listener = self._listen()
        except OSError as error:
            self._log.warning("control-socket", path=str(self._path), error=error.strerror or str(error))
            return False
        if self._link is not None:
            _leave_link(self._link, self._path, self._log)
        self._listener.settimeout(self._net.slice_s)
        threading.Thread(target=self._listen_on, args=(self._listener,), name="control", daemon=True).start()
        return True

    def close(self) -> None:
        """Take no more questions, and leave no socket behind."""
        self._closed.set()
        if self._listener is not None:
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            with suppress(OSError):
                _unlink_socket(self._path)
            if self._link is not None and _is_left_by_a_daemon(self._link):
                self._link.unlink(missing_ok=True)

    def _listen(self) -> socket.socket:
        # Whoever holds the state's lock is the only daemon here, so a socket there is left from an earlier one.
        _unlink_socket(self._path)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        try:
            listener.bind(str(self._path))
            self._path.chmod(0o660)
            _give_to_group(self._path)
            listener.listen(AT_ONCE)
        except OSError:
            listener.close()
            raise
        return listener

    def _listen_on(self, listener: socket.socket) -> None:
        self._net.keep(lambda: self._serve(listener))

    def _serve(self, listener: socket.socket) -> None:
        while not self._closed.is_set():
            self._net.beat()
            try:
                peer, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                if self._closed.wait(0.1):
                    return
                continue
            if not self._places.acquire(blocking=False):
                _refuse(peer, "Too many are asking at once; try again in a moment.")
                continue
            threading.Thread(target=self._attend, args=(peer,), name="control", daemon=True).start()

    def _attend(self, peer: socket.socket) -> None:
        """One connection, from question to last word."""
        try:
            with peer:
                self._converse(peer)
        except OSError:
            pass  # the client disconnected
        except Exception as error:  # noqa: BLE001 - one conversation ends, and no other
            self._log.exception("unexpected", worker="control", kind=type(error).__name__)
            self._net.unforeseen()
        finally:
            self._places.release()

    def _converse(self, peer: socket.socket) -> None:
        try:
            question = _question(peer)
        except BadQuestionError as error:
            _say(peer, Answer(err=f"{error}\n", exit_code=USAGE))
            _let_finish(peer)
            return
        self._log.info("asked", verb=question.verb, who=question.who)
        answer = self._answer(question)
        try:
            for piece in answer:
                _say(peer, piece)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - a fault in one answer must not end the daemon
            self._log.exception("answer-failed", verb=question.verb, kind=type(error).__name__)
            self._net.unforeseen()
            _say(peer, Answer(err="This is a fault of syncd itself; its log says more.\n", exit_code=FAILED))


def _question(peer: socket.socket, clock: Callable[[], float] = time.monotonic) -> Question:
    """Read and check one line. Raises `BadQuestionError`, OSError."""
    latest = clock() + QUESTION_S
    raw = b""
    while not raw.endswith(b"\n"):
        left = latest - clock()
        if left <= 0:
            raise BadQuestionError("The question never ended.")
        peer.settimeout(left)
        try:
            piece = peer.recv(4096)
        except TimeoutError:
            raise BadQuestionError("The question never ended.") from None
        raw += piece
        if len(raw) > LONGEST_QUESTION:
            raise BadQuestionError("The question is too long.")
        if not piece:
            break
    peer.settimeout(ANSWER_S)
    try:
        payload = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadQuestionError("The question is not JSON.") from None
    if not isinstance(payload, dict) or not isinstance(payload.get("verb"), str):
        raise BadQuestionError("The question names no verb.")
    return Question(
        who=_who(peer, payload.get("for")),
        verb=payload["verb"],
        arguments=_arguments(payload.get("arguments", {})),
    )


def _arguments(payload: object) -> dict[str, str | bool | list[str]]:
    if not isinstance(payload, dict):
        raise BadQuestionError("The arguments are not an object.")
    for name, value in payload.items():
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(one, bool) or _is_plain(one) for one in values):
            raise BadQuestionError(f"The argument {name[:40]!r} is not a short line of text.")
    return payload


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT and (not value or value.isprintable())


def _who(peer: socket.socket, claimed: object) -> str:
    """The peer's user name by its credentials; only root may say for whom it asks (sudo)."""
    raw = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, uid, _ = _CREDENTIALS.unpack(raw)
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = f"uid {uid}"
    if uid == 0 and isinstance(claimed, str) and claimed and _is_plain(claimed):
        return f"{claimed} (as {name})"
    return name


def _say(peer: socket.socket, piece: Answer) -> None:
    payload: dict[str, object] = {}
    if piece.out:
        payload["out"] = piece.out
    if piece.err:
        payload["err"] = piece.err
    if piece.exit_code is not None:
        payload["exit"] = piece.exit_code
    peer.sendall(json.dumps(payload, ensure_ascii=False).encode(errors="replace") + b"\n")


def _refuse(peer: socket.socket, sentence: str) -> None:
    with peer, suppress(OSError):
        peer.settimeout(1.0)
        _say(peer, Answer(err=sentence + "\n", exit_code=FAILED))


def _let_finish(peer: socket.socket) -> None:
    """Take in a little more of what is still being sent: closing over it would cut off our answer."""
    latest = time.monotonic() + 1.0
    with suppress(OSError):
        peer.shutdown(socket.SHUT_WR)
        while (left := latest - time.monotonic()) > 0:
            peer.settimeout(left)
            if not peer.recv(LONGEST_QUESTION):
                return


def _give_to_group(path: Path) -> None:
    """Group `GROUP` on the socket where the host has that group and we are not in it already."""
    with suppress(KeyError, OSError):
        group = grp.getgrnam(GROUP).gr_gid
        if path.stat().st_gid != group:
            os.chown(path, -1, group)


def _leave_link(link: Path, path: Path, log: Any) -> None:
    """A link to the socket. Without one, the state's owner reads the state alone: worse, and no reason to end."""
    try:
        if _is_left_by_a_daemon(link):
            link.unlink()
        link.symlink_to(path.absolute())
    except OSError as error:
        log.warning("control-socket", path=str(link), error=error.strerror or str(error))


def _is_left_by_a_daemon(link: Path) -> bool:
    return link.is_symlink() or link.is_socket()


def _unlink_socket(path: Path) -> None:
    """Take a socket away; whatever else lies there is somebody's. Raises OSError."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise FileExistsError(
            errno.EEXIST, "something that is no socket lies there and is left alone", str(path)
        )
    path.unlink(missing_ok=True)
