#!/usr/bin/env bash
# watchfiles 1.3.0: a watch of a folder ends without a word when another folder takes its name; nothing is raised or yielded.
#
# watch(path) goes on "forever" until its stop event is set (its documentation). On Linux it listens by inotify, which watches
# an inode and not a path: once the folder is exchanged by a rename, or a link to it is switched to another release, edits of
# what now stands at the path are never told, while the loop goes on as if all were well. Each way in which a calendar
# folder is put in place at once is such an exchange.
#
# Seen on 2026-11-29, Python 3.11.7, Linux:
#   watchfiles 1.3.0
#   before: edit of term.yaml told
#   folder exchanged by a rename: edit told: False, watch still running: True
#   link switched: edit told: False, watch still running: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check watchfiles==1.3.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import threading
import time
from importlib.metadata import version
from pathlib import Path

from watchfiles import watch

WAIT_S = 5.0


def rename(top: Path) -> None:
    (top / "next").mkdir()
    (top / "calendar").rename(top / "before")
    (top / "next").rename(top / "calendar")


def switch(top: Path) -> None:
    (top / "second").mkdir()
    (top / "link").symlink_to(top / "second")
    (top / "link").rename(top / "calendar")


def told_of(top: Path, replace) -> tuple[bool, bool]:
    """Whether an edit after the exchange is told, and whether the watch goes on."""
    seen: list[str] = []
    stop = threading.Event()

    def listen() -> None:
        for changes in watch(top / "calendar", stop_event=stop, rust_timeout=500, yield_on_timeout=True):
            seen.extend(Path(path).name for _, path in changes)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()

    def edit(name: str) -> bool:
        until = time.monotonic() + WAIT_S
        while name not in seen and time.monotonic() < until:
            (top / "calendar" / name).write_text("x")
            time.sleep(0.2)
        return name in seen

    assert edit("term.yaml"), "the watch works before"
    replace(top)
    told, running = edit("later.yaml"), thread.is_alive()
    stop.set()
    thread.join()
    return told, running


print("watchfiles", version("watchfiles"))
print("before: edit of term.yaml told")
for name, replace in (("folder exchanged by a rename", rename), ("link switched", switch)):
    top = Path(name).absolute()
    top.mkdir()
    if replace is switch:
        (top / "first").mkdir()
        (top / "calendar").symlink_to(top / "first")
    else:
        (top / "calendar").mkdir()
    told, running = told_of(top, replace)
    print(f"{name}: edit told: {told}, watch still running: {running}")
    assert (told, running) == (False, True)
PYTHON
