"""Opens what the pages are served on: a loopback port, or a socket in the file system for a proxy on this host.

A socket is made in a folder that nobody but its owner can put something else into, and without a moment at
which more than owner and group may connect. Whatever lies at its path already is left alone, unless it is a
socket at which nobody answers.
"""

from __future__ import annotations

import fcntl
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from syncd.config.settings import PREFIX, UNIX
from syncd.errors import SettingsError

BACKLOG = 128
"""Connections that wait to be taken."""
MODE = 0o660
"""Owner and group may connect. The group is the folder's where that has the setgid bit."""
_ANSWER_S = 2.0
"""Seconds within which whoever listens at a socket takes a connection."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A listening socket, and where: a port, or ``path`` with the inode that was made there."""

    socket: socket.socket
    path: Path | None = None
    inode: int = 0

    @property
    def port(self) -> int:
        """The port in use, 0 for a socket in the file system."""
        return 0 if self.path is not None else int(self.socket.getsockname()[1])

    def close(self) -> None:
        """Listen no more; a path is given back if it is still ours."""
        self.socket.close()
        if self.path is None:
            return
        with suppress(OSError), _opened(self.path.parent) as folder:
            if os.stat(self.path.name, dir_fd=folder, follow_symlinks=False).st_ino == self.inode:
                os.unlink(self.path.name, dir_fd=folder)


def listen(address: str, *, asked_by: str = f"{PREFIX}HTTP_LISTEN") -> Listener:
    """Listen at ``127.0.0.1:8571`` or ``unix:/run/syncd-page/socket``.

    ``asked_by``: the setting or option that named it. Raises `SettingsError`.
    """
    try:
        if address.startswith(UNIX):
            return _at_path(Path(address.removeprefix(UNIX)))
        return _at_port(address)
    except (OSError, ValueError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError(f"{asked_by}: {address} cannot be used ({reason}).") from error


def folder_problem(path: Path) -> str:
    """Why no socket can be made at this path, '' where one can: what `syncd check` tells."""
    try:
        with _opened(path.parent) as folder:
            found = _found(path.name, folder)
    except OSError as error:
        return error.strerror or str(error)
    if found is not None and not stat.S_ISSOCK(found.st_mode):
        return "something that is no socket lies there and is left alone"
    return ""


def _at_port(address: str) -> Listener:
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, int(port)))
        listener.listen(BACKLOG)
    except (OSError, ValueError, OverflowError):
        listener.close()
        raise
    return Listener(listener)


def _at_path(path: Path) -> Listener:
    with _opened(path.parent) as folder:
        # Two services that are given one path by mistake do not take away each other's socket between bind and listen.
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _make_room(path.name, folder)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        try:
            # Linux makes the file with the rights that the socket has, less the umask: never more than `MODE`.
            os.fchmod(listener.fileno(), MODE)
            # Through the folder's descriptor: a folder that is exchanged meanwhile is not the one that was looked at.
            within = f"/proc/self/fd/{folder}/{path.name}"
            listener.bind(within)
            Path(within).chmod(MODE)
            made = os.stat(path.name, dir_fd=folder, follow_symlinks=False)
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
            raise
    return Listener(listener, path, made.st_ino)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """The folder's descriptor. Raises OSError for a link on the way, and where others may put things into it."""
    folder = _without_links(path)
    try:
        found = os.fstat(folder)
        if found.st_uid not in {os.geteuid(), 0}:
            raise PermissionError(f"its folder {path} belongs to somebody else")
        if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not found.st_mode & stat.S_ISVTX:
            raise PermissionError(f"others may write into its folder {path}; chmod go-w it")
        yield folder
    finally:
        os.close(folder)


def _without_links(path: Path) -> int:
    """Open a folder step by step, so that no link leads elsewhere. Raises OSError."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    folder = os.open("/", flags)
    for name in path.parts[1:]:
        try:
            inner = os.open(name, flags, dir_fd=folder)
        except NotADirectoryError as error:
            raise NotADirectoryError(
                f"{name} in its path is a link or no folder; links are not followed"
            ) from error
        finally:
            os.close(folder)
        folder = inner
    return folder


def _found(name: str, folder: int) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _make_room(name: str, folder: int) -> None:
    """Take away a socket that an earlier process left. Raises OSError for anything else that lies there."""
    found = _found(name, folder)
    if found is None:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise FileExistsError("something that is no socket lies there and is left alone")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC) as caller:
        caller.settimeout(_ANSWER_S)
        try:
            caller.connect(f"/proc/self/fd/{folder}/{name}")
        except ConnectionRefusedError:
            os.unlink(name, dir_fd=folder)
            return
        except TimeoutError:
            pass
    raise FileExistsError("another service answers there")
