"""The grammar of the command line: every verb, its arguments and their help. Runs nothing, imports nothing heavy."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from syncd.control.protocol import DRY_RUN, FORMATS, VERBS, Argument, Shape
from syncd.exits import USAGE
from syncd.grammar.words import DESCRIPTION, INSTEAD, NO_OPTION, epilog
from syncd.reporting.terminal import to_stderr

LOCAL: Mapping[str, str] = {
    "new-year": "it writes into the caller's own calendar folder",
    "import": "it reads a file of the caller's and writes a folder",
    "compare": "it speaks of the caller's own calendar folder",
    "run": "it is the daemon",
    "init": "it writes a folder of the caller's",
    "apply": "it needs a file of the caller's, and the state to itself",
    "adopt": "it needs the state to itself",
    "retire": "it needs the state to itself",
    "move-state": "it needs both states to itself",
    "push": "it is about the folder of this very machine",
    "worker": "it is a daemon of its own",
    "fleet": "it is about all instances of a database",
    "sandbox": "it serves simulators in the foreground",
    "demo": "it works on a state of its own",
    "schema": "it writes a folder of the caller's",
    "completion": "it speaks of the command line alone",
    "support-bundle": "it tells of this machine's program, settings and state",
    "notify": "it runs the program that the settings at hand name",
}
"""Verbs that no daemon is asked for, and why. All others stand in `syncd.control.protocol.VERBS`."""

_NO_VERB = re.compile(r"argument VERB: invalid choice: (?P<quote>['\"])(?P<verb>.*?)(?P=quote)")


class _Help(argparse.HelpFormatter):
    """argparse's, that leaves lines which were laid out as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if "\n" in text:
            return "\n".join(indent + line for line in text.splitlines())
        return super()._fill_text(text, width, indent)


class Parser(argparse.ArgumentParser):
    """argparse, with the usage exit code of sysexits and a word about what was meant."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": _Help, **options})
        self._typed: Sequence[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse; what was typed is kept for the message about it."""
        self._typed = tuple(sys.argv[1:] if args is None else args)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        if "invalid choice" in message:
            unknown = next((one for one in map(self._unknown, self._typed) if one), "")
            if unknown:
                instead = NO_OPTION.get(unknown, f"see {self.prog} --help")
                self.exit(USAGE, f"{self.prog}: there is no option {unknown}: {instead}\n")
            for word, instead in INSTEAD.items():
                if f"invalid choice: '{word}'" in message:
                    self.exit(USAGE, f"{self.prog}: there is no verb {word}: type {instead}\n")
            # As argparse quotes it: what would steer a terminal is escaped.
            typed = _NO_VERB.search(message)
            if typed is not None:
                near = get_close_matches(typed["verb"], {*VERBS, *LOCAL} - {DRY_RUN}, n=1)
                meant = f"did you mean {self.prog} {near[0]}?" if near else f"see {self.prog} --help"
                self.exit(USAGE, f"{self.prog}: there is no verb {typed['verb']}: {meant}\n")
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}; see {self.prog} --help\n")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """As argparse's; what it says breaks between words."""
        if message:
            to_stderr(message.rstrip("\n"))
        sys.exit(status)

    def _unknown(self, word: str) -> str:
        """The option that a word names where there is none of that name, '' for anything else."""
        name = word.partition("=")[0]
        known = self._option_string_actions
        return name if name.startswith("--") and not any(one.startswith(name) for one in known) else ""


def build_parser() -> Parser:
    """The whole grammar."""
    parser = Parser(prog="syncd", description=DESCRIPTION, epilog=epilog(""), parents=[_loudness()])
    parser.add_argument("--version", action="store_true", help="print the version")
    parser.add_argument("--once", action="store_true", help="one cycle, then end")
    parser.add_argument(f"--{DRY_RUN}", action="store_true", help=VERBS[DRY_RUN].help)
    parser.add_argument("--approve", metavar="DIGEST", help="with --once: approve this plan first")
    parser.add_argument(
        "--target", action="append", default=[], metavar="NAME", help="only this target; may be repeated"
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="of the dry run; text if not given")
    parser.add_argument("--out", metavar="FILE", help="write the dry run's plan there")
    parser.add_argument(
        "--drafts", action="store_true", help="with --dry-run: as if the years that are drafts were published"
    )
    for argument in VERBS[DRY_RUN].arguments:
        if argument.help:
            parser.add_argument(*_names(argument), **_options(argument))
    parser.add_argument("--today", metavar="DATE", help="pretend it is this day")
    parser.set_defaults(verb="")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", dest="verb")
    _daemon_verbs(verbs)
    _calendar_verbs(verbs)
    _decision_verbs(verbs)
    _history_verbs(verbs)
    _sandbox_verbs(verbs)
    return parser


def _loudness() -> Parser:
    """Options that are understood before and behind the verb; absent from what was parsed unless they were given."""
    parser = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="no progress; of the log only warnings and errors"
    )
    parser.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="a terminal too shows every write, and all that is logged",
    )
    parser.add_argument(
        "--log-level",
        choices=("debug", "info", "warning", "error"),
        help="least of what is logged; else SYNCD_LOG_LEVEL, else info",
    )
    parser.add_argument("--no-color", action="store_true", help="no colours, as with NO_COLOR")
    return parser


def _local(verbs: argparse._SubParsersAction[Parser], name: str, text: str) -> Parser:
    return verbs.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=epilog(name),
        parents=[_loudness(), _day()],
    )


def _day() -> Parser:
    """The day to pretend, also behind the verb; absent from what was parsed unless it was given there."""
    parser = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    parser.add_argument("--today", metavar="DATE", help="pretend it is this day")
    return parser


def _asked(verbs: argparse._SubParsersAction[Parser], *names: str) -> None:
    """Verbs as the table of what a daemon answers describes them."""
    for name in names:
        spec = VERBS[name]
        parser = _local(verbs, name, spec.help)
        for argument in spec.arguments:
            parser.add_argument(*_names(argument), **_options(argument))


def _names(argument: Argument) -> tuple[str, ...]:
    is_position = argument.shape in {Shape.POSITION, Shape.OPTIONAL_POSITION}
    return (argument.attribute,) if is_position else (f"--{argument.name}",)


def _options(argument: Argument) -> dict[str, Any]:
    options: dict[str, Any] = {"help": argument.help}
    if argument.shape is Shape.FLAG:
        return {**options, "action": "store_true", "dest": argument.attribute}
    options |= {"metavar": argument.metavar, "choices": argument.choices}
    if argument.shape is Shape.OPTION:
        options |= {
            "dest": argument.attribute,
            "default": argument.default,
            "required": argument.required,
        }
    if argument.shape is Shape.OPTIONAL_POSITION:
        options["nargs"] = "?"
    return options


def _daemon_verbs(verbs: argparse._SubParsersAction[Parser]) -> None:
    _local(verbs, "run", "the daemon, in the foreground")
    _asked(verbs, "status", "pause", "resume", "retry")
    push = _local(
        verbs, "push", "put this machine's calendar and targets in force on all machines (SYNCD_DATABASE)"
    )
    push.add_argument(
        "push_instance", metavar="INSTANCE", nargs="?", help="in a fleet: whose, settings included"
    )
    _local(verbs, "worker", "one machine of a fleet, in the foreground (SYNCD_DATABASE)")
    fleet = _local(verbs, "fleet", "how all instances of a database stand")
    fleet.add_argument("--json", action="store_true", help="for programs")
    fleet.add_argument(
        "--listen", metavar="HOST:PORT", help="serve that as a page, with metrics, on loopback"
    )
    notify = _local(verbs, "notify", "run SYNCD_NOTIFY_COMMAND once, with a message that says it is a test")
    notify.add_argument("--test", action="store_true", help="send the message")
    bundle = _local(
        verbs,
        "support-bundle",
        "what whoever helps needs to know, without secrets: versions, settings, failures",
    )
    bundle.add_argument(
        "--out",
        dest="bundle_out",
        metavar="FILE",
        help="write it there, for this user alone; else it is printed",
    )
    move = _local(verbs, "move-state", "move the state from its file to PostgreSQL (SYNCD_DATABASE), or back")
    move.add_argument("to", choices=("postgresql", "sqlite"), help="where the state is to lie from now on")


def _calendar_verbs(verbs: argparse._SubParsersAction[Parser]) -> None:
    _asked(verbs, "entries", "check", "preview")
    new_year = _local(verbs, "new-year", "write a draft of the next academic year beside the last one")
    new_year.add_argument("year", metavar="YEAR", help="such as 2026-2027")
    new_year.add_argument(
        "--from", dest="from_year", metavar="YEAR", help="start from this year; else the last"
    )
    new_year.add_argument("--empty", action="store_true", help="none of last year's entries")
    compare = _local(verbs, "compare", "what differs between two academic years")
    compare.add_argument("old", metavar="OLD", help="the earlier year, such as 2025-2026")
    compare.add_argument("new", metavar="NEW", help="the later one; drafts too")
    compare.add_argument(
        "--format",
        dest="compare_format",
        choices=("text", "json", "html"),
        default="text",
        help="text if not given",
    )
    compare.add_argument("--out", dest="compare_out", metavar="FILE", help="write it there")
    _import_verb(verbs)
    init = _local(
        verbs, "init", "copy calendar, routing and a commented targets file to where a site keeps its own"
    )
    init.add_argument("dir", metavar="DIR", help="a folder that is made, or is empty")
    init.add_argument(
        "--empty", action="store_true", help="no calendar but two sample rows, for a university of your own"
    )
    init.add_argument(
        "--language",
        action="append",
        default=[],
        metavar="CODE",
        help="with --empty: such as en; may be repeated, the official one first",
    )
    init.add_argument(
        "--country", metavar="CODE", help="with --empty: whose public holidays the days off are compared with"
    )
    init.add_argument(
        "--timezone", metavar="ZONE", help="with --empty: an IANA name; else the country's first"
    )
    _asked(verbs, "export")


def _import_verb(verbs: argparse._SubParsersAction[Parser]) -> None:
    imported = _local(
        verbs, "import", "a registrar's document (PDF, Word, Excel) to a draft year, with its questions"
    )
    imported.add_argument(
        "file", metavar="FILE", help="the document; with --accept also the folder of an import"
    )
    imported.add_argument("--year", metavar="YEAR", help="the document's year; one that exists is compared")
    imported.add_argument(
        "--from", dest="from_year", metavar="YEAR", help="compare with this year; else the last"
    )
    imported.add_argument(
        "--out",
        dest="import_out",
        metavar="DIR",
        help="a new folder; else import-YEAR here, or beside the calendar folder",
    )
    imported.add_argument("--language", metavar="CODE", help="of the document; else it is recognised")
    imported.add_argument("--dates", choices=("dmy", "mdy"), help="what comes first in 3/2: day or month")
    imported.add_argument(
        "--begins",
        type=int,
        choices=range(1, 13),
        metavar="MONTH",
        help="in which month the academic year begins, such as 4, where days are printed without their year",
    )
    imported.add_argument(
        "--programme",
        metavar="PROGRAMME",
        help="of university.yaml, that a plain list is about; else the first",
    )
    imported.add_argument(
        "--columns", metavar="N=TERM,…", help="which column is which term, such as 3=autumn,4=spring"
    )
    imported.add_argument(
        "--map", dest="map_columns", metavar="FIELD=COLUMN,…", help="of a plain list, such as date=B,title=C"
    )
    imported.add_argument("--answers", metavar="FILE", help="the review.xlsx or review.yaml with answers")
    imported.add_argument(
        "--accept", action="store_true", help="without open questions: into the calendar folder"
    )


def _decision_verbs(verbs: argparse._SubParsersAction[Parser]) -> None:
    _asked(verbs, "approve", "publish")
    apply = _local(verbs, "apply", "carry out a saved plan, if the world is still as it was")
    apply.add_argument("file", metavar="FILE", help="as `syncd --dry-run --out plan.json` wrote it")
    _asked(verbs, "restore", "undo")
    adopt = _local(verbs, "adopt", "take over the events written under another owner name")
    adopt.add_argument("--approve", dest="adopt_approve", metavar="DIGEST", help="approve this plan first")
    adopt.add_argument(
        "--from",
        dest="old_owner",
        metavar="OLD",
        required=True,
        help="the owner name they were written under",
    )
    retire = _local(verbs, "retire", "remove every event of ours from a target; guarded")
    retire.add_argument("target_name", metavar="TARGET", help="its name in the targets file")
    retire.add_argument(
        "--approve", dest="retire_approve", metavar="DIGEST", help="remove exactly what this plan shows"
    )


def _history_verbs(verbs: argparse._SubParsersAction[Parser]) -> None:
    _asked(verbs, "where", "history", "as-of")


def _sandbox_verbs(verbs: argparse._SubParsersAction[Parser]) -> None:
    sandbox = _local(verbs, "sandbox", "run local simulators of Canvas and Google Calendar")
    sandbox.add_argument(
        "--canvas-port", type=int, default=0, metavar="PORT", help="of Canvas; else a free one"
    )
    sandbox.add_argument(
        "--google-port", type=int, default=0, metavar="PORT", help="of Google; else a free one"
    )
    sandbox.add_argument(
        "--write-settings", metavar="DIR", help="write settings and credentials that reach it"
    )
    sandbox.add_argument(
        "--now",
        action="store_true",
        help="settings of a made university in today's year, not of the shipped one",
    )
    demo = _local(verbs, "demo", "show the whole product against the sandbox, in under a minute")
    demo.add_argument(
        "--now", action="store_true", help="with a made calendar of the year in which it is typed"
    )
    schema = _local(
        verbs, "schema", "write JSON Schemas of the data files, for editors, and of plan, status and check"
    )
    schema.add_argument("dir", metavar="DIR", help="folder to write them into; it is made")
    completion = _local(verbs, "completion", "print a completion script")
    completion.add_argument("shell", choices=("bash", "fish", "zsh"), help="for which shell")
