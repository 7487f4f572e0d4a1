"""The command line: arguments to a verb's module, errors to advice and exit codes. Decides nothing else.

Imports nothing heavy: `syncd --help` must answer at once.
"""

from __future__ import annotations

import argparse
import gc
import keyword
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from syncd.exits import DONE, FAILED, INTERRUPTED, of_error
from syncd.garbage import VALUES_OF_A_START, seldom_collected
from syncd.grammar import build_parser
from syncd.reporting.terminal import safe_output, to_stderr


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is the process's."""
    # Code of other packages has no business between us and our settings; looking for it also costs time.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    with safe_output(), seldom_collected(VALUES_OF_A_START):
        return _main(arguments)


def _main(arguments: Sequence[str] | None) -> int:
    parsed = build_parser().parse_args(arguments)
    if getattr(parsed, "no_color", False):
        os.environ["NO_COLOR"] = "1"
    try:
        if getattr(parsed, "watch", False):
            from syncd.commands.shared.watching import again_and_again

            return again_and_again(lambda: _ended(parsed))
        return _ended(parsed)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever reads on has seen enough (`| head`): nothing failed. What is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _ended(parsed: argparse.Namespace) -> int:
    """The exit code of one command, whatever became of it."""
    try:
        return _run(parsed)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last place: an error becomes a sentence and an exit code
        return _end(error)


def _run(parsed: argparse.Namespace) -> int:
    from syncd.config.zone_data import use_newest

    use_newest()
    from syncd.control.client import relayed

    module = _module(parsed)
    answered = relayed(parsed)
    if answered is None:
        return int(import_module(f"syncd.commands.{module}").run(parsed))
    if module == "status" and not parsed.verb:
        print()
        build_parser().print_help()
    return answered


def _module(parsed: argparse.Namespace) -> str:
    if parsed.version:
        return "version"
    if parsed.verb:
        name = str(parsed.verb).replace("-", "_")
        return f"{name}_" if keyword.iskeyword(name) else name
    return "cycle" if parsed.once or parsed.dry_run else "status"


def _end(error: Exception) -> int:
    from mapping.errors import SyncdError
    from mapping.text.printable import printable

    if isinstance(error, SyncdError):
        to_stderr(f"syncd: {printable(str(error), lines=True)}")
        return of_error(error)
    if isinstance(error, OSError) and error.filename is not None:
        to_stderr(f"syncd: {error.filename}: {error.strerror}; check the path and its rights.")
        return FAILED
    import traceback

    traceback.print_exc()
    print("syncd: this is a fault of syncd itself; please report the lines above.", file=sys.stderr)
    return FAILED


def console() -> NoReturn:
    """Entry point of the installed script."""
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        # A second one, while the first was being answered.
        sys.exit(INTERRUPTED)
    finally:
        # What is left goes with the process. Python would look through all of it for cycles first, which takes a
        # fifth of the processor time of a short command.
        gc.freeze()
