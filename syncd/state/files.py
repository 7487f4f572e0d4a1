"""The state's folder and files on disk: whose they are, who may open them, and that none is a link.

Whoever can put a file or a link there can make the service write elsewhere, so what is not ours is refused
before SQLite opens anything. The folder itself may be a link: an operator puts it where there is room.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import stat
from pathlib import Path

from syncd.errors import LockedError, RefusedError, StateError

FILE_NAME = "state.db"
LOCK_NAME = "lock"
PARTS = ("", "-wal", "-shm", "-journal")
"""What SQLite adds to the name of the file for its companions."""
_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def prepare_folder(folder: Path) -> None:
    """Make the folder, or close an existing one to others. Raises `RefusedError`, OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = folder.stat()
    _refuse_strangers(folder, found, folder)
    for name in (LOCK_NAME, *(FILE_NAME + part for part in PARTS)):
        check_file(folder / name)
    if not stat.S_IMODE(found.st_mode) & _OF_OTHERS:
        return
    if others := _foreign_names(folder):
        if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise RefusedError(
                f"The state's folder {folder} can be written by other users, and holds files that are not the "
                f"state's ({others[0]}), so its mode was left alone. Give the state a folder of its own "
                "(SYNCD_STATE_DIR)."
            )
        return
    folder.chmod(0o700)


def check_file(path: Path, *, owner: bool = True) -> None:
    """Refuse a link or another user's file; nothing where there is none. Raises `RefusedError`, OSError.

    ``owner`` False: whose it is does not matter to who only reads.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if stat.S_ISLNK(found.st_mode):
        raise RefusedError(
            f"{path} is a symbolic link; the state's files are opened without following links. Move the file itself "
            "there, or make the folder the link."
        )
    if not stat.S_ISREG(found.st_mode):
        raise RefusedError(f"{path} is no plain file; take away what is in the way of the state.")
    if owner:
        _refuse_strangers(path, found, path.parent)


def make_file(path: Path) -> None:
    """Make sure that the file is there, ours and closed to others. Raises `RefusedError`, OSError."""
    check_file(path)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def lock(path: Path) -> int:
    """A descriptor that holds the lock until it is closed. Raises `LockedError`, `RefusedError`, OSError."""
    check_file(path)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise LockedError(path) from error
    return descriptor


def put_aside(path: Path, now: float) -> Path:
    """Rename a damaged file and its companions; the new name. Raises `StateError`."""
    aside = path.with_name(f"{path.name}.damaged-{int(now)}")
    number = 0
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{int(now)}-{number}")
    try:
        for part in PARTS:
            one = path.with_name(path.name + part)
            if one.exists():
                one.rename(aside.with_name(aside.name + part))
    except OSError as error:
        raise StateError(path, f"it is damaged and cannot be put aside ({error.strerror})") from error
    return aside


def _refuse_strangers(path: Path, found: os.stat_result, folder: Path) -> None:
    if found.st_uid in {os.geteuid(), 0}:
        return
    raise RefusedError(
        f"{path} belongs to {_user(found.st_uid)}, neither to {_user(os.geteuid())}, who runs this, nor to root. Run "
        f"syncd as its owner, or give the state over: chown --recursive --no-dereference {_user(os.geteuid())} {folder}"
    )


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _foreign_names(folder: Path) -> list[str]:
    """What lies in the folder and is not the state's."""
    ours = (FILE_NAME, LOCK_NAME, "control")
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith(ours))
