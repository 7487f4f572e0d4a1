"""A decision is signed by a person, also from a shell that is root's."""

import getpass
import os
import pwd
from pathlib import Path

import pytest

from syncd.commands.shared import arguments


def test_the_login_behind_a_shell_of_root_s_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setattr(getpass, "getuser", lambda: "root")
    for login, signed in (("anna", "anna (as root)"), ("root", "root"), ("", "root")):
        monkeypatch.setattr(arguments, "login_name", lambda login=login: login)
        assert arguments.who() == signed


def test_a_login_is_what_the_session_says(tmp_path: Path) -> None:
    session = tmp_path / "loginuid"
    assert arguments.login_name(session) == ""
    session.write_text("4294967295")
    assert arguments.login_name(session) == ""
    session.write_text(str(os.getuid()))
    assert arguments.login_name(session) == pwd.getpwuid(os.getuid()).pw_name
