"""One interpreter that has imported the program, and a fork of it for every run.

Importing costs more than all else that a run on a small site does. A run is a process of its own all the same,
with its own environment, folder and outputs, and begins where ``python -m syncd`` begins: in `syncd.__main__`.
"""

import json
import os
import runpy
import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

IMPORTED = (
    "syncd.commands.cycle",
    "connectors.canvas.connector",
    "connectors.google_calendar.connector",
    "connectors.google_calendar.wire",
)


def serve() -> None:
    """Read one run a line, answer with its exit code."""
    # As the program does before it imports anything of its own.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    for name in IMPORTED:
        import_module(name)
    for line in sys.stdin:
        sys.stdout.write(f"{_fork(json.loads(line))}\n")
        sys.stdout.flush()


def _fork(told: Mapping[str, Any]) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        _become(told["environment"], Path(told["folder"]), Path(told["output"]))
        code = _run(told["words"])
    except BaseException:  # noqa: BLE001 - whatever it is, the fork must never go on as the server
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _become(environment: Mapping[str, str], folder: Path, output: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(output / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)


def _run(words: Sequence[str]) -> int:
    sys.argv = ["syncd", *words]
    try:
        runpy.run_module("syncd", run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


if __name__ == "__main__":
    serve()
