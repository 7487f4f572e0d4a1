"""The grammar of the command line: every verb, its arguments and their help. Runs nothing, imports nothing heavy."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

USAGE = 64
DESCRIPTION = (
    "Puts a university's approved academic calendar into every Canvas course calendar and every school's "
    "Google Calendar, and keeps it there. Without arguments: status and this help."
)
FORMATS = ("text", "json", "markdown", "html")


class Parser(argparse.ArgumentParser):
    """argparse, with the usage exit code of sysexits."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}; see {self.prog} --help\n")


def build_parser() -> Parser:
    """The whole grammar."""
    parser = Parser(prog="syncd", description=DESCRIPTION)
    parser.add_argument("--version", action="store_true", help="print the version")
    parser.add_argument("--once", action="store_true", help="one cycle, then end")
    parser.add_argument(
        "--dry-run", action="store_true", help="write nothing; print exactly what would change"
    )
    parser.add_argument("--approve", metavar="DIGEST", help="with --once: approve this plan first")
    parser.add_argument(
        "--target", action="append", default=[], metavar="NAME", help="only this target; may be repeated"
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="of the dry run")
    parser.add_argument("--out", metavar="FILE", help="write the dry run's plan there")
    parser.add_argument("--today", metavar="DATE", help="pretend it is this day")
    parser.set_defaults(verb="")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", dest="verb")
    _daemon_verbs(verbs)
    _calendar_verbs(verbs)
    _decision_verbs(verbs)
    _history_verbs(verbs)
    _sandbox_verbs(verbs)
    return parser


def _verb(verbs: argparse._SubParsersAction[Parser], name: str, text: str) -> Parser:
    return verbs.add_parser(name, help=text, description=text)


def _daemon_verbs(verbs: argparse._SubParsersAction[Parser]) -> None:
    run = _verb(verbs, "run", "the daemon, in the foreground")
    run.add_argument(
        "--today", dest="verb_today", metavar="DATE", help="pretend it is this day (loopback only)"
    )
    status = _verb(verbs, "status", "what is in step, what waits, what fails")
    status.add_argument("--json", action="store_true")
    _verb(verbs, "pause", "stop writing until resumed; reading goes on")
    _verb(verbs, "resume", "write again")


def _calendar_verbs(verbs: argparse._SubParsersAction[Parser]) -> None:
    entries = _verb(verbs, "entries", "list the canonical calendar")
    entries.add_argument("--json", action="store_true")
    entries.add_argument("--school")
    entries.add_argument("--term")
    entries.add_argument("--on", metavar="DATE", help="entries whose days include this one")
    check = _verb(verbs, "check", "validate data, settings and targets, then ask each target for access")
    check.add_argument(
        "--review", action="store_true", help="print what the registrar should look at in the source"
    )
    check.add_argument("--offline", action="store_true", help="data, settings and targets only")
    init = _verb(
        verbs, "init", "copy calendar, routing and a commented targets file to where a site keeps its own"
    )
    init.add_argument("dir", metavar="DIR")
    export = _verb(verbs, "export", "the calendar as a file for other programs")
    export.add_argument("--format", dest="export_format", choices=("ics", "csv"), default="ics")
    export.add_argument("--school")
    export.add_argument("--language")
    export.add_argument("--out", dest="export_out", metavar="FILE")


def _decision_verbs(verbs: argparse._SubParsersAction[Parser]) -> None:
    approve = _verb(verbs, "approve", "approve a plan that a guard holds back")
    approve.add_argument("digest", metavar="DIGEST")
    publish = _verb(verbs, "publish", "put an edited calendar in force (SYNCD_PUBLISH=manual)")
    publish.add_argument("digest", metavar="DIGEST")
    apply = _verb(verbs, "apply", "carry out a saved plan, if the world is still as it was")
    apply.add_argument("file", metavar="FILE")
    restore = _verb(verbs, "restore", "bring back an event whose deletion is being respected")
    restore.add_argument("entry", metavar="ENTRY")
    restore.add_argument("--course", metavar="N", help="course number, or a context such as account_7")
    undo = _verb(verbs, "undo", "put the calendar of the run before in force again")
    undo.add_argument("run_name", metavar="RUN", nargs="?")
    undo.add_argument("--release", action="store_true", help="end an undo; the data files are in force again")
    adopt = _verb(verbs, "adopt", "take over the events written under another owner name")
    adopt.add_argument("--approve", dest="adopt_approve", metavar="DIGEST", help="approve this plan first")
    adopt.add_argument("--from", dest="old_owner", metavar="OLD", required=True)
    retire = _verb(verbs, "retire", "remove every event of ours from a target; guarded")
    retire.add_argument("target_name", metavar="TARGET")
    retire.add_argument("--approve", dest="retire_approve", metavar="DIGEST")


def _history_verbs(verbs: argparse._SubParsersAction[Parser]) -> None:
    where = _verb(verbs, "where", "in which contexts an entry stands, and since when")
    where.add_argument("entry", metavar="ENTRY")
    where.add_argument("--all", action="store_true", help="list every place")
    where.add_argument("--json", action="store_true")
    history = _verb(verbs, "history", "what was written, when and why")
    history.add_argument("--entry", default="")
    history.add_argument("--target", dest="history_target", default="")
    history.add_argument("--since", metavar="DATE", default="")
    history.add_argument("--json", action="store_true")
    as_of = _verb(verbs, "as-of", "what had been published in a course on a day")
    as_of.add_argument("date", metavar="DATE")
    as_of.add_argument("--course", metavar="N", required=True, help="course number, or a context")
    as_of.add_argument("--json", action="store_true")


def _sandbox_verbs(verbs: argparse._SubParsersAction[Parser]) -> None:
    sandbox = _verb(verbs, "sandbox", "run local simulators of Canvas and Google Calendar")
    sandbox.add_argument("--canvas-port", type=int, default=0)
    sandbox.add_argument("--google-port", type=int, default=0)
    sandbox.add_argument(
        "--write-settings", metavar="DIR", help="write settings and credentials that reach it"
    )
    _verb(verbs, "demo", "show the whole product against the sandbox, in under a minute")
    schema = _verb(verbs, "schema", "write JSON Schemas of the data files, for editors")
    schema.add_argument("dir", metavar="DIR")
    completion = _verb(verbs, "completion", "print a completion script")
    completion.add_argument("shell", choices=("bash", "zsh"))
