"""What is printed: no control character passes, and an encoding without a letter ends no command."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from syncd.reporting.terminal import SafeOutput, has_colours

ESCAPES = "\x1b]0;owned\x07 \x1b[2J \x1b[31mred\x1b[0m \x9b5n \u202e \ud800 a\rb"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_nothing_steers_a_file_or_a_pipe() -> None:
    out = io.StringIO()
    SafeOutput(out).write(ESCAPES + "\tщи\nline\r\n")
    shown = out.getvalue()
    assert not set(shown) & {"\x1b", "\x07", "\x9b", "\u202e", "\ud800"}
    assert shown.endswith("a\N{REPLACEMENT CHARACTER}b\tщи\nline\r\n")


def test_on_a_terminal_our_colours_pass_and_nothing_else_does() -> None:
    out = Terminal()
    SafeOutput(out).writelines([ESCAPES, "\n"])
    assert "\x1b[31mred\x1b[0m" in out.getvalue()
    assert out.getvalue().count("\x1b") == 2


def test_a_terminal_gets_lines_that_break_between_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    out = Terminal()
    safe = SafeOutput(out)
    for piece in (
        "  ok       all of them ",
        "agree with the holidays of the country",
        "\n",
        "To be ",
        "continued",
    ):
        safe.write(piece)
    assert out.getvalue().splitlines() == [
        "  ok       all of them agree with the",
        "           holidays of the country",
    ]
    safe.flush()
    assert out.getvalue().endswith("\nTo be continued")


def test_a_file_gets_its_lines_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    out = io.StringIO()
    SafeOutput(out).write("word " * 20 + "\n")
    assert out.getvalue() == "word " * 20 + "\n"


@pytest.mark.parametrize(
    ("set_here", "on_a_terminal", "in_a_pipe"),
    [
        ({"TERM": "xterm"}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
    ],
)
def test_colours_are_for_terminals_whose_user_wants_them(
    set_here: dict[str, str], on_a_terminal: bool, in_a_pipe: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TERM", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in set_here.items():
        monkeypatch.setenv(name, value)
    assert (has_colours(Terminal()), has_colours(io.StringIO())) == (on_a_terminal, in_a_pipe)


def test_who_reads_no_more_than_the_beginning_sees_no_failure() -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SYNCD_")}
    with subprocess.Popen(
        [sys.executable, "-m", "syncd", "entries", "--json"],
        env=kept,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as one:
        assert one.stdout is not None
        assert one.stderr is not None
        assert one.stdout.read(1)
        one.stdout.close()
        told = one.stderr.read().decode()
        assert (one.wait(), "Traceback" in told, "Broken" in told) == (0, False, False)


def run(*words: str, encoding: str) -> subprocess.CompletedProcess[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SYNCD_")}
    return subprocess.run(
        [sys.executable, "-m", "syncd", *words],
        env=kept | {"PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "koi8-r", "utf-8"])
def test_letters_that_an_encoding_lacks_are_replaced(encoding: str) -> None:
    ran = run("entries", encoding=encoding)
    assert ran.returncode == 0, ran.stderr.decode(errors="replace")
    assert b"Traceback" not in ran.stderr
    assert ran.stdout.count(b"\n") > 50
    ran.stdout.decode(encoding)


def test_a_title_in_a_file_is_no_matter_of_the_terminal(tmp_path: Path) -> None:
    ran = run(
        "export", "--format", "csv", "--language", "kk", "--out", str(tmp_path / "a.csv"), encoding="ascii"
    )
    assert b"Traceback" not in ran.stderr
