"""The control socket over a real socket: who asks, what is no question, and that nothing ends the daemon."""

import getpass
import json
import os
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from syncd.control import server as control
from syncd.control.server import AT_ONCE, LONGEST_QUESTION, Answer, ControlServer, Question, ThreadNet
from syncd.daemon.snapshot import SnapshotBoard
from syncd.daemon.workers import Workers

PATIENCE_S = 20.0


class Desk:
    """Answers with what it was asked; ``fault`` is raised instead, ``gate`` holds answers back."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.fault: Exception | None = None
        self.gate: threading.Event | None = None
        self.waiting = threading.Semaphore(0)

    def answer(self, asked: Question) -> Iterator[Answer]:
        self.asked.append(asked)
        if self.gate is not None:
            self.waiting.release()
            self.gate.wait(PATIENCE_S)
        yield Answer(out=f"{asked.verb}\n")
        if self.fault is not None:
            raise self.fault
        yield Answer(exit_code=0)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def server(tmp_path: Path, desk: Desk) -> Iterator[ControlServer]:
    serving = ControlServer(tmp_path / "control", desk.answer, structlog.get_logger())
    assert serving.start()
    yield serving
    serving.close()


def connect(server: ControlServer) -> socket.socket:
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    peer.settimeout(PATIENCE_S)
    peer.connect(str(server._path))
    return peer


def heard(peer: socket.socket) -> list[dict[str, Any]]:
    with peer.makefile("r", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def send(server: ControlServer, raw: bytes, *, end: bool = True) -> list[dict[str, Any]]:
    with connect(server) as peer:
        try:
            peer.sendall(raw)
            if end:
                peer.shutdown(socket.SHUT_WR)
        except BrokenPipeError:
            pass  # refused before it had all been sent
        return heard(peer)


def ask(server: ControlServer, **question: Any) -> list[dict[str, Any]]:
    return send(server, json.dumps(question).encode() + b"\n")


def test_an_answer_comes_in_pieces_and_ends_with_its_exit_code(server: ControlServer) -> None:
    assert ask(server, verb="status") == [{"out": "status\n"}, {"exit": 0}]


def test_who_asks_is_what_the_kernel_says(server: ControlServer, desk: Desk) -> None:
    ask(server, verb="approve", who="somebody else", arguments={"digest": "abc"})
    (asked,) = desk.asked
    assert asked.who == getpass.getuser()
    assert asked.arguments == {"digest": "abc"}


@pytest.mark.skipif(os.getuid() != 0, reason="only root may ask for others")
def test_root_may_say_for_whom_it_asks(server: ControlServer, desk: Desk) -> None:
    ask(server, verb="approve", **{"for": "registrar"})
    assert desk.asked[0].who == "registrar (as root)"


@pytest.mark.skipif(os.getuid() == 0, reason="root may ask for others")
def test_nobody_else_may_ask_for_others(server: ControlServer, desk: Desk) -> None:
    ask(server, verb="approve", **{"for": "registrar"})
    assert desk.asked[0].who == getpass.getuser()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"hello\n",
        b"[]\n",
        b"null\n",
        b'{"verb": 7}\n',
        b'{"verb": "status", "arguments": []}\n',
        b'{"verb": "status", "arguments": {"a": 7}}\n',
        b'{"verb": "status", "arguments": {"a": {"b": "c"}}}\n',
        b'{"verb": "status", "arguments": {"a": "two\\nlines"}}\n',
        b'{"verb": "status", "arguments": {"a": "' + b"x" * 400 + b'"}}\n',
        b"\xff\xfe\n",
        b"[" * 10_000 + b"\n",
        b"x" * (LONGEST_QUESTION + 5000) + b"\n",
    ],
)
def test_what_is_no_question_is_told_so_and_asked_of_nobody(
    raw: bytes, server: ControlServer, desk: Desk
) -> None:
    (told,) = send(server, raw)
    assert told["exit"] == 64
    assert told["err"]
    assert desk.asked == []
    assert ask(server, verb="status")[-1] == {"exit": 0}


def test_a_question_that_never_ends_is_given_up(
    server: ControlServer, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "QUESTION_S", 0.05)
    (told,) = send(server, b'{"verb"', end=False)
    assert told["exit"] == 64
    assert desk.asked == []


def test_who_hangs_up_in_the_middle_harms_nobody(server: ControlServer, desk: Desk) -> None:
    with connect(server) as peer:
        peer.sendall(b'{"verb": "sta')
    desk.gate = threading.Event()
    with connect(server) as peer:
        peer.sendall(b'{"verb": "status"}\n')
        desk.waiting.acquire(timeout=PATIENCE_S)
    desk.gate.set()
    desk.gate = None
    assert ask(server, verb="status")[-1] == {"exit": 0}


def test_a_fault_in_one_answer_is_told_without_its_words(server: ControlServer, desk: Desk) -> None:
    desk.fault = RuntimeError("the token is abc")
    told = ask(server, verb="status")
    assert told[-1]["exit"] == 1
    assert "abc" not in json.dumps(told)
    desk.fault = None
    assert ask(server, verb="status")[-1] == {"exit": 0}


def test_faults_are_counted_and_the_watchdog_hears_from_whoever_listens(tmp_path: Path, desk: Desk) -> None:
    counted: list[str] = []
    beats = threading.Semaphore(0)
    net = ThreadNet(unforeseen=lambda: counted.append("control"), beat=beats.release)
    server = ControlServer(tmp_path / "control", desk.answer, structlog.get_logger(), net=net)
    assert server.start()
    desk.fault = RuntimeError("odd")
    ask(server, verb="status")
    assert counted == ["control"]
    assert beats.acquire(timeout=PATIENCE_S)
    assert beats.acquire(timeout=PATIENCE_S), "once more after a question"
    server.close()


def test_listening_that_falls_is_begun_anew(tmp_path: Path, desk: Desk) -> None:
    falls = iter([ValueError("odd")])
    board = SnapshotBoard()
    workers = Workers(structlog.get_logger(), board, threading.Event(), pause_s=0.0)

    def beat() -> None:
        if error := next(falls, None):
            raise error

    net = ThreadNet(keep=lambda work: workers.keep("control", work), beat=beat)
    server = ControlServer(tmp_path / "control", desk.answer, structlog.get_logger(), net=net)
    assert server.start()
    assert ask(server, verb="status")[-1] == {"exit": 0}
    assert board.read().unexpected == {"control": 1}
    server.close()


def test_more_than_are_answered_at_once_are_told_to_come_back(server: ControlServer, desk: Desk) -> None:
    gate = desk.gate = threading.Event()
    held = [connect(server) for _ in range(AT_ONCE)]
    for peer in held:
        peer.sendall(b'{"verb": "status"}\n')
    for _ in held:
        assert desk.waiting.acquire(timeout=PATIENCE_S)
    with connect(server) as peer:
        (told,) = heard(peer)
    assert "try again" in told["err"]
    gate.set()
    assert [heard(peer)[-1] for peer in held] == [{"exit": 0}] * AT_ONCE
    for peer in held:
        peer.close()


def test_only_owner_and_group_may_connect(server: ControlServer) -> None:
    assert stat.S_IMODE(server._path.stat().st_mode) == 0o660


def test_a_socket_left_by_a_killed_daemon_is_replaced(tmp_path: Path, desk: Desk) -> None:
    left = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    left.bind(str(tmp_path / "control"))
    left.close()
    server = ControlServer(tmp_path / "control", desk.answer, structlog.get_logger())
    assert server.start()
    assert ask(server, verb="status")[-1] == {"exit": 0}
    server.close()


def test_nothing_is_left_behind_at_the_end(tmp_path: Path, desk: Desk) -> None:
    server = ControlServer(tmp_path / "control", desk.answer, structlog.get_logger())
    server.start()
    server.close()
    assert list(tmp_path.iterdir()) == []


def test_a_place_where_no_socket_can_be_is_told_and_the_daemon_goes_on(tmp_path: Path, desk: Desk) -> None:
    server = ControlServer(tmp_path / "missing" / "control", desk.answer, structlog.get_logger())
    assert not server.start()
    server.close()


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_only_a_socket_is_taken_away(tmp_path: Path, desk: Desk, kind: str) -> None:
    precious, path = tmp_path / "precious", tmp_path / "control"
    precious.write_text("precious")
    if kind == "file":
        path.write_text("precious")
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(precious)
    server = ControlServer(path, desk.answer, structlog.get_logger())
    assert not server.start()
    server.close()
    assert precious.read_text() == "precious"
    assert path.is_dir() if kind == "folder" else path.read_text() == "precious"
    assert path.is_symlink() == (kind == "link")


def test_a_question_has_its_time_as_a_whole_however_it_drips() -> None:
    clock = [0.0]
    near, far = socket.socketpair()
    with near, far:
        real = near.recv

        class Dripping:
            """A byte that comes three seconds after the one before."""

            def settimeout(self, seconds: float) -> None:
                assert 0 < seconds <= control.QUESTION_S

            def recv(self, _: int) -> bytes:
                clock[0] += 3.0
                far.send(b"x")
                return real(1)

        with pytest.raises(control.BadQuestionError, match="never ended"):
            control._question(Dripping(), lambda: clock[0])  # type: ignore[arg-type]
    assert clock[0] <= 2 * control.QUESTION_S
